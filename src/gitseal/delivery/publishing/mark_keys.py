"""The keys of marks: which one a mark has to have, and that key if an identity at hand opens it.

A mark names its commit and its key, and whoever writes to the store or to its record can name any. So a key proves a mark only if
the publisher's environment had it for that very name, in what the branch itself had once it had the commit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from gitseal.crypto.composed_key import composed_id, mark_key
from gitseal.delivery.publishing.mark import Mark
from gitseal.delivery.publishing.planning import Desired
from gitseal.delivery.publishing.source import Source
from gitseal.delivery.value_keys import StoredNames
from gitseal.document.header import Header
from gitseal.errors import Error
from gitseal.git.first_parents import FirstParents
from gitseal.identities import Keyring
from gitseal.project.belief.facts import headers
from gitseal.project.keys import Keys
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment
from gitseal.project.states import at_commit
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.composed_key import MarkKey
    from gitseal.crypto.datakey import DataKey


class KeyPlace(NamedTuple):
    """A data key by the header and the access group that have it."""

    header: Header
    group: str

    @property
    def key_id(self) -> str:
        """The id of the key."""
        return self.header.access[self.group].key_id


class MarkedEnvironment:
    """An environment as a commit had it: where the keys are that marks of its names have. It opens nothing."""

    def __init__(self, project: Project, environment: str, service: str) -> None:
        """Raises Error if the commit does not have the environment or the service, or if a file is damaged."""
        self._there = EffectiveEnvironment(project, environment)
        self._stored = StoredNames(self._there, service)

    def places(self, name: str, key_id: str) -> Sequence[KeyPlace]:
        """Where the data keys are that make the mark key of this id; empty if a mark of the name has another."""
        stored = self._stored.of((name,))
        if stored is None:
            return ()
        there = self._there
        entries = [there.entries[path] for path in stored]
        sealed = [
            KeyPlace(there.documents[layer].header, entry.token.group)
            for layer, entry in entries
            if entry.token is not None
        ]
        own = there.documents[there.environment].header
        # What has no sealed part is marked by a key of the environment's own file, whichever its publisher opened.
        choices = [sealed] if sealed else [[KeyPlace(own, group)] for group in own.access]
        return next((places for places in choices if _id(places) == key_id), ())


def _id(places: Sequence[KeyPlace]) -> str:
    """The id of the key that these make; empty if a group has none."""
    if not all(place.group in place.header.access for place in places):
        return ""
    ids = {place.key_id for place in places}
    return composed_id(ids) if len(ids) > 1 else next(iter(ids))


class KeysAt:
    """The keys of marks. Each file is read once for a commit, and each key unwrapped once: that may be a call.

    `known` are the wanted values, whose keys are at hand: mostly no other is asked for.
    """

    def __init__(self, source: Source, environment: str, keyring: Keyring, known: Mapping[str, Desired]) -> None:
        self._source = source
        self._environment = environment
        self._keyring = keyring
        self._line = FirstParents(source.repository, source.ref)
        self._arrivals: dict[str, str] = {}
        self._projects: dict[str, Project] = {}
        self._environments: dict[tuple[str, str], list[MarkedEnvironment]] = {}
        self._marks = {desired.key.key_id: desired.key for desired in known.values() if desired.key is not None}
        self._keys: dict[str, DataKey | None] = {}

    def __call__(self, known: Mark, name: str) -> "MarkKey | None":
        """See `planning.KeyAt`."""
        places = self._places(known, name)
        if not places:
            return None
        if known.key in self._marks:
            return self._marks[known.key]
        parts = [self._unwrapped(place) for place in places]
        keys = [part for part in parts if part is not None]
        return mark_key(keys) if len(keys) == len(parts) else None

    def why_none(self, known: Mark, name: str) -> str:
        """Why there is no such key, in words that follow "cannot tell: "; empty if a mark of the name has another key."""
        if self._source.repository.commit(known.commit) != known.commit:
            return f"commit {known.commit[:12]} is not in this clone"
        is_closed = self._places(known, name) and self(known, name) is None
        return f"you cannot open what commit {known.commit[:12]} has" if is_closed else ""

    def former(self, marks: Iterable[Mark], file: str) -> frozenset[str]:
        """The other publishers of these marks that the branch published to the same target, and that are no files of it now."""
        return frozenset(
            one.publisher
            for one in marks
            if one.publisher != file
            and not self._name(self._at(self._source.commit), one.publisher)
            and self._was_published(one)
        )

    def _was_published(self, known: Mark) -> bool:
        arrival = self._arrival(known.commit)
        if not arrival:
            return False
        project = self._at(arrival)
        name = self._name(project, known.publisher)
        try:
            targets = project.policy.publish if name else ()
        except Error:
            return False
        return any(target.name == known.target and name in target.environments for target in targets)

    def _places(self, known: Mark, name: str) -> Sequence[KeyPlace]:
        there = (environment.places(name, known.key) for environment in self._marked(known))
        return next(filter(None, there), ())

    def _marked(self, known: Mark) -> list[MarkedEnvironment]:
        """The publisher's environment as the branch had it with the mark's commit: by its policy then, and by the one now."""
        arrival = self._arrival(known.commit)
        if (arrival, known.publisher) not in self._environments:
            self._environments[arrival, known.publisher] = [*self._read(arrival, known.publisher)]
        return self._environments[arrival, known.publisher]

    def _read(self, commit: str, publisher: str) -> Iterator[MarkedEnvironment]:
        if not commit:
            return
        project = self._at(commit)
        name = self._name(project, publisher)
        # What was published went out by the policy and the manifest of the branch's tip at that time.
        for ruled in (project, project.governed_by(self._source.project)) if name else ():
            with suppress(Error):
                yield MarkedEnvironment(ruled, name, self._service(ruled))

    def _service(self, ruled: Project) -> str:
        """The service that the target had by a policy."""
        named = (target for target in ruled.policy.publish if target.name == self._source.target.name)
        return next(named, self._source.target).service

    def _name(self, project: Project, file_id: str) -> str:
        """The environment whose file has an id; empty if none has. It may have had another name than now."""
        try:
            names = dict.fromkeys((self._environment, *project.environments))
        except Error:
            names = dict.fromkeys((self._environment,))
        return next((name for name in names if self._file_id(project, name) == file_id), "")

    def _file_id(self, project: Project, name: str) -> str:
        """The id of an environment's file; empty if it was not there yet, or was damaged."""
        try:
            read = headers(project.source.read(project.file(name)))
        except (Error, OSError):
            return ""
        return read[0].id if read else ""

    def _at(self, commit: str) -> Project:
        if commit not in self._projects:
            repository, root = self._source.repository, self._source.project.root
            self._projects[commit] = at_commit(repository, root, commit).shared()
        return self._projects[commit]

    def _arrival(self, commit: str) -> str:
        """The commit in which the branch itself came to have another; empty if that is not here.

        What it never had is measured by what goes out now.
        """
        if commit not in self._arrivals:
            is_here = self._source.repository.commit(commit) == commit
            self._arrivals[commit] = self._line.arrival(commit) or self._source.commit if is_here else ""
        return self._arrivals[commit]

    def _unwrapped(self, place: KeyPlace) -> "DataKey | None":
        if place.key_id not in self._keys:
            try:
                self._keys[place.key_id] = Keys(place.header, self._keyring).get(place.group)
            except Error:
                return None  # damaged there: it proves nothing
        return self._keys[place.key_id]
