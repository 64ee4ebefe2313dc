"""Proofs of succession among the keys of one access group: who claims to succeed whom, and which claims are true.

A claim is a token `succeeds`. Anyone who can commit can write one; it is a proof only if it opens under the old key and
names exactly the new one. Claims that are not true cost time and decide nothing.
"""

from collections.abc import Callable, Iterable, Iterator

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import Scope
from gitseal.document.header import Access, Header
from gitseal.document.token import Stanza
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.identities import Keyring
from gitseal.project import keys
from gitseal.project.belief.facts import headers
from gitseal.project.belief.facts_cache import KeyRow
from gitseal.project.belief.known import Known
from gitseal.project.belief.succession import is_proof
from gitseal.records import NamedTuple

_MOST_STEPS = 64


class Opener(NamedTuple):
    """All that opens keys: the identities at hand, what this clone remembers, and the repository that has the stanzas."""

    repository: Repository
    keyring: Keyring
    known: Known


class Proofs:
    """The succession of the keys of one scope, as far as it was claimed in what was added to it.

    `everywhere` gives the rows of all refs. It is slow, so it is asked once and only by `look_everywhere`.
    """

    def __init__(self, scope: Scope, opener: Opener, everywhere: Callable[[], Iterable[KeyRow]]) -> None:
        self._scope = scope
        self._opener = opener
        self._everywhere = everywhere
        self._claims: dict[str, set[str]] = {new: set(old) for new, old in opener.known.proofs(scope).items()}
        self._claimants_of: dict[str, set[str]] = {}
        self._blocks: dict[str, list[Access]] = {}
        self._blobs: dict[str, dict[str, None]] = {}
        self._verified: dict[tuple[str, str], bool] = {
            (new, old): True for new, before in self._claims.items() for old in before
        }
        self._opened: dict[str, DataKey | None] = {}
        self._read: dict[str, list[Header]] = {}
        self.has_looked_everywhere = False

    def add_header(self, header: Header) -> None:
        """Adds the claim of a header at hand."""
        access = header.access.get(self._scope.group)
        if access is not None and header.id == self._scope.file_id:
            self._blocks.setdefault(access.key_id, []).append(access)
            if access.succeeds is not None:
                self._claim(access.key_id, access.succeeds.key_id)

    def add_rows(self, rows: Iterable[KeyRow]) -> None:
        """Adds the claims of a history."""
        for fact, blob in rows:
            if (fact.file_id, fact.group) == (self._scope.file_id, self._scope.group):
                self._blobs.setdefault(fact.key, {})[blob] = None
                if fact.succeeds:
                    self._claim(fact.key, fact.succeeds)

    def look_everywhere(self) -> None:
        """Adds the claims of every ref: what could not be opened or followed before is tried once more."""
        self.has_looked_everywhere = True
        self.add_rows(self._everywhere())
        self._verified = {pair: True for pair, holds in self._verified.items() if holds}
        self._opened = {key: opened for key, opened in self._opened.items() if opened is not None}

    def succeeds(self, new: str, old: str) -> bool:
        """True if a key succeeds another, in one step or several, each of them proved."""
        towards = self._claimants(old)
        if new == old or new not in towards:
            return False
        # The shortest way first, by steps of claims that can lead to `old` at all: each step that is looked at opens a key.
        waiting, met = [new], {new}
        # Whoever can commit can write claims without end.
        for _ in range(_MOST_STEPS):
            if not waiting:
                return False
            at = waiting.pop(0)
            for before in sorted(self._claims.get(at, ())):
                if before in towards | {old} and before not in met and self._is_proved(at, before):
                    if before == old:
                        return True
                    met.add(before)
                    waiting.append(before)
        return False

    def may_be_replaced(self, key: str, held: Iterable[str]) -> bool:
        """True if one of these keys claims to come from a key that no identity at hand opens, so that nobody can tell here."""
        return not self._claimants(key).isdisjoint(held) and self.open(key) is None

    def open(self, key: str) -> DataKey | None:
        """The data key of an id, by whatever stanza of it opens for an identity at hand; None if none does."""
        if key not in self._opened:
            self._opened[key] = self._open(key)
        return self._opened[key]

    def access(self, key: str) -> Access | None:
        """A block that a key stood in; None if nothing that was added has one."""
        return next(self._accesses(key), None)

    def _claimants(self, old: str) -> set[str]:
        """The keys that claim to come from `old`. Only between these a proof is worth opening: a plugin asks for a touch."""
        if old not in self._claimants_of:
            claimants: set[str] = set()
            waiting = {old}
            while waiting:
                waiting = {new for new, before in self._claims.items() if before & waiting} - claimants
                claimants |= waiting
            self._claimants_of[old] = claimants
        return self._claimants_of[old]

    def _claim(self, new: str, old: str) -> None:
        if old not in self._claims.setdefault(new, set()):
            self._claims[new].add(old)
            # They were worked out without this claim.
            self._claimants_of.clear()

    def _is_proved(self, new: str, old: str) -> bool:
        if (new, old) not in self._verified:
            self._verified[new, old] = self._verify(new, old)
            if self._verified[new, old]:
                self._opener.known.prove(self._scope, new, old)
        return self._verified[new, old]

    def _verify(self, new: str, old: str) -> bool:
        key = self.open(old)
        if key is None:
            return False
        tokens = ((access.succeeds, access.public) for access in self._accesses(new))
        return any(
            token is not None
            and token.key_id == old
            and token.group == self._scope.group
            and is_proof(token, key, public)
            for token, public in tokens
        )

    def _open(self, key: str) -> DataKey | None:
        tried: set[tuple[tuple[str, Stanza], ...]] = set()
        for stanzas in self._stanzas(key):
            if stanzas and stanzas not in tried:
                tried.add(stanzas)
                try:
                    data_key = keys.unwrap(self._scope, key, stanzas, self._opener.keyring)
                except Error:
                    # A stanza that somebody spoilt: another version may have it whole.
                    continue
                if data_key is not None:
                    return data_key
        return None

    def _stanzas(self, key: str) -> Iterator[tuple[tuple[str, Stanza], ...]]:
        # First what this clone kept: somebody may have spoilt the stanzas that can be reached by a ref.
        yield tuple(self._opener.known.stanzas(self._scope, key).items())
        yield from (access.by_recipient() for access in self._accesses(key))

    def _accesses(self, key: str) -> Iterator[Access]:
        """The blocks that a key stood in, those at hand first."""
        yield from self._blocks.get(key, ())
        for blob in self._blobs.get(key, ()):
            for header in self._headers(blob):
                access = header.access.get(self._scope.group)
                if header.id == self._scope.file_id and access is not None and access.key_id == key:
                    yield access

    def _headers(self, blob: str) -> list[Header]:
        if blob not in self._read:
            (data,) = self._opener.repository.blobs([blob])
            self._read[blob] = headers(data)
        return self._read[blob]
