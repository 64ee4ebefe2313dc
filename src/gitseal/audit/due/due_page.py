"""What is due, as a page for people."""

from collections.abc import Iterable, Iterator, Sequence

from gitseal.audit.due.due_names import Due, DueName, Why
from gitseal.audit.exposure.state_words import SHALLOW, on_day
from gitseal.report.page.model import Page, PageTable
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, Sentence, joined, listed, ours, sentence

_HEAD = ("Name", "Environment", "Owner", "Why")


def page_of(told: Due, within: int) -> Page:
    """The report as a page: the overdue names first, as boxes to check, then those of the days ahead."""
    overdue = _by_name(told.overdue)
    ahead = _by_name(name for name in told.names if not name.is_overdue)
    in_days = sentence("Due within {}", ours(plural(within, "day")))
    tables = (
        PageTable(ours("Give these a new value"), (*_HEAD, "Since"), tuple(map(_row, overdue)), is_checklist=True),
        PageTable(in_days, (*_HEAD, "From"), tuple(map(_row, ahead)), is_checklist=True),
    )
    lead = ours(f"{plural(len(overdue), 'value')} to change." if overdue else "Nothing is overdue.")
    return Page("What is due", (lead,), tables, tuple(_notes(told)))


def _by_name(names: Iterable[DueName]) -> list[list[DueName]]:
    """The rows of each name together: a new value settles all of them."""
    by_name: dict[tuple[str, str], list[DueName]] = {}
    for name in names:
        by_name.setdefault((name.environment, name.name), []).append(name)
    return list(by_name.values())


def _row(rows: Sequence[DueName]) -> tuple[Sentence, ...]:
    name, since = rows[0], min((row.since for row in rows if row.since), default=0)
    return (
        sentence("{}", name.name),
        sentence("{}", name.environment),
        sentence("{}", name.owner) if name.owner else NOTHING,
        joined([_why(row) for row in rows]),
        on_day(since),
    )


def _why(name: DueName) -> Sentence:
    if name.why is Why.ROTATE:
        return sentence("older than {}" if name.is_overdue else "will be {} old", ours(plural(name.days, "day")))
    if name.why is Why.UNKNOWN:
        return sentence("sealed anew, maybe the same value, older than {}", ours(plural(name.days, "day")))
    return sentence("{} left" if name.why is Why.LEFT else "a key of {} was lost", listed(name.who, "{}"))


def _notes(told: Due) -> Iterator[Sentence]:
    if any(name.why is Why.UNKNOWN for name in told.names):
        yield ours("Whoever opens these values can tell whether one that was sealed anew is another one: `gitseal due`")
    for date in told.doubted:
        template = "Commit {} says {}, later than today or than a commit after it; what it set counts from {}."
        yield sentence(template, date.commit[:12], on_day(date.claimed), on_day(date.counted))
    if not told.is_complete:
        yield SHALLOW
