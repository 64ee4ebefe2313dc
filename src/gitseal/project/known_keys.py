"""Known keys: which data keys and recipients this clone has met, as ssh keeps known hosts (docs/format.md, section 7).

The file lies in the Git directory, so no commit can bring it, and all linked worktrees share it. It holds no secret:
ids, the stanzas of the accepted keys, by which a later succession can be verified, and the names that may stand plain.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitseal.crypto.public_key import Scope
from gitseal.document.header import Access
from gitseal.document.token import Stanza, parse_stanza
from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.files.lock import locked
from gitseal.files.reading import read_regular

if TYPE_CHECKING:
    from collections.abc import Callable

_VERSION = 1


class Known:
    """The known keys of a clone. What changes them does so in memory, and on disk with `save`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changes: list[Callable[[Known], None]] = []
        self._keys: dict[str, Any] = {}
        self._recipients: dict[str, list[str]] = {}
        self._plain: list[str] = []
        try:
            content = json.loads(read_regular(path))
            if content["version"] != _VERSION:
                raise Error(f'"{path}" was written by another version of gitseal', "upgrade gitseal")
            self._keys, self._recipients = dict(content["keys"]), dict(content["recipients"])
            self._plain = list(content["plain"])
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Error(
                f'"{path}" is damaged', f"move it away, and confirm each key once again: mv {path} {path}.damaged"
            ) from None

    def accepted(self, scope: Scope) -> str:
        """The id of the data key that is believed for a scope, or nothing."""
        return str(self._keys.get(_name(scope), {}).get("accepted", ""))

    def is_retired(self, scope: Scope, key_id: str) -> bool:
        """True if a data key was believed once and has been succeeded."""
        return key_id in self._keys.get(_name(scope), {}).get("retired", ())

    def stanzas(self, scope: Scope) -> dict[str, Stanza]:
        """The stanzas of the accepted key, by recipient id, as they were when it was accepted."""
        found: dict[str, str] = self._keys.get(_name(scope), {}).get("stanzas", {})
        return {recipient: parse_stanza(text, 0) for recipient, text in found.items()}

    def knows_another_file(self, scope: Scope) -> bool:
        """True if this clone knows the access group of an environment of that name in a file with another id."""
        return any(
            name.split("/")[1:] == [scope.environment, scope.group] and name != _name(scope) for name in self._keys
        )

    def accept(self, scope: Scope, access: Access) -> None:
        """Believes a data key from now on; the one believed before is retired and never comes back.

        Of a recipient's stanzas under one key the first that was met stays: a later one may be spoilt.
        """
        before = self._keys.get(_name(scope), {})
        stanzas = {recipient: stanza.serialise() for recipient, stanza in access.by_recipient().items()}
        retired = [*before.get("retired", ())]
        if before.get("accepted", access.key_id) == access.key_id:
            stanzas |= before.get("stanzas", {})
        else:
            retired.append(before["accepted"])
        after = {"accepted": access.key_id, "retired": retired, "stanzas": stanzas}
        if after != before:
            self._keys[_name(scope)] = after
            self._changes.append(lambda known: known.accept(scope, access))

    def restore(self, scope: Scope, access: Access) -> None:
        """Believes a retired data key again, where what replaced it has never left the working tree."""
        before = self._keys[_name(scope)]
        stanzas = {recipient: stanza.serialise() for recipient, stanza in access.by_recipient().items()}
        retired = [key_id for key_id in before["retired"] if key_id != access.key_id]
        self._keys[_name(scope)] = {"accepted": access.key_id, "retired": retired, "stanzas": stanzas}
        self._changes.append(lambda known: known.restore(scope, access))

    def has_met(self, recipient_id: str, name: str) -> bool:
        """True if this recipient was confirmed in this clone as one of this very person."""
        return name in self._recipients.get(recipient_id, ())

    def meet(self, recipient_id: str, name: str) -> None:
        """Remembers a confirmed recipient."""
        if not self.has_met(recipient_id, name):
            self._recipients[recipient_id] = [*self._recipients.get(recipient_id, ()), name]
            self._changes.append(lambda known: known.meet(recipient_id, name))

    def forget(self, recipient_id: str, name: str) -> None:
        """Takes a confirmation back."""
        if self.has_met(recipient_id, name):
            self._recipients[recipient_id] = [other for other in self._recipients[recipient_id] if other != name]
            self._changes.append(lambda known: known.forget(recipient_id, name))

    def forget_person(self, name: str) -> None:
        """Takes back every confirmation of a person's recipients."""
        for recipient_id in self._recipients:
            self.forget(recipient_id, name)

    def is_plain(self, name: str) -> bool:
        """True if a person said in this clone that a name (after its file's id) may stand plain."""
        return name in self._plain

    def let_plain(self, name: str) -> None:
        """Remembers that a name may stand plain."""
        if name not in self._plain:
            self._plain.append(name)
            self._changes.append(lambda known: known.let_plain(name))

    def check_writable(self) -> None:
        """Raises Error if `save` would have something to write and could not: to be asked before a file is written."""
        folder = self._path.parent if self._path.parent.exists() else self._path.parent.parent
        if self._changes and not os.access(folder, os.W_OK | os.X_OK):
            raise Error(f'"{self._path}" cannot be written', f'look at: ls -ld "{folder}"')

    def save(self) -> None:
        """Writes what changed, over what other processes have written meanwhile: worktrees share the file, not a lock."""
        if not self._changes:
            return
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        with locked(self._path.parent):
            now = Known(self._path)
            for change in self._changes:
                change(now)
            content = {"version": _VERSION, "keys": now._keys, "recipients": now._recipients, "plain": now._plain}
            atomic.write(self._path, json.dumps(content, indent=1, sort_keys=True).encode() + b"\n", private=True)
        self._changes.clear()


def _name(scope: Scope) -> str:
    return "/".join(scope)
