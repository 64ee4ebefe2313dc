"""When a value came into force: the commit that certainly set it, and a later one that may have changed it."""

from collections.abc import Sequence

from gitseal.audit.exposure.past import Moment, ValueChange, earliest, in_time, is_new_value
from gitseal.records import NamedTuple


class Age(NamedTuple):
    """`set_at`: the commit that certainly set the value, or one that it replaced.

    `resealed_at`: the last commit after that which sealed the value under another data key. It may have set another value too;
    without an identity nobody can tell. None if there is no such commit. A change in no commit yet has an empty moment.
    """

    set_at: Moment
    resealed_at: Moment | None


def age(changes: Sequence[ValueChange], value: str, *, is_previous_kept: bool = False) -> Age:
    """The age of a value among the changes of its name, followed back over every change that led to it.

    A value that came back, such as by a revert, is as old as it was. With `is_previous_kept` the value before it counts.
    """
    certain, resealed, befores = _ways_back(changes, value)
    if is_previous_kept:
        earlier = [text for text in befores if text]
        if earlier:
            return age(changes, earlier[0])
    return Age(earliest(iter(certain or [Moment()])), max(resealed, key=in_time, default=None))


def _ways_back(changes: Sequence[ValueChange], value: str) -> tuple[list[Moment], list[Moment], list[str]]:
    """The moments that set the value, those that sealed it anew, and the values that it replaced, newest first."""
    led_to: dict[str, list[ValueChange]] = {}
    for change in changes:
        led_to.setdefault(change.after, []).append(change)
    certain, resealed, befores = [], [], []
    pending, seen = [value], {value}
    while pending:
        for change in led_to.get(pending.pop(), ()):
            if is_new_value(change):
                certain.append(change.at)
                befores.append(change.before)
            else:
                resealed.append(change.at)
                if change.before not in seen:
                    seen.add(change.before)
                    pending.append(change.before)
    return certain, resealed, befores
