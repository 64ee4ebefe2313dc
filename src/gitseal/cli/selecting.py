"""The options by which `render`, `run` and `template` choose what goes out, and the words for what did not."""

from collections.abc import Callable
from typing import Any

import click

from gitseal.cli.options import complete_name, no_local_option
from gitseal.cli.session import Session, say
from gitseal.delivery.outgoing import Outgoing
from gitseal.delivery.request import Request

_Function = Callable[..., Any]


def selecting(function: _Function) -> _Function:
    """`--only`, `--except`, `--service`, `--allow-missing` and `--no-local`, as `only`, `excepted`, ..., `no_local`."""

    def patterns(flag: str, name: str, words: str) -> Callable[[_Function], _Function]:
        return click.option(flag, name, multiple=True, metavar="GLOB", help=words, shell_complete=complete_name)

    options = (
        patterns("--only", "only", "Only names that match; may repeat."),
        patterns("--except", "excepted", "No names that match; may repeat."),
        click.option("--service", default="", metavar="NAME", help="What this service of the manifest gets."),
        click.option(
            "--allow-missing", is_flag=True, help="Required names without a value are a warning, for local work."
        ),
        no_local_option,
    )
    for option in reversed(options):
        function = option(function)
    return function


def request(
    session: Session, only: tuple[str, ...], excepted: tuple[str, ...], service: str, *, allow_missing: bool
) -> Request:
    """The request that the options make."""
    return Request(only, excepted, service, allow_missing, session.environ)


def tell(going: Outgoing) -> None:
    """Says which names did not go out and why, and what the manifest misses."""
    if going.sectioned:
        names = "name" if going.sectioned == 1 else "names"
        say(f"gitseal: left out {going.sectioned} {names} in sections; json, yaml and toml carry them")
    if going.pending:
        waiting = ", ".join(going.pending)
        say(f"gitseal: left out {waiting}: write-only, and no member has taken them over; see: gitseal absorb --help")
    for warning in going.warnings:
        say(f"gitseal: {warning}")
