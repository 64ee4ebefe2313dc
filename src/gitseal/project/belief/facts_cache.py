"""Facts of history that were read before, kept in the Git directory: reading them is most of the time of a first `set`.

Facts of a blob never change. A sum of a history holds for one tip, one boundary of a shallow clone and one reader. All of
it can be read again from Git, so a file that is damaged, unreadable or of another version counts as none. It holds ids alone.
"""

import json
from contextlib import suppress
from pathlib import Path

from gitseal.crypto.digest import sha256_hex
from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.files.reading import read_regular
from gitseal.project.belief.facts import Fact
from gitseal.records import NamedTuple

_READER = 2
"""Goes up with every change of what `facts` reads, or of what a sum holds."""

_MOST_BLOBS = 200_000
_LIMIT = 256 * 1024 * 1024
_DIGEST = 64


class KeyRow(NamedTuple):
    """One fact of a history, with a blob that has it: a proof is opened from there."""

    fact: Fact
    blob: str


class HistorySum(NamedTuple):
    """The facts of a history, oldest first. `shallow` is the digest of where a shallow clone ends."""

    tip: str
    shallow: str
    rows: tuple[KeyRow, ...]


class FactsCache:
    """The facts of blobs by blob id, and the sums of histories by name. On disk with `save`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.blobs: dict[str, tuple[Fact, ...]] = {}
        self.sums: dict[str, HistorySum] = {}
        self._is_changed = False
        with suppress(Error, OSError, ValueError, KeyError, TypeError, IndexError, RecursionError, AttributeError):
            self._load(read_regular(path, _LIMIT))

    def add(self, blob: str, facts: tuple[Fact, ...]) -> None:
        """Remembers the facts of a blob."""
        self.blobs[blob] = facts
        self._is_changed = True

    def add_sum(self, name: str, summed: HistorySum) -> None:
        """Remembers the sum of a history."""
        self.sums[name] = summed
        self._is_changed = True

    def save(self) -> None:
        """Writes what came to it. What cannot be written is read from Git again the next time."""
        if not self._is_changed:
            return
        self._is_changed = False
        content = json.dumps(self._serialised(), separators=(",", ":")).encode()
        with suppress(OSError, Error):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            atomic.write(self._path, sha256_hex(content).encode() + b"\n" + content, private=True)

    def _load(self, data: bytes) -> None:
        digest, content = data[:_DIGEST], data[_DIGEST + 1 :]
        # Against a disk that lies, not against people: whoever can write here can write `known` beside it.
        if digest.decode() != sha256_hex(content):
            return
        loaded = json.loads(content)
        if loaded["reader"] != _READER:
            return
        table = [Fact(*map(str, row)) for row in loaded["facts"]]
        blobs = {blob: tuple(table[at] for at in places) for blob, places in loaded["blobs"].items()}
        self.sums = {
            name: HistorySum(tip, shallow, tuple(KeyRow(table[at], blob) for at, blob in rows))
            for name, (tip, shallow, rows) in loaded["sums"].items()
        }
        self.blobs = blobs

    def _serialised(self) -> dict[str, object]:
        table: dict[Fact, int] = {}
        blobs = self.blobs if len(self.blobs) <= _MOST_BLOBS else {}
        return {
            "reader": _READER,
            "blobs": {blob: [table.setdefault(fact, len(table)) for fact in facts] for blob, facts in blobs.items()},
            "sums": {
                name: (
                    sum_.tip,
                    sum_.shallow,
                    [(table.setdefault(row.fact, len(table)), row.blob) for row in sum_.rows],
                )
                for name, sum_ in self.sums.items()
            },
            "facts": list(table),
        }
