"""Known keys: the data keys and recipients that this clone believes, as ssh keeps known hosts (docs/format.md, section 7).

The file lies in the Git directory, so no commit can bring it, and all linked worktrees share it. It holds no secret:
ids, stanzas by which a later succession can be verified, and the names that may be plain.
"""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gitseal.crypto.public_key import Scope
from gitseal.document.header import Access
from gitseal.document.token import Stanza, parse_stanza
from gitseal.errors import Error, shell_quoted
from gitseal.files import atomic, json_file
from gitseal.files.lock import locked
from gitseal.git.repository import Repository
from gitseal.project.belief.rule import Memory

if TYPE_CHECKING:
    from collections.abc import Callable

_VERSION = 2
# Stanzas are the bulk of the file. Those of older keys are still in history, which is asked if this file has them no more.
_KEYS_WITH_STANZAS = 16


class RememberedClaim(NamedTuple):
    """A stanza that some ref has and neither the trusted ref nor HEAD: who could open the key with it, and on which ref."""

    name: str
    recipient: str
    key: str
    ref: str


class Known:
    """The known keys of a clone. What changes them does so in memory, and on disk with `save`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changes: list[Callable[[Known], None]] = []
        self._keys: dict[str, dict[str, Any]] = {}
        self._recipients: dict[str, list[str]] = {}
        self._plain: list[str] = []
        # To go on without a damaged one would be to believe the trusted ref's keys as on the first day, without a word.
        json_file.read(path, {1, _VERSION}, self._take, "move it away, and confirm each key once again")

    def _take(self, content: dict[str, Any]) -> None:
        keys = dict(content["keys"])
        self._keys = {name: _taken_over(entry) for name, entry in keys.items()} if content["version"] == 1 else keys
        self._recipients, self._plain = dict(content["recipients"]), list(content["plain"])

    def memory(self, scope: Scope) -> Memory:
        """The memory of a scope, as the rule asks for it."""
        entry = self._entry(scope)
        accepted = entry.get("accepted", {})
        return Memory(entry.get("current", ""), frozenset(entry.get("made", ())), accepted, entry.get("met", ""))

    def seen_at(self, scope: Scope) -> str:
        """The commit, in short, at which the trusted ref had C when it became C; empty if it never had."""
        return str(self._entry(scope).get("seen", ""))

    def proofs(self, scope: Scope) -> Mapping[str, Iterable[str]]:
        """For each key those that it was proved here to succeed, in one step."""
        proofs: dict[str, list[str]] = self._entry(scope).get("proofs", {})
        return proofs

    def stanzas(self, scope: Scope, key: str) -> dict[str, Stanza]:
        """The stanzas of a key that was believed, by recipient id, as they were when it first was."""
        texts: dict[str, str] = self._entry(scope).get("stanzas", {}).get(key, {})
        return {recipient: parse_stanza(text, 0) for recipient, text in texts.items()}

    def claims(self, scope: Scope) -> tuple[RememberedClaim, ...]:
        """The claims that were remembered."""
        return tuple(RememberedClaim(*claim) for claim in self._entry(scope).get("claims", ()))

    def knows_another_file(self, scope: Scope) -> bool:
        """True if this clone believes the access group of an environment of that name in a file with another id."""
        others = (entry for name, entry in self._keys.items() if name != _name(scope) and _is_place(name, scope))
        return any(entry.get("current") or entry.get("met") for entry in others)

    def settle(self, scope: Scope, current: str, seen: str) -> None:
        """Makes a key C. Answers that were given under another C lapse, and what an older gitseal believed has been judged."""
        entry = self._entry(scope)
        if entry.get("current") == current and "met" not in entry:
            return
        # A yes was given by somebody who saw what the trusted ref had then. Of what it has now they have not been asked.
        accepted = {key: under for key, under in entry.get("accepted", {}).items() if under == current}
        changed = {name: value for name, value in entry.items() if name != "met"}
        changed |= {"current": current, "accepted": accepted}
        if entry.get("current") != current:
            changed["seen"] = seen
        self._write(scope, changed, lambda known: known.settle(scope, current, seen))

    def accept(self, scope: Scope, key: str, current: str) -> None:
        """Remembers that a person believed a key while `current` was C."""
        accepted = self._entry(scope).get("accepted", {})
        if accepted.get(key) != current:
            changed = {**self._entry(scope), "accepted": accepted | {key: current}}
            self._write(scope, changed, lambda known: known.accept(scope, key, current))

    def make(self, scope: Scope, key: str) -> None:
        """Remembers that this clone made a key."""
        made = self._entry(scope).get("made", [])
        if key not in made:
            changed = {**self._entry(scope), "made": [*made, key]}
            self._write(scope, changed, lambda known: known.make(scope, key))

    def prove(self, scope: Scope, new: str, old: str) -> None:
        """Remembers that one key was proved to succeed another."""
        proofs = self._entry(scope).get("proofs", {})
        if old not in proofs.get(new, ()):
            changed = {**self._entry(scope), "proofs": proofs | {new: [*proofs.get(new, ()), old]}}
            self._write(scope, changed, lambda known: known.prove(scope, new, old))

    def keep_stanzas(self, scope: Scope, access: Access) -> None:
        """Remembers the stanzas of a believed key. Of a recipient's the first that was met stays: a later one may be spoilt."""
        before = self._entry(scope).get("stanzas", {})
        met = {recipient: stanza.serialise() for recipient, stanza in reversed(access.by_recipient())}
        after = met | before.get(access.key_id, {})
        if after != before.get(access.key_id):
            current = self._entry(scope).get("current", "")
            kept = [key for key in before if key not in {access.key_id, current}][-_KEYS_WITH_STANZAS:]
            stanzas = {key: before[key] for key in (*kept, current) if key in before}
            changed = {**self._entry(scope), "stanzas": stanzas | {access.key_id: after}}
            self._write(scope, changed, lambda known: known.keep_stanzas(scope, access))

    def keep_claims(self, scope: Scope, claims: Iterable[RememberedClaim]) -> None:
        """Remembers the claims there are now, in place of those that were remembered."""
        listed = sorted(list(claim) for claim in claims)
        if listed != self._entry(scope).get("claims", []):
            changed = {**self._entry(scope), "claims": listed}
            self._write(scope, changed, lambda known: known.keep_claims(scope, map(RememberedClaim._make, listed)))

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
        """True if a person said in this clone that a name (after its file's id) may be plain."""
        return name in self._plain

    def let_plain(self, name: str) -> None:
        """Remembers that a name may be plain."""
        if name not in self._plain:
            self._plain.append(name)
            self._changes.append(lambda known: known.let_plain(name))

    def check_writable(self) -> None:
        """Raises Error if `save` would have something to write and could not: to be asked before a file is written."""
        # `save` makes its folder if need be.
        folder = self._path.parent if self._path.parent.exists() else self._path.parent.parent
        if self._changes and not os.access(folder, os.W_OK | os.X_OK):
            raise Error(f'"{self._path}" cannot be written', f"look at: ls -ld {shell_quoted(folder)}")

    def save(self) -> None:
        """Writes what changed, over what other processes have written meanwhile: worktrees share the file, not a lock."""
        if not self._changes:
            return
        atomic.make_folder(self._path.parent)
        with locked(self._path.parent):
            # Each change is made once more, on what the file holds by now: another worktree's answers are not lost.
            now = Known(self._path)
            for change in self._changes:
                change(now)
            content = {"version": _VERSION, "keys": now._keys, "recipients": now._recipients, "plain": now._plain}
            # Keys stay in the order in which they were met: which stanzas are the oldest shows by that.
            atomic.write(self._path, json.dumps(content, indent=1).encode() + b"\n", private=True)
        self._changes.clear()

    def _entry(self, scope: Scope) -> dict[str, Any]:
        return self._keys.get(_name(scope), {})

    def _write(self, scope: Scope, entry: dict[str, Any], again: "Callable[[Known], None]") -> None:
        self._keys[_name(scope)] = entry
        self._changes.append(again)


def known_in(repository: Repository) -> Known:
    """The known keys of the clone, linked worktrees included."""
    return Known(repository.common_dir() / "gitseal" / "known")


def _taken_over(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of version 1. What was retired then had been succeeded by what was accepted, here and by proof or a yes."""
    accepted = str(entry["accepted"])
    retired = [str(key) for key in entry.get("retired", ())]
    return {
        "met": accepted,
        "made": [accepted],
        "proofs": {accepted: retired} if retired else {},
        "stanzas": {accepted: dict(entry.get("stanzas", {}))},
    }


def _is_place(name: str, scope: Scope) -> bool:
    return name.split("/")[1:] == [scope.environment, scope.group]


def _name(scope: Scope) -> str:
    return "/".join(scope)
