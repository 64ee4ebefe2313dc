"""What was published to a store that has no room for marks: each mark with the version that the store told after writing it.

It is a blob in the ref `refs/gitseal/published/TARGET/ENVIRONMENT`, which is pushed and fetched as the record of a deploy is. No
value is in it. A proof by the value's data key binds the version to the mark: who can push the ref and not open the commit
cannot make a value that was changed by hand look like ours.
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
    from gitseal.crypto.datakey import DataKey

_REFS = "refs/gitseal/published"
_VERSION = 1
_PROOF = "gitseal/v1/published-version"


class Recorded(NamedTuple):
    """One name's mark, and the version that it had in the store. An empty version: it was about to be written."""

    mark: str
    version: str = ""
    proof: str = ""

    def is_proven(self, name: str, key: "DataKey | None") -> bool:
        """True if whoever had the data key recorded this version with this mark. A value that is plain in Git has no proof."""
        return self.proof == _proof(name, self.mark, self.version, key)


class PublishRecord:
    """The record of one environment at one place, on one server. One of another place counts for nothing."""

    def __init__(self, repository: Repository, target: str, environment: str, place: tuple[str, str]) -> None:
        """Reads it. `place` is the target's `to`, and the identity of the server. Raises Error if it is damaged."""
        self.ref = f"{_REFS}/{target}/{environment}"
        self._repository = repository
        self._place = place
        self._blob = refs.exact(repository, [self.ref]).get(self.ref, "")
        self.names = self._read() if self._blob else {}
        self._before: Mapping[str, Recorded] = {}

    def begin(self, edits: Iterable[Edit]) -> None:
        """Notes what is about to be written, so that a run that is cut off leaves nothing that looks like somebody else's."""
        self._before = dict(self.names)
        self.names |= {edit.name: Recorded(edit.mark) for edit in edits if edit.value is not None}
        self._write()

    def end(
        self,
        done: Iterable[Edit],
        untouched: Iterable[Edit],
        live: Mapping[str, Live],
        keys: Mapping[str, "DataKey | None"],
    ) -> None:
        """Notes the versions of what was written, and takes back what was noted for edits that nothing was done of.

        What is in neither may have been written or not: it stays noted as about to be. `keys` are the data keys of the values.
        """
        for edit in done:
            there = live.get(edit.name)
            if edit.value is None or there is None:
                self.names.pop(edit.name, None)
            else:
                proof = _proof(edit.name, edit.mark, there.version, keys.get(edit.name))
                self.names[edit.name] = Recorded(edit.mark, there.version, proof)
        self._take_back([edit.name for edit in untouched])
        self._write()

    def _take_back(self, names: Collection[str]) -> None:
        for name in names:
            self.names.pop(name, None)
        self.names |= {name: self._before[name] for name in names if name in self._before}

    def _read(self) -> dict[str, Recorded]:
        try:
            content: Any = json.loads(next(iter(self._repository.blobs([self._blob]))))
            if content["version"] != _VERSION:
                raise Error(f'"{self.ref}" was written by another version of gitseal', "upgrade gitseal")
            if (content["to"], content["server"]) != self._place:
                return {}
            return {name: Recorded(*map(str, entry)) for name, entry in content["names"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, StopIteration):
            hint = f"fetch it anew from where it was pushed to, or take it away: git update-ref -d {shell_quoted(self.ref)}"
            raise Error(f'"{self.ref}" is no record of what was published', hint) from None

    def _write(self) -> None:
        to, server = self._place
        names = {name: [*one] for name, one in self.names.items()}
        content = {"version": _VERSION, "to": to, "server": server, "names": names}
        text = json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"
        made = self._repository.git("hash-object", "-w", "--stdin", "--no-filters", stdin=text)
        blob = made.decode().strip() if made is not None else ""
        if not blob or not refs.write(self._repository, self.ref, blob, "gitseal: published", self._blob):
            again = "see what it is with git for-each-ref refs/gitseal, and run the same again"
            raise Error(f'Git does not write the record "{self.ref}", or somebody else did at the same time', again)
        self._blob = blob


def _proof(name: str, mark: str, version: str, key: "DataKey | None") -> str:
    return key.published_mac(_PROOF, name, mark, version).hex() if key is not None and version else ""
