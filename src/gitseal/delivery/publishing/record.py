"""What was published to a store that has no room for marks: each mark with the version that the store told after writing it.

It is a blob in the ref `refs/gitseal/published/TARGET/ENVIRONMENT`, which is pushed and fetched as the record of a deploy is. No
value is in it. Each entry has a proof by the key of its mark, over all that it says and where it stands. One without counts for
nothing: whoever can push the ref could have written it.

They could put an older record back, too, whose entries have proofs, or spoil a proof. So this clone remembers the entries that it
saw proven, and one counts in place of whatever the ref has as long as the store has the version that it tells.
"""

from collections.abc import Collection, Iterable, Mapping

from gitseal.delivery.publishing import record_memory, recorded
from gitseal.delivery.publishing.recorded import Recorded
from gitseal.errors import Error, shell_quoted
from gitseal.git import refs
from gitseal.git.repository import Repository
from gitseal.stores.protocol import Edit, Live

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.composed_key import MarkKey


class PublishRecord:
    """The record of one environment at one place, on one server. One of another place counts for nothing."""

    def __init__(self, repository: Repository, target: str, environment: str, place: tuple[str, str]) -> None:
        """Reads it. `place` is the target's `to`, and the identity of the server. Raises Error if it is damaged.

        `before` is the id of the blob that was read, empty without one.
        """
        self.ref = recorded.record_ref(target, environment)
        self._repository = repository
        self._place = place
        self._bound = (target, environment, *place)
        self._blob = refs.exact(repository, [self.ref]).get(self.ref, "")
        self.before = self._blob
        self.names = self._read() if self._blob else {}
        self.regained: list[str] = []
        self._before: Mapping[str, Recorded] = {}
        self._keys: Mapping[str, MarkKey | None] = {}

    def against(self, live: Mapping[str, Live]) -> dict[str, Recorded]:
        """The entries. What the store has as this clone saw it, and as the ref does not tell it, is as this clone remembers it.

        The names of these are in `regained`: the record is an older one, or somebody changed it.
        """
        seen = self._remembered()
        versions = {name: there.version for name, there in live.items() if there.version}
        known = {name: one for name, one in seen.items() if one.version and one.version == versions.get(name)}
        # Only what proved itself is remembered, and a version is of one write: another mark or proof for it is not ours.
        back = {name: one for name, one in known.items() if one != self.names.get(name)}
        self.names |= back
        self.regained = sorted(back)
        return self.names

    def remember(self, proven: Collection[str]) -> None:
        """Remembers entries that proved themselves, and that the store still has the versions of; the ref gets what it lacks."""
        self._remember({name: self.names[name] for name in proven}, ())
        if self.regained:
            self._write()

    def begin(self, edits: Iterable[Edit], keys: Mapping[str, "MarkKey | None"]) -> None:
        """Notes what is about to be written, so that a run that is cut off leaves nothing that looks like somebody else's.

        `keys` are those of the marks, by name.
        """
        self._before, self._keys = dict(self.names), keys
        noted = {edit.name: self._proven(edit, "") for edit in edits if edit.value is not None}
        # If this stops in the middle, nothing tells whether what the store has is what was there before.
        self._remember({}, noted)
        self.names |= noted
        self._write()

    def end(self, done: Iterable[Edit], untouched: Iterable[Edit], live: Mapping[str, Live]) -> None:
        """Notes the versions of what was written, and takes back what was noted for edits that nothing was done of.

        What is in neither may have been written or not: it stays noted as about to be.
        """
        for edit in done:
            there = live.get(edit.name)
            if edit.value is None or there is None:
                self.names.pop(edit.name, None)
            else:
                self.names[edit.name] = self._proven(edit, there.version)
        self._take_back([edit.name for edit in untouched])
        self._write()
        self.remember([edit.name for edit in done if edit.name in self.names])

    def _proven(self, edit: Edit, version: str) -> Recorded:
        return Recorded(edit.mark, version, place=self._bound).proven(edit.name, self._keys.get(edit.name))

    def _take_back(self, names: Collection[str]) -> None:
        for name in names:
            self.names.pop(name, None)
        self.names |= {name: self._before[name] for name in names if name in self._before}

    def _read(self) -> dict[str, Recorded]:
        text = next(iter(self._repository.objects.blobs([self._blob])), None)
        names = recorded.parse(text, self._bound) if text is not None else None
        if names is None:
            hint = f"fetch it anew from where it was pushed to, or take it away: git update-ref -d {shell_quoted(self.ref)}"
            raise Error(f'"{self.ref}" is no record of what was published', hint)
        return names

    def _remembered(self) -> dict[str, Recorded]:
        return recorded.parse(record_memory.read(self._repository, self.ref), self._bound) or {}

    def _remember(self, more: Mapping[str, Recorded], less: Iterable[str]) -> None:
        before = self._remembered()
        after = {name: one for name, one in before.items() if name not in {*less}} | dict(more)
        if after != before:
            record_memory.write(self._repository, self.ref, recorded.content(after, self._place))

    def _write(self) -> None:
        text = recorded.content(self.names, self._place)
        made = self._repository.git("hash-object", "-w", "--stdin", "--no-filters", stdin=text)
        blob = made.decode().strip() if made is not None else ""
        if not blob or not refs.write(self._repository, self.ref, blob, "gitseal: published", self._blob):
            again = "see what it is with git for-each-ref refs/gitseal, and run the same again"
            raise Error(f'Git does not write the record "{self.ref}", or somebody else did at the same time', again)
        self._blob = blob
