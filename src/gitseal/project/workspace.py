"""`Workspace`: what a command that seals works with, as one value."""

from types import MappingProxyType

from gitseal.identities import NO_IDENTITIES, Keyring
from gitseal.project.project import Project
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Files = Mapping[str, bytes | None]


class Workspace(NamedTuple):
    """A project, the identities at hand, and the key ids and recipients to which a person has said yes, exactly.

    Without identities nothing that is sealed opens; adding and removing values works all the same. `replaces_unread`: whoever
    gave the command asked for members' values to be replaced by ones that nobody has to be able to read.

    `seen` is what somebody had before their eyes when they decided on a change: a digest (see `project/seen.py`) by environment
    and name. A change of such a name is refused if it is another by now. `written` is called with the bytes before and after of
    the files that were written, by environment or `policy`.
    """

    project: Project
    keyring: Keyring = NO_IDENTITIES
    accepted: frozenset[str] = frozenset()
    replaces_unread: bool = False
    seen: "Mapping[tuple[str, str], str]" = MappingProxyType({})
    written: "Callable[[Files, Files], object] | None" = None
