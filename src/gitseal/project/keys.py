"""The data keys that the identities at hand open, unwrapped when they are first asked for."""

from collections.abc import Iterable, Iterator, Mapping

from gitseal.crypto.public_key import Scope
from gitseal.document.header import Access, Header
from gitseal.document.token import Stanza
from gitseal.errors import Damaged, Error
from gitseal.identities import Keyring

TYPE_CHECKING = False
if TYPE_CHECKING:  # `cryptography` and pyrage, which names alone do not need
    from gitseal.crypto.datakey import DataKey
    from gitseal.project.project import Project


class Keys(Mapping[str, "DataKey"]):
    """The data keys of one document by access group. A group that no identity opens is not in it.

    Each key is checked against its id. Damaged is raised for a stanza that holds another key, because age does not say who
    wrapped it. Readers need that as much as writers: with a key of their own in one stanza, an attacker could seal values that
    only this reader takes for a member's, and no line of the header's keys would show it.
    """

    def __init__(self, header: Header, keyring: Keyring) -> None:
        self._header = header
        self._keyring = keyring
        self._opened: dict[str, DataKey | None] = {}
        self._damaged: dict[str, Damaged] = {}

    def __getitem__(self, group: str) -> "DataKey":
        if group in self._damaged:
            raise self._damaged[group]
        if group not in self._opened:
            access = self._header.access.get(group)
            try:
                self._opened[group] = self._unwrap(group, access) if access else None
            except Damaged as error:
                # Kept, or each value of the group would ask the identities again: one of them may want a touch.
                self._damaged[group] = error
                raise
        key = self._opened[group]
        if key is None:
            raise KeyError(group)
        return key

    def get(self, group: str, default: "DataKey | None" = None) -> "DataKey | None":  # type: ignore[override]
        """The data key of a group, or the default. Asked once for each of 100,000 values, hence not by way of an exception."""
        if group in self._opened:
            return self._opened[group] or default
        try:
            return self[group]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[str]:
        return (group for group in self._header.access if group in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, group: object) -> bool:
        return isinstance(group, str) and self.get(group) is not None

    def _unwrap(self, group: str, access: Access) -> "DataKey | None":
        scope = self._header.scope(group)
        return unwrap(scope, access.key_id, access.by_recipient(), self._keyring)


class _AgeFiles:
    """The age files of some stanzas, decoded each time that they are gone through: several identities may try them."""

    def __init__(self, stanzas: list[Stanza]) -> None:
        self._stanzas = stanzas

    def __iter__(self) -> Iterator[bytes]:
        return map(Stanza.age_file, self._stanzas)


def unwrap(scope: Scope, key_id: str, stanzas: Iterable[tuple[str, Stanza]], keyring: Keyring) -> "DataKey | None":
    """The data key of this id, from stanzas with their recipient ids; None if no identity at hand opens one.

    Raises Damaged if the key is not of that id, Malformed or Damaged if one's own stanza is broken and none opens.
    """
    own: dict[str, list[Stanza]] = {}
    for recipient, stanza in stanzas:
        # A stanza of a replaced key, left by a merge, may not open the group.
        if stanza.key_id == key_id:
            own.setdefault(recipient, []).append(stanza)

    # Decoded only when an identity takes them up: a broken stanza is its owner's trouble alone.
    secret = keyring.unwrap({recipient: _AgeFiles(several) for recipient, several in own.items()}, scope.group)
    if secret is None:
        return None
    from gitseal.crypto.datakey import DataKey
    from gitseal.recipients import x25519

    key = DataKey(scope, secret, key_id)
    if not key.is_genuine(x25519.public_half):
        raise Damaged(
            f'a stanza of access group "{scope.group}" in {scope.environment} holds another key than the group\'s',
            f"see who changed it: git log -p -- .secrets/{scope.environment}.yaml",
        )
    return key


def stanzas_of(project: "Project", environments: Iterable[str], group: str) -> Iterator[bytes]:
    """The stanzas for an access group's data key in some environments, for an identity that opens them all at once."""
    for environment in environments:
        try:
            access = project.read(environment).header.access.get(group)
        except Error:
            continue  # whoever needs the file comes to it, and says so
        for _, stanza in access.by_recipient() if access is not None else ():
            if access is not None and stanza.key_id == access.key_id:
                try:
                    yield stanza.age_file()
                except Error:
                    continue  # a broken stanza is its owner's trouble alone
