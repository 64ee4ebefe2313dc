"""The values that a target gets of one environment in one commit, each with the key that its mark is made with."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, islice

from gitseal.crypto.composed_key import ComposedKey, composed_id, mark_key
from gitseal.delivery.outgoing import Outgoing, outgoing, refuse_steering
from gitseal.delivery.publishing.mark import Mark
from gitseal.delivery.publishing.planning import Desired
from gitseal.delivery.publishing.source import Source
from gitseal.delivery.request import Request
from gitseal.delivery.value_keys import ValueKeys
from gitseal.document.header import Header
from gitseal.document.value import ValueType
from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.states import at_commit
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.composed_key import MarkKey
    from gitseal.crypto.datakey import DataKey
    from gitseal.project.project import Project

# A table of so many ids takes some hundredths of a second for a commit.
_MOST_COMPOSITIONS = 8192


class Wanted(NamedTuple):
    """The values by their names in the store; what of the environment does not go out is in `going`.

    `files` are those of the service, which stay here.
    """

    values: dict[str, Desired]
    going: Outgoing
    file_id: str
    files: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Wanted(…)"


def wanted(source: Source, environment: str, keyring: Keyring) -> Wanted:
    """The values of an environment for a target. Raises Error as `outgoing` does, and for names that steer loaders and shells.

    No variable of the machine counts: what is published follows from the commit alone. A null value does not go out.
    """
    opened = OpenedEnvironment(source.project, environment, keyring)
    request = Request(service=source.target.service, has_except=False)
    going = outgoing(opened, request, with_sections=False)
    entries = [entry for entry in going.entries if entry.value.kind is not ValueType.NULL]
    refuse_steering(opened, source.target.service, [entry.path[0] for entry in entries])
    keys = ValueKeys(opened, source.target.service)
    values = {
        entry.path[0]: Desired(
            SecretBytes(entry.value.reveal()), keys.of(entry.path) if entry.sealed else keys.of_plain
        )
        for entry in entries
    }
    service = source.project.manifest.services.get(source.target.service)
    files = tuple("/".join(file.path) for file in service.files) if service is not None else ()
    return Wanted(values, going, opened.documents[environment].header.id, files)


class KeysAt:
    """The data keys of past commits, by their ids. Each file is read once, and each key unwrapped once: that may be a call.

    `known` are the keys that the wanted values have; mostly no other is asked for.
    """

    def __init__(self, source: Source, environment: str, keyring: Keyring, known: Mapping[str, Desired]) -> None:
        self._source = source
        self._chain = source.project.policy.chain(environment)
        self._keyring = keyring
        self._projects: dict[str, Project | None] = {}
        from gitseal.crypto.datakey import DataKey  # `cryptography`, which names alone do not need

        marked = {desired.key.key_id: desired.key for desired in known.values() if desired.key is not None}
        self._composed = {key_id: key for key_id, key in marked.items() if isinstance(key, ComposedKey)}
        self._keys: dict[str, DataKey | None] = {
            key_id: key for key_id, key in marked.items() if isinstance(key, DataKey)
        }
        self._compositions: dict[str, dict[str, tuple[str, ...]]] = {}

    def __call__(self, commit: str, key: str) -> "MarkKey | None":
        """See `planning.KeyAt`."""
        return self._single(commit, key) or self._of_several(commit, key)

    def _of_several(self, commit: str, key: str) -> "MarkKey | None":
        """The key of this id that is composed of keys that the commit has. Nothing says which, so they are tried."""
        there = self._key_ids(commit)
        known = self._composed.get(key)
        if known is not None and set(known.key_ids) <= set(there):
            return known
        if commit not in self._compositions:
            # Those of few keys come first, and are the likely ones.
            choices = (some for size in range(2, len(there) + 1) for some in combinations(there, size))
            self._compositions[commit] = {composed_id(some): some for some in islice(choices, _MOST_COMPOSITIONS)}
        parts = [self._single(commit, part) for part in self._compositions[commit].get(key, ())]
        keys = [part for part in parts if part is not None]
        return mark_key(keys) if keys and len(keys) == len(parts) else None

    def _key_ids(self, commit: str) -> list[str]:
        headers = self._headers(commit)
        return list(dict.fromkeys(access.key_id for header in headers for access in header.access.values()))

    def _single(self, commit: str, key: str) -> "DataKey | None":
        there = (
            (header, group)
            for header in self._headers(commit)
            for group, access in header.access.items()
            if access.key_id == key
        )
        header, group = next(there, (None, ""))
        if header is None:
            return None
        if key not in self._keys:
            try:
                self._keys[key] = Keys(header, self._keyring).get(group)
            except Error:
                return None  # damaged there: it proves nothing
        return self._keys[key]

    def why_none(self, commit: str, key: str) -> str:
        """Why there is no such key, in words that follow "cannot tell: "; empty if the commit has no key of that id."""
        if self._source.repository.commit(commit) != commit:
            return f"commit {commit[:12]} is not in this clone"
        is_there = any(access.key_id == key for header in self._headers(commit) for access in header.access.values())
        return f"you cannot open what commit {commit[:12]} has" if is_there and self(commit, key) is None else ""

    def former(self, marks: Iterable[Mark], file: str) -> frozenset[str]:
        """The other publishers of these marks that were files of ours in the marks' commits, and are none now."""
        return frozenset(
            one.publisher
            for one in marks
            if one.publisher != file
            and one.publisher not in self._present()
            and any(header.id == one.publisher for header in self._headers(one.commit))
        )

    def _present(self) -> frozenset[str]:
        return frozenset(header.id for header in self._headers(self._source.commit))

    def _headers(self, commit: str) -> Iterator[Header]:
        """The headers that a commit has. What the environment extended then may be another one than now, so all are looked at."""
        if commit not in self._projects:
            repository, root = self._source.repository, self._source.project.root
            is_here = repository.commit(commit) == commit
            self._projects[commit] = at_commit(repository, root, commit) if is_here else None
        project = self._projects[commit]
        if project is None:
            return
        try:
            names = dict.fromkeys((*self._chain, *project.environments))
        except Error:
            names = dict.fromkeys(self._chain)
        for name in names:
            try:
                yield project.read(name).header
            except Error:
                continue  # it was not there yet, or was damaged
