"""`gitseal due`."""

import time

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option
from gitseal.cli.session import Session
from gitseal.errors import UsageError
from gitseal.report.dates import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.audit.due.due_names import DueName


@declare.command("due")
@environment_option()
@declare.option("--within", default="", metavar="TIME", help="Also what will be due within this time: 30d, 12w, 1y.")
@declare.option("--format", "form", choices=["text", "json", "markdown", "html"], default="text", help="How to report.")
@declare.option("--json", "json_flag", is_flag=True, help="Short for --format json.")
def command(session: Session, *, environments: tuple[str, ...], within: str, form: str, json_flag: bool) -> int:
    """Show which names need a new value.

    A name is due when its value is older than the manifest's rotate says, and when somebody who left, or a key that was lost,
    could open it. A value counts from the commit that really changed it, not from one that only sealed it anew. While
    NAME_PREVIOUS stands, NAME counts as unchanged.

    No identity is needed. With one that asks nothing, values that were sealed anew are compared; without one such a value is
    unknown, and counts as old. The status is 1 if something is overdue; what --within adds does not count. In a shallow clone
    it is 1 too.

    Examples:
      gitseal due
      gitseal due --within 30d --format markdown
      gitseal due -e production --json
    """
    from gitseal.audit.due.due_names import Today
    from gitseal.audit.due.due_page import page_of
    from gitseal.usecases.due import due

    session.only_reads = True
    today = Today(int(time.time()), _days(within))
    told = due(session.workspace, session.all(environments), today)
    if json_flag or form == "json":
        output.as_json([_object(name) for name in told.names])
    else:
        output.page(page_of(told, today.within), form)
    return 0 if told.is_complete and not told.overdue else 1


def _days(within: str) -> int:
    from gitseal.policy.manifest_parser import days

    if within and not days(within):
        raise UsageError("--within takes days, weeks or years", "for example: gitseal due --within 30d")
    return days(within)


def _object(name: "DueName") -> dict[str, object]:
    since = utc(name.since) if name.since else None
    return {
        "environment": name.environment,
        "name": name.name,
        "owner": name.owner,
        "why": name.why.value,
        "since": since,
    }
