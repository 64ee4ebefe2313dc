"""The names of one environment that a range of commits changed.

The law: named is what differs between the two ends, and what any commit between changed. Where no merge drops what one of
its sides did, the first is part of the second, and a review of the range names what the sum of its commits names. What
commits changed and changed back is PASSED: history keeps what was there meanwhile.
"""

from collections.abc import Iterable, Sequence

from gitseal.document.changes import PLAIN, Action, EntryChange, changes
from gitseal.review.model import (
    ADDED,
    CHANGED,
    MOVED,
    NO,
    PASSED,
    REMOVED,
    RESEALED,
    UNKNOWN,
    YES,
    By,
    NameChange,
)
from gitseal.review.state import CommitStep

OF_NAMES = frozenset({Action.SET, Action.CHANGED, Action.REMOVED, Action.RESEALED})


def names(old: bytes | None, new: bytes | None, steps: Sequence[CommitStep]) -> tuple[NameChange, ...]:
    """The names that changed, sorted: by the ends of the range, and by its commits, oldest first."""
    net = {change.name: _net(change) for change in _of_names(changes(old, new))}
    for step in steps:
        for change in _of_names(step.changes):
            known = net.get(change.name)
            if known is None:
                net[change.name] = NameChange(
                    change.name, PASSED, change.before, change.after, (step.by,), value_changed=NO
                )
            elif known.action == PASSED:
                net[change.name] = known._replace(after=change.after, by=_once(known.by, step.by))
            else:
                net[change.name] = known._replace(by=_once(known.by, step.by))
    return tuple(net[name] for name in sorted(net))


def _of_names(those: Iterable[EntryChange]) -> Iterable[EntryChange]:
    return (change for change in those if change.action in OF_NAMES)


def _once(known: tuple[By, ...], by: By) -> tuple[By, ...]:
    return known if by in known else (*known, by)


def _net(change: EntryChange) -> NameChange:
    action = {Action.SET: ADDED, Action.REMOVED: REMOVED, Action.CHANGED: CHANGED}.get(change.action, RESEALED)
    before, after = change.before, change.after
    if action == RESEALED and before is not None and after is not None and before.access != after.access:
        action = MOVED
    return NameChange(change.name, action, before, after, value_changed=_value_changed(action, change))


def _value_changed(action: str, change: EntryChange) -> str:
    """Under one data key another token is another value: setting an equal one writes nothing.

    Between kinds it need not be: `absorb` and `unseal` keep the value. What holds no key cannot tell.
    """
    if action in {ADDED, REMOVED}:
        return YES
    before, after = change.before, change.after
    same_kind = before is not None and after is not None and before.kind == after.kind
    return YES if action == CHANGED and same_kind else UNKNOWN


def is_unsealed(change: NameChange) -> bool:
    """True if the value was sealed and is plain now."""
    kinds = [value.kind if value else "" for value in (change.before, change.after)]
    return kinds[0] not in {"", PLAIN} and kinds[1] == PLAIN
