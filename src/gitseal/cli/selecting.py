"""The options by which `render` and `run` choose what goes out, and the words for what did not."""

from gitseal.cli import declare
from gitseal.cli.options import no_local_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.report.plurals import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gitseal.delivery.outgoing import Outgoing

    _Function = Callable[..., Any]


def selecting(function: "_Function") -> "_Function":
    """`--only`, `--except`, `--service`, `--allow-missing`, together as `request`, and `--no-local`."""

    def requesting(
        session: Session,
        *,
        only: tuple[str, ...],
        excepted: tuple[str, ...],
        service: str,
        allow_missing: bool,
        **others: object,
    ) -> object:
        from gitseal.delivery.request import Request

        request = Request(only, excepted, service, allow_missing, session.environ)
        return function(session, request=request, **others)

    options = (
        _patterns("--only", "only", "Only names that match; may repeat."),
        _patterns("--except", "excepted", "No names that match; may repeat."),
        declare.option("--service", default="", metavar="NAME", help="What this service of the manifest gets."),
        declare.option(
            "--allow-missing", is_flag=True, help="Required names without a value are a warning, for local work."
        ),
        no_local_option,
    )
    made = declare.instead_of(function, requesting)
    for option in reversed(options):
        made = option(made)
    return made


def _patterns(word: str, name: str, words: str) -> "Callable[[_Function], _Function]":
    return declare.option(word, name, multiple=True, metavar="GLOB", help=words, complete=declare.NAMES)


def tell(going: "Outgoing", carry_sections: str = "json, yaml and toml carry them") -> None:
    """Says which names did not go out and why, and what the manifest misses. `carry_sections`: how sections would go out."""
    for pattern in going.unmatched:
        say(f'gitseal: no name matches "{pattern}"')
    if going.sectioned:
        say(f"gitseal: left out {plural(going.sectioned, 'name')} in sections; {carry_sections}")
    if going.pending:
        waiting = ", ".join(going.pending)
        say(f"gitseal: left out {waiting}: write-only; for a member to take over: gitseal absorb")
    for warning in going.warnings:
        say(f"gitseal: {warning}")
