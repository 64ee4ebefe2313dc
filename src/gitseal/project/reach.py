"""What opens an access group on this machine, as far as that shows without asking anybody."""

from gitseal.document.header import Header
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.project.project import Project
from gitseal.recipients.protocol import Tier
from gitseal.records import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Reach(Enum):
    """How near a data key is."""

    OPENS = "an identity that asks nobody opens it"
    ASKS = "an identity that asks may open it, such as a plugin's or a key service"
    LOCKED = "an identity whose passphrase nobody gave yet may open it"
    CLOSED = "no identity at hand opens it"


def reach(header: Header, group: str, keyring: Keyring) -> Reach:
    """How near the data key of an access group is. Raises Error if an explicit identity is broken."""
    if _is_open(header, group, keyring):
        return Reach.OPENS
    access = header.access.get(group)
    ids = [recipient for recipient, _ in access.by_recipient()] if access is not None else []
    identities = [*keyring.everywhere(), *keyring.cloud_identities()]
    tiers = {identity.tier for identity in identities if any(map(identity.wants, ids))}
    if tiers & {Tier.LOCKED, Tier.SEALED}:
        return Reach.LOCKED
    return Reach.ASKS if tiers & {Tier.PLUGIN, Tier.CLOUD} else Reach.CLOSED


def is_locked(project: Project, keyring: Keyring) -> bool:
    """True if a passphrase may open something of the project that nothing opens without it."""
    return any(True for _ in _locked(project, keyring))


def unlock(project: Project, keyring: Keyring) -> None:
    """Asks for the passphrases that may open something. Raises Error if what was locked still is."""
    for header, group in _locked(project, keyring):
        Keys(header, keyring).get(group)
    if is_locked(project, keyring):
        raise keyring.failure() or Error("your identity is still locked", "see what was tried with: gitseal whoami")


def _locked(project: Project, keyring: Keyring) -> "Iterator[tuple[Header, str]]":
    # Most people have no passphrase, and nothing is read for them.
    if not any(identity.tier in {Tier.LOCKED, Tier.SEALED} for identity in keyring.everywhere()):
        return
    for environment in project.environments:
        try:
            header = project.read(environment).header
        except Error:
            continue  # whoever reads it says so
        for group in header.access:
            if reach(header, group, keyring) is Reach.LOCKED:
                yield header, group


def _is_open(header: Header, group: str, keyring: Keyring) -> bool:
    try:
        return group in Keys(header, keyring.unattended())
    except Error:
        return False  # a broken stanza, which says so to whoever opens something
