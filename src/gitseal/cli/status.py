"""`gitseal status`."""

import time

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option, json_option
from gitseal.cli.session import Session
from gitseal.report.plurals import plural
from gitseal.usecases.status import Staged, Status, published, status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitseal.delivery.publishing.looking import PublishedTarget

_COMMIT_DIGITS = 12


@declare.command("status")
@environment_option()
@declare.option(
    "--published", "asks_stores", is_flag=True, help="Ask the stores of the policy's publish what is there."
)
@json_option
def command(session: Session, environments: tuple[str, ...], *, asks_stores: bool, as_json: bool) -> int:
    """Show what changed since the last recorded deploy.

    It compares the deployed commit with the working tree, marks what is not committed yet, and tells where files and policy have
    drifted apart. An environment that extends others is deployed with their changes too. Names that are surely past the
    manifest's rotate are counted; gitseal due tells all that is due. No identity is needed.

    With --published it also asks the stores that the policy publishes to, and no store without it: which commit is live there,
    how many commits behind its branch, what somebody changed there by hand, and what gitseal never put there. That takes an
    identity, and the status is 1 if a store cannot be asked.

    Examples:
      gitseal status
      gitseal status -e production
      gitseal status --published
    """
    chosen = session.all(environments)
    deploys = status(session.project, chosen, int(time.time()))
    stores = _of_stores(session, chosen) if asks_stores else None
    if as_json:
        output.as_json([_object(deploy, stores) for deploy in deploys])
    else:
        for deploy in deploys:
            output.line(*_lines(deploy), *(f"  {words}" for words in _published(deploy.environment, stores or ())))
    return int(any(one.error is not None for one in stores or ()))


def _of_stores(session: Session, environments: "Sequence[str]") -> "list[PublishedTarget]":
    from gitseal.cli.publishing import outside

    return [*published(session.workspace, outside(session, session.project), environments)]


def _lines(deploy: Status) -> "Iterator[str]":
    yield f"{deploy.environment}: {_summary(deploy)}"
    for staged in deploy.staged:
        yield f"  {_line(deploy.environment, staged)}".rstrip()
    for drift in deploy.drift:
        mend = f"; {drift.hint}" if drift.hint else ""
        yield f"  drift: {drift.found} {drift.rule}{mend}"
    if deploy.overdue:
        count = plural(len(deploy.overdue), "name")
        yield f"  overdue: {count}, by the manifest's rotate; gitseal due -e {deploy.environment}"


def _published(environment: str, stores: "Sequence[PublishedTarget]") -> "Iterator[str]":
    """The lines of the targets that an environment goes to."""
    from gitseal.delivery.publishing.words import standing_lines

    for one in stores:
        if one.environment == environment and one.publication is not None:
            yield from standing_lines(one.publication)
        elif one.environment == environment and one.error is not None:
            yield f"published as {one.target}: nobody can tell: {one.error.message}"
            if one.error.hint:
                yield f"  {one.error.hint}"


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


def _object(environment: Status, stores: "Sequence[PublishedTarget] | None") -> dict[str, object]:
    from gitseal.cli.publish_words import looked_object

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
    told = (
        {}
        if stores is None
        else {"published": [looked_object(one) for one in stores if one.environment == environment.environment]}
    )
    return told | {
        "environment": environment.environment,
        "deployed": environment.deployed,
        "staged": staged,
        "drift": [drift._asdict() for drift in environment.drift],
        "overdue": list(environment.overdue),
    }
