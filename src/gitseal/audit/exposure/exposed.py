"""The values that somebody could ever open, set or read, each with whether it is another one now. Needs no key."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from gitseal.audit.exposure.past import Moment, Name, ValueChange, earliest, in_time, is_new_value, sealed_under
from gitseal.audit.exposure.people import KeyHolder
from gitseal.audit.exposure.timeline import Timeline
from gitseal.policy.companions import declared, previous_name
from gitseal.project.project import Project
from gitseal.records import Enum, NamedTuple
from gitseal.yamltext.reader import path_text


class Reason(Enum):
    """Why somebody knows a value. The member's value is the word in JSON."""

    OPENED = "opened"
    COMMITTED = "committed"
    PLAIN = "plain"


class Changed(Enum):
    """Whether a name has a value now that somebody does not know.

    UNKNOWN: it is sealed under another data key since, and without a key nobody can say whether it is the same value.
    GONE: there is no such name any more. Its value may go on elsewhere, such as after a rename.
    """

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    GONE = "gone"


class ExposedName(NamedTuple):
    """A name with `values` values that somebody knows, from `since` on.

    `changed_at` is empty unless the value was changed since. `refs` are full names of refs, if only they and not the history of
    HEAD show it: for a stanza that is a claim, which nobody but its owner can check.
    """

    environment: str
    name: str
    reasons: tuple[Reason, ...]
    since: Moment
    values: int
    changed: Changed
    changed_at: Moment
    owner: str
    refs: tuple[str, ...]


def exposed_names(project: Project, timeline: Timeline, holder: KeyHolder) -> list[ExposedName]:
    """The names of whose values somebody knows at least one, sorted. Raises Error for a manifest that does not hold together."""
    rows = []
    for name in sorted(timeline.changes):
        changes = timeline.changes[name]
        known = known_values(changes, holder)
        if known:
            rows.append(_row(project, timeline, name, known))
    return rows


Reasons = dict[Reason, Moment]
"""Why somebody knows a value, and from when on they could."""


def known_values(changes: Sequence[ValueChange], holder: KeyHolder) -> dict[str, Reasons]:
    """The values of a name that somebody knows, with why, and from when on they could."""
    known: dict[str, Reasons] = {}
    for change in changes:
        for reason, moment in _reasons(change, holder):
            reasons = known.setdefault(change.after, {})
            reasons[reason] = earliest(iter((moment, reasons.get(reason, moment))))
    return known


def _reasons(change: ValueChange, holder: KeyHolder) -> Iterator[tuple[Reason, Moment]]:
    if not change.after:
        return
    under = sealed_under(change.after)
    if under is None:
        yield Reason.PLAIN, change.at
        return
    if under.key_id in holder.keys:
        yield Reason.OPENED, _later(holder.keys[under.key_id], change.at)
    # Whoever sets a value knows it, though they may be unable to open it. To seal one anew is not to set it.
    if is_new_value(change) and change.at.email.casefold() in holder.emails:
        yield Reason.COMMITTED, change.at


def _later(one: Moment, other: Moment) -> Moment:
    """The moment from which both hold. If one of the two is on other refs alone, so is what follows from both."""
    later = max(one, other, key=in_time)
    return later._replace(ref=one.ref or other.ref)


def _row(project: Project, timeline: Timeline, name: Name, known: Mapping[str, Reasons]) -> ExposedName:
    moments = [moment for reasons in known.values() for moment in reasons.values()]
    reasons = {reason for known_by in known.values() for reason in known_by}
    changed, changed_at = rotated(timeline.changes[name], known.__contains__, name, timeline.now)
    declaration = declared(project.manifest, tuple(name[1].split("/")))
    since = earliest(iter(moments))
    refs = tuple(sorted({moment.ref for moment in moments})) if since.ref else ()
    return ExposedName(
        *name,
        tuple(reason for reason in Reason if reason in reasons),
        since,
        len(known),
        changed,
        changed_at,
        declaration.owner if declaration is not None else "",
        refs,
    )


def rotated(
    changes: Sequence[ValueChange], is_known: Callable[[str], bool], name: Name, now: Mapping[Name, str]
) -> tuple[Changed, Moment]:
    """The verdict on a name whose files are as `now` says. While NAME_PREVIOUS stands, the value before is in force too: NO."""
    told, at = verdict(changes, is_known, now.get(name, ""))
    if told is Changed.YES and is_previous_kept(name, now):
        return Changed.NO, Moment()
    return told, at


def is_previous_kept(name: Name, now: Mapping[Name, str]) -> bool:
    """True if a rotation in two steps is not finished yet: the value before stands beside the new one."""
    return (name[0], path_text(previous_name(tuple(name[1].split("/"))))) in now


def verdict(changes: Sequence[ValueChange], is_known: Callable[[str], bool], now: str) -> tuple[Changed, Moment]:
    """Whether a name has another value `now` than those that are known, and since when.

    Values that no certain change lies between may all be the same one, on whatever branch and in whatever order they were
    sealed: what a branch sealed anew is still what the line has that it left. Only if no known value is among those that `now`
    may be, the value is another.
    """
    if not now:
        return Changed.GONE, Moment()
    if is_known(now):
        return Changed.NO, Moment()
    may_equal: dict[str, set[str]] = {}
    certain: dict[str, list[Moment]] = {}
    for change in changes:
        if is_new_value(change):
            certain.setdefault(change.after, []).append(change.at)
        elif change.before and change.after:
            may_equal.setdefault(change.before, set()).add(change.after)
            may_equal.setdefault(change.after, set()).add(change.before)
    pending, seen = [now], {now}
    while pending:
        for other in may_equal.get(pending.pop(), set()) - seen:
            if is_known(other):
                return Changed.UNKNOWN, Moment()
            seen.add(other)
            pending.append(other)
    moments = [moment for value in seen for moment in certain.get(value, ())]
    return (Changed.YES, earliest(iter(moments))) if moments else (Changed.UNKNOWN, Moment())
