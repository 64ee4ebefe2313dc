"""One sentence and one line of help for a command line that gitseal does not take.

A word that was typed is repeated, unless it may be a value: somebody who forgot `set` has typed one where a command belongs.
"""

import os
import re

import click

from gitseal.cli import neighbours, parsing
from gitseal.cli.declare import Command, Group
from gitseal.cli.table import PROGRAM
from gitseal.errors import shell_quoted
from gitseal.report.escaping import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

# Nobody's password is this short and this plain, and no command or option is much longer.
_SHORT, _LONGEST = 8, 20
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_SECRETS_NAME = re.compile(r"(?:[A-Za-z0-9]{1,20}/)?[A-Z][A-Z_]*")
_LINE = "\n"
_PUBLIC_KEY = re.compile(r"age1[0-9a-z]+")
# Options whose value a shell's history has anyway, and nobody's secret.
_PUBLIC = frozenset({"-e", "--env", "--", "-o", "--only", "--except", "--service", "--format"})


class UnknownCommand(click.UsageError):
    """A word that is no command; `help_line` is the line that helps."""

    def __init__(self, message: str, help_line: str, context: click.Context) -> None:
        super().__init__(message, context)
        self.help_line = help_line


def unknown_command(words: "Sequence[str]", known: "Collection[str]", context: click.Context) -> UnknownCommand:
    """The mistake in `words`, the first of which is no command of the group: with our word for a neighbour's, or the nearest."""
    from gitseal.policy.fields import nearest

    word, *rest = words
    path = context.command_path
    is_outermost = context.parent is None
    if is_outermost and "=" in word and _NAME.fullmatch(word.partition("=")[0]):
        name = word.partition("=")[0]
        return UnknownCommand(
            f"there is no command before {printable(name)}=...; set gives a name its value",
            f"gitseal set {shell_quoted(name)}",
            context,
        )
    told = f"there is no command {_quoted(word, path)}"
    if is_outermost and word in neighbours.DIVIDED:
        sentence, ours = neighbours.DIVIDED[word]
        return UnknownCommand(f"{told}; {sentence}", f"gitseal {' '.join(ours)} --help", context)
    if is_outermost and word in neighbours.SAME:
        ours = _for_person(neighbours.SAME[word], rest)
        return UnknownCommand(f'{told}; the word here is "{" ".join(ours)}"', _line(ours, rest), context)
    below = next((ours for ours in neighbours.BELOW.get(word, ()) if ours in known), None)
    if below is not None and not is_outermost:
        ours = (*path.split()[1:], below)
        return UnknownCommand(f'{told}; the word here is "{" ".join(ours)}"', _line(ours, rest), context)
    if is_outermost and any(f"--{word}" in option.opts for option in context.command.params):
        return UnknownCommand(f"{told}; it is an option", f"{path} --{word}", context)
    near = nearest(word, known)
    return UnknownCommand(f"{told}{f'; {near}' if near else ''}", f"see: {path} --help", context)


def usage_words(error: click.UsageError) -> str:
    """The mistake in the call as one sentence, without any word that may be a value."""
    if isinstance(error, UnknownCommand):
        return error.message
    if isinstance(error, click.NoSuchOption):
        near = error.possibilities or ()
        named = f" {printable(error.option_name)}" if not may_be_value(error.option_name.lstrip("-")) else ""
        told = f"there is no option{named}" if named else "there is no such option"
        return told + (f"; the nearest is {near[0]}" if near else "")
    if isinstance(error, click.MissingParameter):
        return _missing(error)
    if isinstance(error, click.BadParameter):
        name = error.param.opts[0] if isinstance(error.param, click.Option) else "an argument"
        choices = error.param.type.choices if error.param and isinstance(error.param.type, click.Choice) else ()
        return f"{name} takes one of {', '.join(choices)}" if choices else f"{name} has a value that it cannot take"
    if "extra argument" in error.message:
        return _too_many(error)
    words = error.format_message()
    return words[:1].lower() + words[1:].rstrip(".")


def help_line(error: click.UsageError) -> str:
    """The line below the mistake: a command to paste, or where to read on."""
    if isinstance(error, UnknownCommand):
        return error.help_line
    if isinstance(error, click.MissingParameter) and error.ctx and error.ctx.command.epilog:
        return f"for example: {error.ctx.command.epilog.partition(_LINE)[0]}"
    if error.ctx and "extra argument" in error.message and (too_many := _declared(error.ctx).too_many):
        return too_many
    return f"see: {error.ctx.command_path if error.ctx else 'gitseal'} --help"


def may_be_value(word: str) -> bool:
    """True for a word that is not repeated, since it is longer or less plain than any word of ours or a neighbour's."""
    return len(word) > _LONGEST or (len(word) > _SHORT and any(not (c.isalpha() or c in "-_") for c in word))


def _quoted(word: str, path: str) -> str:
    if may_be_value(word):
        return "of that name"
    below = path.partition(" ")[2]
    return f'"{printable(f"{below} {word}" if below else word)}"'


def _for_person(ours: tuple[str, ...], rest: "Sequence[str]") -> tuple[str, ...]:
    """`add` and `remove` are said of people as well as of values: a public key among the words tells."""
    is_person = any(word.startswith(("age1", "ssh-")) for word in rest)
    return ("recipient", "add") if ours == ("set",) and is_person else ours


def _line(ours: tuple[str, ...], rest: "Sequence[str]") -> str:
    """Our command with the words that were typed, if it takes them and none may be a value; its help otherwise."""
    if rest and all(map(_is_public, rest)) and parsing.read(PROGRAM, [*ours, *rest], os.environ) is not None:
        return " ".join(["gitseal", *map(shell_quoted, [*ours, *rest])])
    return f"gitseal {' '.join(ours)} --help"


def _is_public(word: str) -> bool:
    """True for a word that is repeated in a command: an option, a public key, a name in capitals, a short word."""
    if word in _PUBLIC or _PUBLIC_KEY.fullmatch(word) or _SECRETS_NAME.fullmatch(word):
        return True
    return _NAME.fullmatch(word) is not None and not may_be_value(word)


def _missing(error: click.MissingParameter) -> str:
    parameter = error.param
    if isinstance(parameter, click.Argument):
        context = error.ctx or click.Context(click.Command("gitseal"))
        return f"{context.command_path.partition(' ')[2]} needs {parameter.make_metavar(context)}"
    words = error.format_message().partition(". Choose from:")[0]
    return words[:1].lower() + words[1:].rstrip(".")


def _declared(context: click.Context) -> Command:
    """The command of a context."""
    member: Command | Group | None = PROGRAM
    for word in context.command_path.split()[1:]:
        assert isinstance(member, Group)  # noqa: S101 - click has found the command by the same words
        member = member.find(word)
    assert isinstance(member, Command)  # noqa: S101 - as above
    return member


def _too_many(error: click.UsageError) -> str:
    context = error.ctx
    assert context is not None  # noqa: S101 - click raises this for a command alone
    arguments = [one.make_metavar(context) for one in context.command.params if isinstance(one, click.Argument)]
    takes = f"takes only {' '.join(arguments)}" if arguments else "takes no arguments"
    return f"there is a word too many: {context.command_path} {takes}"
