"""`Workspace`: what a command that seals works with, as one value."""

from gitseal.identities import NO_IDENTITIES, Keyring
from gitseal.project.project import Project
from gitseal.records import NamedTuple


class Workspace(NamedTuple):
    """A project, the identities at hand, and the key ids and recipients to which a person has said yes, exactly.

    Without identities nothing that is sealed opens; adding and removing values works all the same. `replaces_unread`: whoever
    gave the command asked for members' values to be replaced by ones that nobody has to be able to read.
    """

    project: Project
    keyring: Keyring = NO_IDENTITIES
    accepted: frozenset[str] = frozenset()
    replaces_unread: bool = False
