"""Known keys: which data keys and recipients this clone has met, as ssh keeps known hosts (docs/format.md, section 7).

The file lies in the Git directory, so no commit can bring it, and all linked worktrees share it. It holds no secret:
ids, and the stanzas of the accepted keys, by which a later succession can be verified.
"""

import json
from pathlib import Path
from typing import Any

from gitseal.crypto.datakey import Scope
from gitseal.document.header import Access
from gitseal.document.token import Stanza, parse_stanza
from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.files.reading import read_regular

_VERSION = 1


class Known:
    """The known keys of a clone. `accept` and `meet` change them in memory, `save` on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = False
        self._keys: dict[str, Any] = {}
        self._recipients: dict[str, str] = {}
        try:
            content = json.loads(read_regular(path))
            if content["version"] != _VERSION:
                raise Error(f'"{path}" was written by another version of gitseal', "upgrade gitseal")
            self._keys, self._recipients = content["keys"], content["recipients"]
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError):
            raise Error(
                f'"{path}" is damaged', f"move it away, and confirm each key once again: mv {path} {path}.damaged"
            ) from None

    def accepted(self, scope: Scope) -> str:
        """The id of the data key that is believed for a scope, or nothing."""
        return str(self._keys.get(_name(scope), {}).get("accepted", ""))

    def is_retired(self, scope: Scope, key_id: str) -> bool:
        """Whether a data key was believed once and has been succeeded."""
        return key_id in self._keys.get(_name(scope), {}).get("retired", ())

    def stanzas(self, scope: Scope) -> dict[str, Stanza]:
        """The stanzas of the accepted key, by recipient id, as they were when it was accepted."""
        found: dict[str, str] = self._keys.get(_name(scope), {}).get("stanzas", {})
        return {recipient: parse_stanza(text, 0) for recipient, text in found.items()}

    def accept(self, scope: Scope, access: Access) -> None:
        """Believes a data key from now on; the one believed before is retired and never comes back."""
        before = self._keys.get(_name(scope), {})
        stanzas = {recipient: stanza.serialise() for recipient, stanza in access.by_recipient().items()}
        retired = [*before.get("retired", ())]
        if before.get("accepted", access.key_id) != access.key_id:
            retired.append(before["accepted"])
        after = {"accepted": access.key_id, "retired": retired, "stanzas": stanzas}
        if after != before:
            self._keys[_name(scope)] = after
            self._changed = True

    def has_met(self, recipient_id: str) -> bool:
        """Whether a recipient was confirmed in this clone."""
        return recipient_id in self._recipients

    def meet(self, recipient_id: str, name: str) -> None:
        """Remembers a confirmed recipient."""
        if recipient_id not in self._recipients:
            self._recipients[recipient_id] = name
            self._changed = True

    def save(self) -> None:
        """Writes what changed. The caller holds the project's lock."""
        if not self._changed:
            return
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        content = {"version": _VERSION, "keys": self._keys, "recipients": self._recipients}
        atomic.write(self._path, json.dumps(content, indent=1, sort_keys=True).encode() + b"\n", private=True)
        self._changed = False


def _name(scope: Scope) -> str:
    return "/".join(scope)
