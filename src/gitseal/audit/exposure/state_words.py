"""Words that the pages of `offboard`, `impact` and `due` share."""

from gitseal.audit.exposure.exposed import Changed
from gitseal.audit.exposure.past import Moment
from gitseal.report.dates import day, utc
from gitseal.report.sentences import Sentence, ours

STATES = {
    Changed.YES: ours("another value now"),
    Changed.NO: ours("still in force"),
    Changed.UNKNOWN: ours("sealed anew, maybe the same value"),
    Changed.GONE: ours("no such name now"),
}
NOT_COMMITTED = "not committed yet"
SHALLOW = ours("This clone is shallow, so older values are missing here; for all of them: `git fetch --unshallow`")
"""The note of a report in a clone that lacks history."""


def on_day(seconds: int) -> Sentence:
    """The day of a commit, or that there is none."""
    return ours(day(seconds) or NOT_COMMITTED)


def moment_text(moment: Moment) -> str | None:
    """A moment in JSON; None for what is in no commit yet."""
    return utc(moment.when) if moment.when else None


def short_ref(ref: str) -> str:
    """A ref as people say it."""
    return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/").removeprefix("refs/")
