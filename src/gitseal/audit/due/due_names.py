"""The names of environments that need a new value, and why: by the manifest's `rotate`, and by who has left."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from gitseal.audit.due.age import age
from gitseal.audit.due.comparable import ComparableValues
from gitseal.audit.due.dates import Dates, DoubtedDate
from gitseal.audit.exposure.departed import Departure, departures, is_open_again
from gitseal.audit.exposure.exposed import Changed, is_previous_kept, rotated
from gitseal.audit.exposure.past import Name, ValueChange
from gitseal.audit.exposure.timeline import Timeline
from gitseal.identities import Keyring
from gitseal.policy.companions import declared
from gitseal.policy.manifest import Declaration
from gitseal.project.project import Project
from gitseal.records import Enum, NamedTuple
from gitseal.report.dates import DAY


class Why(Enum):
    """Why a name needs a new value. The member's value is the word in JSON.

    ROTATE: its value is older than the manifest lets it become. UNKNOWN: so it may be, for it was only sealed anew since, and
    nobody could tell whether that changed it. LEFT: somebody who left knows it. LOST: a key that was lost opens it.
    """

    ROTATE = "rotate"
    UNKNOWN = "unknown"
    LEFT = "left"
    LOST = "lost"


class DueName(NamedTuple):
    """A name that needs a new value since some time (seconds since 1970; a time to come if it is not overdue yet).

    `since` is 0 for somebody whose removal is in no commit yet. `who` are those who left. `days` is the interval, 0 if it is not
    about that.
    """

    environment: str
    name: str
    owner: str
    why: Why
    since: int
    is_overdue: bool
    who: tuple[str, ...] = ()
    days: int = 0


class Due(NamedTuple):
    """The names in their order. `is_complete` is False if history is cut off: then older values are missing here.

    `doubted` are the dates of commits that intervals were counted from.
    """

    names: tuple[DueName, ...]
    is_complete: bool
    doubted: tuple[DoubtedDate, ...] = ()

    @property
    def overdue(self) -> list[DueName]:
        """Those that need a new value now."""
        return [name for name in self.names if name.is_overdue]


class Today(NamedTuple):
    """The time of the question, in seconds since 1970, and how many days ahead it looks."""

    now: int
    within: int = 0


def due_names(project: Project, keyring: Keyring, environments: Collection[str], today: Today) -> Due:
    """What is due in these environments, by the history of HEAD and the files here. Asks nobody for a passphrase.

    With identities, values that were sealed anew are compared. Raises Error if there is no repository, if Git cannot show
    all versions, or if policy or manifest do not hold together.
    """
    timeline = Timeline(project, only_head=True)
    values = ComparableValues(timeline, keyring.unattended())
    names = sorted(name for name in timeline.now if name[0] in environments and name in timeline.changes)
    gone = departures(project, timeline)
    dates = Dates(project, today.now)
    rows: list[DueName] = []
    for name in names:
        path = tuple(name[1].split("/"))
        owned, own = declared(project.manifest, path), project.manifest.secrets.get(path)
        subject = _Subject(timeline, values, name, owned.owner if owned is not None else "")
        # The interval is the name's own: a value kept beside it (NAME_PREVIOUS) is old on purpose.
        if own is not None and own.rotate:
            rows += _past_interval(subject, own, today, dates)
        rows += _left_behind(subject, [one for one in gone if not is_open_again(one, project.policy, name)])
    return Due(tuple(rows), timeline.is_complete, tuple(dates.doubted.values()))


class _Subject(NamedTuple):
    """One name that is looked at."""

    timeline: Timeline
    values: ComparableValues
    name: Name
    owner: str

    @property
    def now(self) -> Mapping[Name, str]:
        return self.timeline.now

    def compared(self) -> tuple[Sequence[ValueChange], dict[Name, str]]:
        """The changes of the name with its values as far as they open, and the files as they are now."""
        now = {**self.now, self.name: self.values.text(self.name[1], self.now[self.name])}
        return self.values.changes(self.name), now


def _past_interval(subject: _Subject, declaration: Declaration, today: Today, dates: Dates) -> Iterator[DueName]:
    """The row of a name whose value is older than its interval, or will be within the days that are asked for."""
    compared, now = subject.compared()
    bounded = [change._replace(at=dates.bounded(change.at)) for change in compared]
    told = age(bounded, now[subject.name], is_previous_kept=is_previous_kept(subject.name, now))
    if not told.set_at.commit:
        return
    dates.note(told.set_at, compared)
    interval = declaration.rotate * DAY
    since, horizon = told.set_at.when + interval, today.now + today.within * DAY
    if since > horizon:
        return
    resealed = told.resealed_at
    is_unsure = resealed is not None and (not resealed.commit or resealed.when + interval > today.now)
    why = Why.UNKNOWN if is_unsure else Why.ROTATE
    yield DueName(*subject.name, subject.owner, why, since, since <= today.now, days=declaration.rotate)


def _left_behind(subject: _Subject, gone: Sequence[Departure]) -> Iterator[DueName]:
    """The rows of a name whose value somebody who left knows, or a lost key opens: at most one for each of the two."""
    told: dict[Why, list[Departure]] = {}
    for departure in gone:
        if _is_known(subject, departure):
            told.setdefault(Why.LOST if departure.is_key else Why.LEFT, []).append(departure)
    for why, those in told.items():
        who = tuple(dict.fromkeys(departure.holder.name for departure in those))
        # What is in no commit yet is the latest of all.
        since = min((departure.at.when for departure in those if departure.at.commit), default=0)
        yield DueName(*subject.name, subject.owner, why, since, is_overdue=True, who=who)


def _is_known(subject: _Subject, departure: Departure) -> bool:
    """True unless a name certainly has a value that somebody who left does not know."""
    known = subject.values.known(subject.name, departure.holder)
    if not known:
        return False
    compared, now = subject.compared()
    return rotated(compared, known.__contains__, subject.name, now)[0] is not Changed.YES
