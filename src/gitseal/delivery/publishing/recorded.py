"""One name of a record of what was published, and the text of a whole record."""

import json
from collections.abc import Mapping
from typing import Any

from gitseal.errors import Error
from gitseal.records import NamedTuple

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


def record_ref(target: str, environment: str) -> str:
    """The ref that has the record of an environment."""
    return f"{_REFS}/{target}/{environment}"


def content(names: Mapping[str, Recorded], place: tuple[str, str]) -> bytes:
    """The text of a record: `place` is the target's `to`, and the identity of the server."""
    to, server = place
    told = {name: [one.mark, one.version, one.proof] for name, one in names.items()}
    record = {"version": _VERSION, "to": to, "server": server, "names": told}
    return json.dumps(record, indent=1, sort_keys=True).encode() + b"\n"


def parse(text: bytes, bound: tuple[str, ...]) -> dict[str, Recorded] | None:
    """The names in a record's blob; nothing if it is of another place than `bound` ends with, None if it is no record.

    Raises Error for a record that another version wrote. Nothing of it is believed yet: see `Recorded.is_proven`.
    """
    try:
        record: Any = json.loads(text)
        if record["version"] != _VERSION:
            raise Error(f'"{record_ref(*bound[:2])}" was written by another version of gitseal', "upgrade gitseal")
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
