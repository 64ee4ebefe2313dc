"""`whoami`: which identities are at hand, whose they are and what they open."""

from collections.abc import Mapping
from typing import NamedTuple

from gitseal.errors import Damaged
from gitseal.identities import Keyring
from gitseal.project.key_holders import names_by_recipient
from gitseal.project.keys import Keys
from gitseal.project.workspace import Workspace


class Whoami(NamedTuple):
    """`recipients`: public key, the place of its identity, and its name in the policy, or nothing.

    The key is empty if it does not show, as with a plugin's identity. `opens`: by environment, the access groups that open.
    `tried`: every place and what came of it.
    """

    recipients: tuple[tuple[str, str, str], ...]
    opens: dict[str, tuple[str, ...]]
    tried: tuple[tuple[str, str], ...]


def whoami(workspace: Workspace) -> Whoami:
    """The identities at hand, whose they are by the policy, and the access groups that they open."""
    project, keyring = workspace.project, workspace.keyring
    opens = {environment: _opened(workspace, environment) for environment in project.environments}
    return outside(keyring)._replace(recipients=_own(keyring, names_by_recipient(project.policy)), opens=opens)


def outside(keyring: Keyring) -> Whoami:
    """The identities at hand, if there is no project."""
    return Whoami(_own(keyring, {}), {}, tuple(keyring.report()))


def _own(keyring: Keyring, names: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (identity.recipient or "", identity.label, names.get(identity.recipient or "", ""))
        for identity in (*keyring.everywhere(), *keyring.cloud_identities())
    )


def _opened(workspace: Workspace, environment: str) -> tuple[str, ...]:
    keys = Keys(workspace.project.read(environment).header, workspace.keyring)
    try:
        return tuple(keys)
    except Damaged:
        return ()
