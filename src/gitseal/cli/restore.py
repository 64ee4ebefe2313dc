"""`gitseal restore`."""

from functools import partial

from gitseal.cli import declare, terminal
from gitseal.cli.options import accept_options, environment_option, replace_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say, say_set
from gitseal.errors import Error, UsageError, shell_quoted
from gitseal.report.dates import day

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.usecases.restore import PastValue

_COMMIT_DIGITS = 12


@declare.command("restore", too_many="name the commit with --from; to see which set the name: gitseal log")
@declare.argument("name", complete=declare.NAMES)
@declare.option("--from", "revision", default="", metavar="REV", help="The commit whose value it is, such as HEAD~3.")
@environment_option()
@declare.option("--yes", is_flag=True, help="Do not ask.")
@declare.option(
    "--compromised",
    "accepted",
    default="",
    metavar="NAME",
    help="Restore this name though its value is known to people who should not know it.",
)
@replace_option
@accept_options
def command(
    session: Session,
    *,
    name: str,
    revision: str,
    environments: tuple[str, ...],
    yes: bool,
    accepted: str,
    replace: bool,
    accept: tuple[str, ...],
) -> None:
    """Put an earlier value back in force.

    It shows who set the value, and when, and asks; the value itself is never shown. It is sealed anew, under today's data key
    and for those who may open the name today. Your identity has to open it as that commit has it.

    A value that somebody who left could open or set, that a lost key opens, or that ever stood plain is refused. If you
    need it all the same, name it with --compromised.

    Examples:
      gitseal restore DB_HOST --from HEAD~1 -e production
    """
    from gitseal.project.names import parse_name
    from gitseal.sealing.change import Outcome
    from gitseal.usecases.restore import look, restore

    path, chosen = parse_name(name), session.some(environments)
    if not revision:
        hint = f"to see which commits set it: gitseal log -e {shell_quoted(','.join(chosen))} {shell_quoted(name)}"
        raise UsageError("restore takes the commit whose value it is, with --from", hint)
    if accepted not in {"", name}:
        raise UsageError(f'--compromised names "{accepted}", and this restores "{name}"', "give the same name twice")
    past = look(session.workspace, chosen, path, revision)
    restored = partial(restore, environments=chosen, path=path, revision=revision)
    planned = restored(session.workspace._replace(replaces_unread=replace), dry_run=True)
    if any(done.outcome is not Outcome.UNCHANGED for done in planned):
        again = (
            f"gitseal restore {shell_quoted(name)} --from {shell_quoted(revision)} -e {shell_quoted(','.join(chosen))}"
        )
        if not accepted:
            _refuse_compromised(past, again)
        again += (f" --compromised {shell_quoted(name)}" if accepted else "") + (" --replace" if replace else "")
        _ask(past, again, yes=yes)
    say_set(session.confirmed(accept, lambda workspace: restored(workspace._replace(replaces_unread=replace))))


def _refuse_compromised(past: "list[PastValue]", again: str) -> None:
    for value in past:
        if value.compromised:
            raise Error(
                f'that value of "{value.name}" in {value.environment} is compromised: {", ".join(value.compromised)}',
                f"set another one: gitseal set {shell_quoted(value.name)} -e {shell_quoted(value.environment)}; "
                f"if it has to be this one: {again} --compromised {shell_quoted(value.name)}",
            )


def _ask(past: "list[PastValue]", again: str, *, yes: bool) -> None:
    """Shows whose values these are, and asks. Raises Declined for a no, and Error if nobody is there to ask."""
    for value in past:
        by = value.set_at
        told = (
            f"set by {by.who} on {day(by.when)}, {by.commit[:_COMMIT_DIGITS]}" if by.commit else "set in no commit here"
        )
        warning = f"; compromised: {', '.join(value.compromised)}" if value.compromised else ""
        say(f"{value.environment}: {value.name}, {told}{warning}")
    if not yes:
        question = "Put it back in force?" if len(past) == 1 else "Put them back in force?"
        terminal.need_yes("putting an earlier value back in force", f"if that is right: {again} --yes", question)
