"""`gitseal status`."""

import time

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option, json_option
from gitseal.cli.session import Session
from gitseal.report.plurals import plural
from gitseal.usecases.status import Staged, Status, status

_COMMIT_DIGITS = 12


@declare.command("status")
@environment_option()
@json_option
def command(session: Session, environments: tuple[str, ...], as_json: bool) -> None:
    """Show what changed since the last recorded deploy.

    It compares the deployed commit with the working tree, marks what is not committed yet, and tells where files and policy have
    drifted apart. An environment that extends others is deployed with their changes too. Names that are surely past the
    manifest's rotate are counted; gitseal due tells all that is due. No identity is needed.

    Examples:
      gitseal status
      gitseal status -e production
    """
    deploys = status(session.project, session.all(environments), int(time.time()))
    if as_json:
        output.as_json([_object(deploy) for deploy in deploys])
        return
    for deploy in deploys:
        output.line(f"{deploy.environment}: {_summary(deploy)}")
        for staged in deploy.staged:
            output.line(f"  {_line(deploy.environment, staged)}".rstrip())
        for drift in deploy.drift:
            mend = f"; {drift.hint}" if drift.hint else ""
            output.line(f"  drift: {drift.found} {drift.rule}{mend}")
        if deploy.overdue:
            count = plural(len(deploy.overdue), "name")
            output.line(f"  overdue: {count}, by the manifest's rotate; gitseal due -e {deploy.environment}")


def _summary(environment: Status) -> str:
    if environment.deployed is None:
        return f"no deploy is recorded here; record one: gitseal deployed -e {environment.environment}"
    count = len(environment.staged)
    since = plural(count, "change") + " since" if count else "nothing changed since"
    return f"deployed from {environment.deployed[:_COMMIT_DIGITS]}, {since}"


def _line(environment: str, staged: Staged) -> str:
    change = staged.change
    access = f" ({change.access})" if change.access not in {"", "default"} else ""
    origin = f"  from {staged.environment}" if staged.environment != environment else ""
    open_ = "" if staged.is_committed else "  not committed"
    return f"{change.action.value:<9}  {change.name}{access}{origin}{open_}"


def _object(environment: Status) -> dict[str, object]:
    staged = [
        {
            "action": one.change.action.value,
            "name": one.change.name,
            "access": one.change.access,
            "environment": one.environment,
            "committed": one.is_committed,
        }
        for one in environment.staged
    ]
    return {
        "environment": environment.environment,
        "deployed": environment.deployed,
        "staged": staged,
        "drift": [drift._asdict() for drift in environment.drift],
        "overdue": list(environment.overdue),
    }
