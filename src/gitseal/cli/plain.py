"""`gitseal plain`."""

from gitseal.cli import declare, terminal
from gitseal.cli.options import environment_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.usecases.plain import PlainPlan

_ALL = "all"


@declare.command("plain")
@declare.argument("names", metavar="NAME...", nargs=-1, required=True, complete=declare.NAMES)
@environment_option()
@declare.option(
    "--not-secret", multiple=True, metavar="NAME", help="This name looks like a secret and is not one; may repeat."
)
@declare.option("--yes", is_flag=True, help="Do not ask.")
def command(
    session: Session, names: tuple[str, ...], environments: tuple[str, ...], not_secret: tuple[str, ...], yes: bool
) -> None:
    """Make names readable to everybody, with the rule that says so.

    It writes the values and the rule in policy.yaml together, or neither. It shows the lines of the policy that change, and
    asks. A name that is not set yet gets the rule alone. With -e all the rule also counts in environments to come.

    What looks like a secret is refused, and so is what a protected environment has sealed. Git's history keeps a plain value
    for good.

    Examples:
      gitseal plain -e development,production LOG_LEVEL REGION
      gitseal plain -e all SENTRY_DSN --not-secret SENTRY_DSN
    """
    from gitseal.usecases.plain import PlainRequest, make_plain, plan

    request = PlainRequest(names, session.some(environments), _ALL in environments, not_secret)
    planned = plan(session.workspace, request)
    if planned.changes_nothing:
        say("nothing to change: a rule makes these names plain already")
        return
    _show(planned, session.project.relative(session.project.policy_path))
    if not yes:
        _ask(planned, request.command("--yes"))
    make_plain(session.workspace, request, planned)
    for environment, name in planned.unsealed:
        say(f"{environment}: {name} is now plain")
    for environment, name in planned.unset:
        say(f"{environment}: {name} may be plain, and is not set")


def _show(planned: "PlainPlan", path: str) -> None:
    if planned.policy_diff:
        say(f"{path}:", *(f"  {line}" for line in planned.policy_diff))


def _ask(planned: "PlainPlan", line: str) -> None:
    where: dict[str, list[str]] = {}
    for environment, name in planned.unsealed:
        where.setdefault(name, []).append(environment)
    values = "; ".join(f"{name} of {', '.join(environments)}" for name, environments in where.items())
    question = f"Make readable to everyone with the repository, for good: {values}?" if values else "Write this rule?"
    terminal.need_yes("making names readable", f"if you mean it: {line}", question)
