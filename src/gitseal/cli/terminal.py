"""Asking a person. Where standard input is no terminal, no yes is asked for; see docs/reference/command-line.md."""

import sys
from typing import TextIO

import click

from gitseal.hidden import SecretBytes


def can_ask() -> bool:
    """Whether someone is there to answer."""
    return _is_terminal(sys.stdin) and _is_terminal(sys.stderr)


def confirm(question: str) -> bool:
    """A yes or no; the default is no."""
    return click.confirm(question, default=False, err=True)


def ask_passphrase(prompt: str) -> SecretBytes | None:
    """A passphrase, typed unseen on the terminal; None where nobody is there, or nothing was typed.

    Standard input may carry a value at the same time (`printf ... | gitseal set NAME`): then a terminal on standard error
    shows that a person is there. Read from the terminal itself in both cases.
    """
    if not (_is_terminal(sys.stdin) or _is_terminal(sys.stderr)):
        return None
    import getpass

    typed = getpass.getpass(f"{prompt}: ")
    return SecretBytes(typed.encode()) if typed else None


def ask_value(name: str) -> SecretBytes:
    """A value, typed twice unseen."""
    typed: str = click.prompt(
        f"Value of {name}", hide_input=True, confirmation_prompt=True, default="", show_default=False, err=True
    )
    return SecretBytes(typed.encode("utf-8", "surrogateescape"))


def _is_terminal(stream: TextIO | None) -> bool:
    # Python has None for a stream that was closed when it started.
    return stream is not None and stream.isatty()
