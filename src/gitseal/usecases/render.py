"""`render`: an environment as its consumer reads it."""

from gitseal import render as dialects
from gitseal.delivery.outgoing import Outgoing, outgoing, refuse_steering
from gitseal.delivery.request import Request
from gitseal.errors import Error
from gitseal.files.reading import read_regular
from gitseal.project.reading import OpenedEnvironment
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # whoever has a path has loaded it
    from pathlib import Path


class Rendered(NamedTuple):
    """The text of a dialect, what to say on standard error before it is handed out and after, and what went into it."""

    content: bytes
    masks: bytes
    going: Outgoing
    remarks: tuple[str, ...]

    def __repr__(self) -> str:
        return "Rendered(…)"


def render(
    opened: OpenedEnvironment, dialect: str, request: Request, options: dialects.Options = dialects.NO_OPTIONS
) -> Rendered:
    """The environment in one dialect. Raises Error for all that `outgoing` refuses, and for what cannot be carried."""
    with_sections = dialects.takes_sections(dialect)
    going = outgoing(opened, request, with_sections=with_sections)
    _refuse_nothing(opened.environment, request, going)
    if not with_sections:
        refuse_steering(opened, request.service, (entry.path[0] for entry in going.entries))
    if dialects.takes_revisions(dialect):
        from gitseal.delivery.revisions import revisions  # two dialects of all have them

        options = options._replace(revisions=revisions(opened, request.service, going))
    content = dialects.render(dialect, going.entries, options)
    masks = dialects.masks(dialect, going.entries, _is_ordinary)
    return Rendered(content, masks, going, dialects.remarks(dialect, going.entries))


def _refuse_nothing(environment: str, request: Request, going: Outgoing) -> None:
    """Raises Error if no pattern of `--only` matches: an empty file would replace a good one."""
    if request.only and set(request.only) <= set(going.unmatched):
        patterns = " or ".join(f'"{pattern}"' for pattern in request.only)
        raise Error(
            f"{environment} has no name that matches {patterns}", f"see its names: gitseal list -e {environment}"
        )


def _is_ordinary(line: bytes) -> bool:
    from gitseal.scan.ordinary import is_ordinary  # one dialect of all asks

    return is_ordinary(line)


def collect(opened: OpenedEnvironment, request: Request) -> Outgoing:
    """The values that go out, in no dialect: for a service's files alone. Raises Error for everything that `outgoing` refuses."""
    return outgoing(opened, request, with_sections=True)


def is_current(target: "Path", content: bytes) -> bool:
    """True if a rendered file holds just this content. Raises Error if it cannot be read."""
    try:
        return read_regular(target) == content
    except FileNotFoundError:
        return False
