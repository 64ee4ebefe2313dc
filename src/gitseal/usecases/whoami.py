"""`whoami`: which identities are at hand, whose they are and what they open."""

from typing import NamedTuple

from gitseal.errors import Damaged, Error
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.project.project import Project
from gitseal.recipients import parse_recipient


class Whoami(NamedTuple):
    """`recipients`: public key, where its identity was found, and its name in the policy, or nothing.

    `opens`: by environment, the access groups that open. `tried`: every place and what came of it.
    """

    recipients: tuple[tuple[str, str, str], ...]
    opens: dict[str, tuple[str, ...]]
    tried: tuple[tuple[str, str], ...]


def whoami(project: Project | None, keyring: Keyring) -> Whoami:
    """What the identities at hand are and open. Outside a project only what they are."""
    names = names_of(project) if project is not None else {}
    found = tuple(
        (identity.recipient, identity.label, names.get(identity.recipient, ""))
        for identity in keyring.identities()
        if identity.recipient
    )
    opens = (
        {environment: _opened(project, environment, keyring) for environment in project.environments} if project else {}
    )
    return Whoami(found, opens, tuple(keyring.report()))


def names_of(project: Project) -> dict[str, str]:
    """Whose each public key of the policy is."""
    return {_canonical(key): name for name, each in project.policy.recipients.items() for key in each.keys}


def _opened(project: Project, environment: str, keyring: Keyring) -> tuple[str, ...]:
    keys = Keys(project.read(environment).header, keyring, genuine=True)
    try:
        return tuple(keys)
    except Damaged:
        return ()


def _canonical(key: str) -> str:
    try:
        return parse_recipient(key).canonical
    except Error:
        return key
