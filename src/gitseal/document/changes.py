"""Changes between two states of one environment file, by name and by access, with no key.

`log` asks it of every commit, `review` of the ends of a range: the same function, so that they name the same things. A
state is the file's bytes, None if there is no file. Nothing a repository may hold makes it raise.
"""

import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum

from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import pieces, token_grammar
from gitseal.document.common_affixes import common_end, common_start
from gitseal.document.token_grammar import HEADER
from gitseal.records import NamedTuple
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_TOKEN = re.compile(token_grammar.TOKEN_START)
# Names at the left edge; nothing else there begins with these, so whatever stands between two of them is whole.
_TOP = tuple(letter.encode() for letter in string.ascii_letters + "_\"'")
_LINE_END = 10
_STANZA = 3  # below its group: `stanzas`, the person, the recipient id
SEALED, WRITTEN_ONLY, PLAIN = "sealed", "write-only", "plain"


class Action(Enum):
    """The kinds of change. The member's value is the word that `log` prints.

    RESEALED: under another data key or to another access group; with no identity a change of the value cannot be excluded.
    CHANGED: another value, or the same taken over (`absorb`), under the data key it had; or between plain and sealed.
    REKEYED: an access group has another data key. MALFORMED: one of the two states is no sound file.
    """

    SET = "set"
    CHANGED = "changed"
    REMOVED = "removed"
    RESEALED = "resealed"
    GRANTED = "granted"
    REVOKED = "revoked"
    REKEYED = "rekeyed"
    MALFORMED = "malformed"


class ValueState(NamedTuple):
    """The state of a value: `kind` is sealed, write-only or plain; the rest is empty if it is plain."""

    kind: str
    access: str
    key_id: str


class EntryChange(NamedTuple):
    """One thing that changed.

    `name` is the secret's; the person or machine for GRANTED and REVOKED; empty for REKEYED and MALFORMED. `access` is the
    access group it stands in (after, else before). `before` and `after` are of values. `recipients` are the ids of the
    public keys that came or went with GRANTED and REVOKED. `succeeds` of REKEYED: the new key says that it succeeds the old.
    """

    action: Action
    name: str
    access: str = ""
    before: ValueState | None = None
    after: ValueState | None = None
    recipients: tuple[str, ...] = ()
    succeeds: bool = False


class _Access(NamedTuple):
    key: tuple[str, str]
    succeeds: bool
    stanzas: dict[tuple[str, str], str]


def changes(old: bytes | None, new: bytes | None) -> tuple[EntryChange, ...]:
    """The changes from one state to the other, names first and sorted, then access groups. Empty for equal states.

    Only the top-level names between the first and the last line that differ are read. What is the same on both sides of
    that may be unsound and goes unsaid: who made it so is told by the change that did.
    """
    if old == new:
        return ()
    before, after = (pieces.read(piece) for piece in differing(old or b"", new or b"")[1:])
    changed = [*_values(before.scalars, after.scalars)]
    blocks = _access(before.scalars), _access(after.scalars)
    for group in sorted({*blocks[0], *blocks[1]}):
        changed += _group(group, blocks[0].get(group), blocks[1].get(group))
    if not (before.is_sound and after.is_sound):
        changed.append(EntryChange(Action.MALFORMED, ""))
    return tuple(changed)


def changes_of_merge(parents: Sequence[bytes | None], new: bytes | None) -> tuple[EntryChange, ...]:
    """The changes that a merge itself made: they differ from every parent. Each is compared with the first.

    A side's change that the merge drops is no change of its own by this: the merge then equals the other parent.
    """
    first, *others = (changes(parent, new) for parent in parents)
    changed = list(first)
    for other in others:
        kept = {subject for change in other for subject in _subjects(change)}
        changed = [narrowed for change in changed if (narrowed := _narrowed(change, kept)) is not None]
    return tuple(changed)


def groups_of(state: bytes, is_meant: Callable[[NamePath], bool]) -> frozenset[str]:
    """The access groups to which a state has sealed the names that are meant."""
    scalars = pieces.read(state).scalars
    states = (_standing(text) for path, text in scalars.items() if path[0] != HEADER and is_meant(path))
    return frozenset(standing.access for standing in states if standing is not None)


_Subject = tuple[str, str, str, str]


def _subjects(change: EntryChange) -> Iterator[_Subject]:
    if change.action in {Action.GRANTED, Action.REVOKED}:
        for recipient in change.recipients:
            yield change.action.value, change.access, change.name, recipient
    elif change.action is Action.REKEYED:
        yield change.action.value, change.access, "", ""
    else:
        yield "" if change.name else change.action.value, "", change.name, ""


def _narrowed(change: EntryChange, kept: set[_Subject]) -> EntryChange | None:
    subjects = [subject for subject in _subjects(change) if subject in kept]
    if not subjects:
        return None
    return change._replace(recipients=tuple(subject[3] for subject in subjects)) if change.recipients else change


def differing(old: bytes, new: bytes) -> tuple[int, bytes, bytes]:
    """The whole top-level names of both between the first and the last line that differ; first, where they begin."""
    most = min(len(old), len(new))
    start = common_start(old, new, most)
    end = common_end(old, new, most - start)
    # Both files are the same up to a name before the first difference, and from a name after the last one on.
    # The difference can begin in the midst of a token or of a section: its name stands on a line above.
    begin = start
    while begin and not (old.startswith(_TOP, begin) and old[begin - 1] == _LINE_END and begin < start):
        begin = old.rfind(b"\n", 0, begin - 1) + 1
    while end:
        following = old.find(b"\n", len(old) - end)
        end = len(old) - following - 1 if following >= 0 else 0
        if end and old.startswith(_TOP, len(old) - end):
            break
    return begin, old[begin : len(old) - end], new[begin : len(new) - end]


def _values(before: Mapping[NamePath, str], after: Mapping[NamePath, str]) -> Iterator[EntryChange]:
    for path in sorted({*before, *after}):
        if path[0] == HEADER:
            continue
        old, new = before.get(path), after.get(path)
        if old != new:
            yield _value(path_text(path), _standing(old), _standing(new))


def _value(name: str, before: ValueState | None, after: ValueState | None) -> EntryChange:
    if after is None or before is None:
        action = Action.REMOVED if after is None else Action.SET
    elif PLAIN not in {before.kind, after.kind} and before[1:] != after[1:]:
        action = Action.RESEALED
    else:
        action = Action.CHANGED
    standing = after or before
    return EntryChange(action, name, standing.access if standing else "", before, after)


def _standing(text: str | None) -> ValueState | None:
    if text is None:
        return None
    token = _TOKEN.match(text)
    if token is None:
        return ValueState(PLAIN, "", "")
    return ValueState(WRITTEN_ONLY if token[1] == WRITE_ONLY else SEALED, token[2], token[3])


def _access(scalars: Mapping[NamePath, str]) -> dict[str, _Access]:
    """The access groups of a header, as far as it is one; stanzas by person and recipient id."""
    fields: dict[str, dict[NamePath, str]] = {}
    for path, text in scalars.items():
        if path[:2] == (HEADER, "access") and len(path) > 3:  # noqa: PLR2004 - gitseal, access, the group, a field
            fields.setdefault(path[2], {})[path[3:]] = text
    return {
        group: _Access(
            (field.get(("key",), ""), field.get(("public",), "")),
            ("succeeds",) in field,
            {(path[1], path[2]): text for path, text in field.items() if path[0] == "stanzas" and len(path) == _STANZA},
        )
        for group, field in fields.items()
    }


def _group(name: str, old: _Access | None, new: _Access | None) -> Iterator[EntryChange]:
    before, after = (state.stanzas if state else {} for state in (old, new))
    is_rekeyed = old is not None and new is not None and old.key != new.key
    if is_rekeyed:
        yield EntryChange(Action.REKEYED, "", name, succeeds=new is not None and new.succeeds)
    # Under a data key that stayed, a stanza that was replaced by another was wrapped anew by someone.
    came = [stanza for stanza in after if stanza not in before or not (is_rekeyed or before[stanza] == after[stanza])]
    went = [stanza for stanza in before if stanza not in after]
    for action, those in ((Action.GRANTED, came), (Action.REVOKED, went)):
        for person in sorted({person for person, _recipient in those}):
            ids = tuple(sorted(recipient for who, recipient in those if who == person))
            yield EntryChange(action, person, name, recipients=ids)
