"""`whoami`: which identities are at hand, whose they are and what they open."""

from typing import NamedTuple

from gitseal.errors import Damaged
from gitseal.identities import Keyring
from gitseal.project.key_holders import names_by_recipient
from gitseal.project.keys import Keys
from gitseal.project.project import Project


class Whoami(NamedTuple):
    """`recipients`: public key, if its identity was found, and its name in the policy, or nothing.

    `opens`: by environment, the access groups that open. `tried`: every place and what came of it.
    """

    recipients: tuple[tuple[str, str, str], ...]
    opens: dict[str, tuple[str, ...]]
    tried: tuple[tuple[str, str], ...]


def whoami(project: Project | None, keyring: Keyring) -> Whoami:
    """The identities at hand, and the access groups that they open. Outside a project only the identities."""
    names = names_by_recipient(project.policy) if project is not None else {}
    own = tuple(
        (identity.recipient, identity.label, names.get(identity.recipient, ""))
        for identity in keyring.identities()
        if identity.recipient
    )
    opens = (
        {environment: _opened(project, environment, keyring) for environment in project.environments} if project else {}
    )
    return Whoami(own, opens, tuple(keyring.report()))


def _opened(project: Project, environment: str, keyring: Keyring) -> tuple[str, ...]:
    keys = Keys(project.read(environment).header, keyring)
    try:
        return tuple(keys)
    except Damaged:
        return ()
