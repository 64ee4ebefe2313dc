"""What a change in a sealed file is: of a value, a stanza, a data key, or of a field that nobody changes by hand."""

import re
from typing import NamedTuple

from gitseal.document import token_grammar
from gitseal.document.changes import PLAIN, SEALED, WRITTEN_ONLY, ValueState, changes
from gitseal.document.header import HEADER
from gitseal.report.findings import ERROR, WARNING, FindingRule
from gitseal.report.pages import RISKS
from gitseal.review.entries import table
from gitseal.review.entries.alignment import Alignment, UnitChange
from gitseal.review.entries.table import Classified, harmless, risk
from gitseal.review.entries.units import Owner, UnitKind
from gitseal.review.environment_risks import (
    ACCESS_GAINED,
    DATA_KEY_REPLACED,
    FILE_REPLACED,
    NEW_ACCESS_GROUP,
    REMOVED_WITHOUT_NEW_KEY,
    UNSEALED,
    VALUE_MOVED,
)
from gitseal.review.write_only_values import WRITE_ONLY
from gitseal.yamltext.reader import path_text

STANZA_REPLACED = FindingRule(
    "stanza-replaced",
    ERROR,
    "the same key of the same person has another stanza, under the same data key: it may open nothing",
    RISKS,
)
HEADER_CHANGED = FindingRule(
    "header-changed",
    WARNING,
    "a field of a sealed file's header changed on its own: its version, its environment, a public key, a proof",
    RISKS,
)

_KEYS = re.compile(rf"^ *key:\s+[\"']?({token_grammar.KEY_ID})".encode(), re.MULTILINE)
_TOKEN = re.compile(token_grammar.TOKEN_START)
# gitseal, access, the group, and a field; for a stanza `stanzas`, the person and the recipient id.
_FIELD, _STANZA = 4, 6


class _KeyIds(NamedTuple):
    """The key ids of an access group on both sides, empty if there is no such group."""

    before: str
    after: str


class SealedChanges:
    """Gives the changes between two sound states of a sealed file their classes; the alignment may be of the changed part."""

    def __init__(self, old: bytes, new: bytes, alignment: Alignment, *, accepts_unread: bool) -> None:
        self._old, self._new = old, new
        self._keys = {key.decode() for key in _KEYS.findall(new)}
        self._known = {key.decode() for key in _KEYS.findall(old)}
        self._accepts_unread = accepts_unread
        before, after = (
            {unit.owner: unit.meaning for unit in side if unit.kind is UnitKind.VALUE}
            for side in (alignment.before, alignment.after)
        )
        self._values = before, after
        self._tokens = {text: owner for owner, text in before.items() if owner[0] != HEADER and "ENC[" in text}
        # Of a file that is equal elsewhere, what changed is what the changed part says.
        parts = (
            b"\n".join(line for unit in side for line in unit.lines) for side in (alignment.before, alignment.after)
        )
        self._names = {change.name: change for change in changes(*parts) if change.before or change.after}

    def classify(self, change: UnitChange) -> Classified:
        """The class of a change that is not neutral."""
        owner = change.owner
        if owner[:1] == (HEADER,):
            return self._header(owner)
        if owner in self._values[0] or owner in self._values[1]:
            return self._value(owner)
        return harmless(table.SECTION)

    def subject(self, change: UnitChange) -> str:
        """What to call the thing that changed: a secret's name, a person with a stanza, an access group."""
        owner = change.owner
        if owner[:1] != (HEADER,):
            return path_text(owner)
        return owner[4] if len(owner) > _FIELD else ""

    def _value(self, owner: Owner) -> Classified:
        change = self._names.get(path_text(owner))
        if change is None:
            return risk(table.UNEXPLAINED)
        before, after = change.before, change.after
        if after is None:
            return harmless(table.VALUE_REMOVED)
        if after.kind == PLAIN:
            return risk(UNSEALED) if before is not None and before.kind != PLAIN else harmless(table.VALUE_PLAIN)
        return self._token(owner, before.kind if before is not None else "", after)

    def _token(self, owner: Owner, was: str, after: ValueState) -> Classified:
        """The class of a new token; `was` is the kind of the value before, empty for none."""
        place = self._tokens.get(self._values[1].get(owner, ""), owner)
        if place != owner:
            return risk(VALUE_MOVED)
        if after.key_id not in self._keys:
            return risk(table.UNEXPLAINED)
        if after.kind == WRITTEN_ONLY:
            return harmless(table.VALUE_UNREAD) if self._accepts_unread and was != SEALED else risk(WRITE_ONLY)
        with_key = after.key_id not in self._known
        return harmless(table.VALUE_WITH_KEY if with_key else table.VALUE_SEALED if was == PLAIN else table.VALUE)

    def _header(self, owner: Owner) -> Classified:
        before, after = (owner in side for side in self._values)
        if not (before or after):
            return harmless(table.SECTION)
        if owner[1:2] != ("access",) or len(owner) < _FIELD:
            return risk(FILE_REPLACED if owner == (HEADER, "id") else HEADER_CHANGED)
        group = _KeyIds(*(side.get((*owner[:3], "key"), "") for side in self._values))
        if owner[3:] == ("key",):
            return _of_key(group)
        if len(owner) == _STANZA and owner[3] == "stanzas":
            return self._stanza(group, is_there=(before, after))
        is_part = owner[3:] in {("public",), ("succeeds",)} and group.before != group.after
        return harmless(table.STANZA_WITH_KEY) if is_part else risk(HEADER_CHANGED)

    def _stanza(self, group: _KeyIds, *, is_there: tuple[bool, bool]) -> Classified:
        before, after = is_there
        if after and not before:
            return risk(ACCESS_GAINED)
        if group.before != group.after:
            return harmless(table.STANZA_WITH_KEY)
        return risk(STANZA_REPLACED if after else REMOVED_WITHOUT_NEW_KEY)


def _of_key(group: _KeyIds) -> Classified:
    if not group.after:
        return harmless(table.GROUP_GONE)
    return risk(DATA_KEY_REPLACED if group.before else NEW_ACCESS_GROUP)
