"""What was published to a store that has no room for marks: each mark with the version that the store told after writing it.

It is a blob in the ref `refs/gitseal/published/TARGET/ENVIRONMENT`, which is pushed and fetched as the record of a deploy is. No
value is in it. Each entry has a proof by the key of its mark, over all that it says and where it stands. One without counts for
nothing: whoever can push the ref could have written it.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gitseal.errors import Error, shell_quoted
from gitseal.git import refs
from gitseal.git.repository import Repository
from gitseal.records import NamedTuple
from gitseal.stores.protocol import Edit, Live

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.composed_key import MarkKey

_REFS = "refs/gitseal/published"
_VERSION = 1
_PROOF = "gitseal/v1/published-version"


class Recorded(NamedTuple):
    """One name's mark, and the version that it had in the store. An empty version: it was about to be written.

    `place` is what the record is of; it is in the proof, and not in the entry.
    """

    mark: str
    version: str = ""
    proof: str = ""
    place: tuple[str, ...] = ()

    def proven(self, name: str, key: "MarkKey | None") -> "Recorded":
        """The same with its proof, if there is a key to prove it with."""
        return self._replace(proof=self._mac(name, key) if key is not None else "")

    def is_proven(self, name: str, key: "MarkKey | None") -> bool:
        """True if whoever had that key recorded all this of this name, here. `key` is the one that the mark names."""
        # The content of a proof is no secret, and whoever could time this would have to write to the ref.
        return key is not None and self.proof == self._mac(name, key)

    def _mac(self, name: str, key: "MarkKey") -> str:
        state = "written" if self.version else "begun"
        return key.published_mac(_PROOF, *self.place, name, self.mark, self.version, state).hex()


class PublishRecord:
    """The record of one environment at one place, on one server. One of another place counts for nothing."""

    def __init__(self, repository: Repository, target: str, environment: str, place: tuple[str, str]) -> None:
        """Reads it. `place` is the target's `to`, and the identity of the server. Raises Error if it is damaged."""
        self.ref = _ref(target, environment)
        self._repository = repository
        self._place = place
        self._bound = (target, environment, *place)
        self._blob = refs.exact(repository, [self.ref]).get(self.ref, "")
        self.names = self._read() if self._blob else {}
        self._before: Mapping[str, Recorded] = {}
        self._keys: Mapping[str, MarkKey | None] = {}

    def begin(self, edits: Iterable[Edit], keys: Mapping[str, "MarkKey | None"]) -> None:
        """Notes what is about to be written, so that a run that is cut off leaves nothing that looks like somebody else's.

        `keys` are those of the marks, by name.
        """
        self._before, self._keys = dict(self.names), keys
        self.names |= {edit.name: self._proven(edit, "") for edit in edits if edit.value is not None}
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

    def _proven(self, edit: Edit, version: str) -> Recorded:
        return Recorded(edit.mark, version, place=self._bound).proven(edit.name, self._keys.get(edit.name))

    def _take_back(self, names: Collection[str]) -> None:
        for name in names:
            self.names.pop(name, None)
        self.names |= {name: self._before[name] for name in names if name in self._before}

    def _read(self) -> dict[str, Recorded]:
        content = next(iter(self._repository.objects.blobs([self._blob])), None)
        names = parse(content, self._bound) if content is not None else None
        if names is None:
            hint = f"fetch it anew from where it was pushed to, or take it away: git update-ref -d {shell_quoted(self.ref)}"
            raise Error(f'"{self.ref}" is no record of what was published', hint)
        return names

    def _write(self) -> None:
        to, server = self._place
        names = {name: [one.mark, one.version, one.proof] for name, one in self.names.items()}
        content = {"version": _VERSION, "to": to, "server": server, "names": names}
        text = json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"
        made = self._repository.git("hash-object", "-w", "--stdin", "--no-filters", stdin=text)
        blob = made.decode().strip() if made is not None else ""
        if not blob or not refs.write(self._repository, self.ref, blob, "gitseal: published", self._blob):
            again = "see what it is with git for-each-ref refs/gitseal, and run the same again"
            raise Error(f'Git does not write the record "{self.ref}", or somebody else did at the same time', again)
        self._blob = blob


def _ref(target: str, environment: str) -> str:
    return f"{_REFS}/{target}/{environment}"


def parse(content: bytes, bound: tuple[str, ...]) -> dict[str, Recorded] | None:
    """The names in a record's blob; nothing if it is of another place than `bound` ends with, None if it is no record.

    Raises Error for a record that another version wrote. Nothing of it is believed yet: see `Recorded.is_proven`.
    """
    try:
        record: Any = json.loads(content)
        if record["version"] != _VERSION:
            raise Error(f'"{_ref(*bound[:2])}" was written by another version of gitseal', "upgrade gitseal")
        if (record["to"], record["server"]) != bound[-2:]:
            return {}
        return {name: _entry(name, entry, bound) for name, entry in record["names"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _entry(name: str, entry: list[str], bound: tuple[str, ...]) -> Recorded:
    known, version, proof = entry
    for text in (name, known, version, proof):
        text.encode()  # JSON can spell what is no text
    return Recorded(known, version, proof, bound)
