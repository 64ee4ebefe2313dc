"""The dates that intervals are counted from: what a commit says of itself, unless that cannot be."""

from collections.abc import Sequence
from functools import cached_property

from gitseal.audit.exposure.past import Moment, ValueChange
from gitseal.git.commit_times import latest_times
from gitseal.project.project import Project
from gitseal.records import NamedTuple
from gitseal.report.dates import DAY


class DoubtedDate(NamedTuple):
    """A commit whose date is a day or more later than it can be, and the time that its values count from (`latest_times`)."""

    commit: str
    claimed: int
    counted: int


class Dates:
    """The dates of commits, bounded by what follows them. Git is asked when the first is."""

    def __init__(self, project: Project, now: int) -> None:
        self._project = project
        self._now = now
        self.doubted: dict[str, DoubtedDate] = {}

    @cached_property
    def _latest(self) -> dict[str, int]:
        return latest_times(self._project.git(), self._now)

    def bounded(self, at: Moment) -> Moment:
        """A moment with the time that counts."""
        return at._replace(when=min(at.when, self._latest.get(at.commit, at.when)))

    def note(self, at: Moment, changes: Sequence[ValueChange]) -> None:
        """Keeps what a moment that counts said of itself, if that cannot be."""
        claimed = next((change.at.when for change in changes if change.at.commit == at.commit), at.when)
        if claimed - at.when >= DAY:
            self.doubted[at.commit] = DoubtedDate(at.commit, claimed, at.when)
