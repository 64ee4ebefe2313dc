"""Asking a person. If standard input is no terminal, no yes is asked for; see docs/reference/command-line.md."""

import sys

from gitseal.errors import Declined, Error, Unconfirmed, shell_quoted
from gitseal.hidden import SecretBytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO, TypeVar

    T = TypeVar("T")


def can_ask() -> bool:
    """True if someone is there to answer."""
    return _is_terminal(sys.stdin) and _is_terminal(sys.stderr)


def confirm(*question: str) -> bool:
    """A yes or no to a question of one line an argument; the default is no. Raises Declined if the person leaves."""
    import click

    from gitseal.report.escaping import line

    return bool(_asked(lambda: click.confirm("\n".join(map(line, question)), default=False, err=True)))


def says_yes(act: str, hint: str, *question: str) -> bool:
    """A person's answer to whether an act is to be done. Raises Error with the hint if nobody is there to ask."""
    if not can_ask():
        raise Error(f"{act} needs a yes", hint)
    return confirm(*question)


def need_yes(act: str, hint: str, *question: str) -> None:
    """Returns once a person says yes. Raises Declined for a no, and Error with the hint if nobody is there to ask."""
    if not says_yes(act, hint, *question):
        raise Declined


def confirming(action: "Callable[[frozenset[str]], T]", accepted: frozenset[str]) -> "T":
    """The result of an action, which gets the keys and recipients that are accepted; asks for each that is not yet.

    Raises Unconfirmed for a no, and without a terminal: it says which options confirm, exactly.
    """
    while True:
        try:
            return action(accepted)
        except Unconfirmed as unconfirmed:
            if not can_ask():
                raise
            for question in unconfirmed.questions:
                if not confirm(question.meaning, "Believe it?"):
                    raise
                accepted |= {question.exact}


def choose(question: str, among: "Sequence[str]", default: str | None = None) -> str:
    """One of several words, `default` for the return key alone; asks until it is one. Raises Declined if the person leaves."""
    import click

    kind = click.Choice(among)
    return str(_asked(lambda: click.prompt(question, type=kind, default=default, err=True, show_choices=False)))


def ask_line(question: str) -> str:
    """A person's answer on one line. Raises Declined if they leave."""
    import click

    return str(_asked(lambda: click.prompt(question, err=True)))


def ask_passphrase(prompt: str) -> SecretBytes | None:
    """A passphrase, typed unseen on the terminal; None if nobody is there, or nothing was typed.

    Standard input may carry a value at the same time (`printf ... | gitseal set NAME`): then a terminal on standard error
    shows that a person is there. Read from the terminal itself in both cases.
    """
    if not (_is_terminal(sys.stdin) or _is_terminal(sys.stderr)):
        return None
    import getpass

    from gitseal.report.escaping import line

    typed = getpass.getpass(f"{line(prompt)}: ")
    return SecretBytes(typed.encode()) if typed else None


def ask_new_passphrase(prompt: str) -> SecretBytes | None:
    """A passphrase that somebody chooses: typed unseen, twice, until both are the same; None if nobody is there.

    Raises Error if nothing is typed, and Declined if the person leaves.
    """
    if not (_is_terminal(sys.stdin) or _is_terminal(sys.stderr)):
        return None
    while typed := _unseen(prompt):
        if _unseen("Repeat it") == typed:
            return SecretBytes(typed)
        _tell("they are not the same; type both again")
    raise Error("an empty passphrase protects nothing", "run the command again, and choose one")


def ask_value(name: str, environments: "Sequence[str]" = (), *, confirm: bool = False) -> SecretBytes:
    """A value, typed or pasted unseen, for these environments. With `confirm`, twice, until both are the same.

    Who types nothing is asked once more. Raises Error if that is nothing again, and Declined if the person leaves.
    """
    asked = f"Value of {name}{' in ' if environments else ''}{', '.join(environments)}"
    for ask_again in (True, False):
        while typed := _unseen(asked):
            if not confirm or _unseen("Repeat it") == typed:
                return SecretBytes(typed)
            _tell("they are not the same; type both again")
        if ask_again:
            _tell("nothing was typed; Enter again leaves everything as it is")
    from gitseal.sealing.local import options_for

    options = "".join(f"{options_for(environment)} " for environment in environments)
    raise Error(
        "nothing was typed, so nothing was changed", f"for an empty value: gitseal set {options}{shell_quoted(name)}="
    )


def _tell(words: str) -> None:
    """A line between two questions. The session, which says all else, asks by this module."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def _unseen(question: str) -> bytes:
    """The bytes of one answer that nobody sees. Raises Declined if the person leaves."""
    from gitseal.cli.unseen import read_unseen
    from gitseal.report.escaping import printable

    typed = read_unseen(f"{printable(question)}: ".encode())
    if typed is None:
        raise Declined
    return typed


def _asked(ask: "Callable[[], object]") -> object:
    import click

    try:
        return ask()
    except click.Abort:
        raise Declined from None


def _is_terminal(stream: "TextIO | None") -> bool:
    # Python has None for a stream that was closed when it started.
    return stream is not None and stream.isatty()
