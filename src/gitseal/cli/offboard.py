"""`gitseal offboard`."""

from gitseal.cli import declare, output
from gitseal.cli.options import accept_options
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import shell_quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.audit.exposure.leaving import Leaving
    from gitseal.usecases.offboard import Offboarding


@declare.command("offboard")
@declare.argument("name")
@declare.option("--key", default="", metavar="KEY", help="Only this key of theirs, such as one that was lost.")
@declare.option("--report", "only_reports", is_flag=True, help="Report, and change nothing.")
@declare.option("--yes", is_flag=True, help="Do not ask. New recipients still need --accept-recipient.")
@declare.option("--format", "form", choices=["text", "json", "markdown", "html"], default="text", help="How to report.")
@declare.option("--json", "json_flag", is_flag=True, help="Short for --format json.")
@accept_options
def command(
    session: Session,
    *,
    name: str,
    key: str,
    only_reports: bool,
    yes: bool,
    form: str,
    json_flag: bool,
    accept: tuple[str, ...],
) -> int:
    """Take somebody out of policy and files, and show what they know.

    It shows what will change, and asks. It removes the person or machine from the policy, or one key of theirs with --key,
    and seals every environment anew to those who stay: all files are written, or none. It refuses to remove the last who
    opens, changes or approves something.

    Then it prints the report, which --report gives alone, without an identity. The report follows every key that they ever
    had, in any version of the policy and of the files, on every branch, reflog and stash. It names each value that they could
    open or set, since when, and whether it was changed since; the machines whose identity they may have had; and the refs
    where they can still open something. As Markdown it is an issue with boxes to check.

    In a shallow clone the report lacks what the clone lacks, and the status is 1.

    Examples:
      gitseal offboard alice --report
      gitseal offboard alice --report --format markdown
    """
    if only_reports:
        # Not by way of the use-case, which seals: what that loads takes as long as a small history.
        from gitseal.audit.exposure.leaving import leaving

        session.only_reads = True
        told = leaving(session.project, name, key)
    else:
        told = _take_out(session, name, key, accept, yes=yes)
    _print(told, "json" if json_flag else form)
    return 0 if told.is_complete else 1


def _take_out(session: Session, name: str, key: str, accept: tuple[str, ...], *, yes: bool) -> "Leaving":
    from gitseal.cli import terminal
    from gitseal.sealing.writing import finish_interrupted
    from gitseal.usecases import offboard

    finish_interrupted(session.project)
    planned = offboard.plan(session.workspace, name, key)
    _say_plan(planned)
    if not (yes or planned.is_empty):
        again = f"gitseal offboard {shell_quoted(name)}{f' --key {shell_quoted(key)}' if key else ''} --yes"
        terminal.need_yes("taking somebody out", f"if this is right: {again}", "Do this?")
    told = session.confirmed(accept, lambda workspace: offboard.apply(workspace, planned))
    if not planned.is_empty:
        say("done; it takes effect with a commit of .secrets that is pushed and merged")
    return told


def _say_plan(planned: "Offboarding") -> None:
    from gitseal.sealing.rekeying.words import plan_words

    for other in planned.namesakes:
        say(
            f"{other} has a key that some version of the files or the policy gives to {planned.holder.name}",
            f"  if they are one person: gitseal offboard {shell_quoted(other)}",
        )
    for root in planned.beside:
        say(
            f"{root}/.secrets has people of its own, and is left as it is",
            f"  see what they know there: gitseal -C {shell_quoted(root)} offboard {shell_quoted(planned.name)} --report",
        )
    if planned.is_empty:
        what = "this key is" if planned.key else f"{planned.name} is"
        say(f"{what} out of the policy and of every file already")
        return
    if planned.change is not None:
        lists = f", and {', '.join(planned.lists)}" if planned.lists else ""
        say(f"{planned.name} loses a key" if planned.key else f"{planned.name} leaves the policy{lists}")
    say(*plan_words(planned.rekey, is_whole=True))


def _print(told: "Leaving", form: str) -> None:
    from gitseal.audit.exposure.leaving_page import as_object, page_of

    if form == "json":
        output.as_json(as_object(told))
    else:
        output.page(page_of(told), form)
