"""`gitseal check`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option, json_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error
from gitseal.report import text_format
from gitseal.report.findings import ERROR, WARNING, Finding
from gitseal.report.plurals import plural

if TYPE_CHECKING:  # loaded only with --code
    from gitseal.audit.check.code import CodeReport
    from gitseal.project.project import Project


@declare.command("check")
@environment_option("Only these environments. By default: all of them, and what concerns all.")
@declare.option(
    "--code", "folders", multiple=True, metavar="DIR", help="Also find the names that code there reads; may repeat."
)
@declare.option("--except", "excepted", multiple=True, metavar="GLOB", help="With --code: not these names; may repeat.")
@json_option
def command(
    session: Session, environments: tuple[str, ...], folders: tuple[str, ...], excepted: tuple[str, ...], as_json: bool
) -> None:
    """Check that policy, manifest, environments and Git settings agree.

    No identity is needed. If one is at hand, gitseal also checks that values open and have the type that the manifest says; it
    asks for no passphrase. Each finding is one line, with the command that helps. The status is 1 if there is an error, not
    for warnings and notes. A note says who can already open an environment through a branch that is not merged.

    With --code, gitseal also finds the names that programs read. It says which environment lacks them and, without effect on the
    status, which names no program reads and which only GitHub's own store has.

    Examples:
      gitseal check
      gitseal check -e production --json
      gitseal check --code src
    """
    from gitseal.audit.check.check import check

    chosen = session.project.select(environments) if environments else ()
    findings = check(session.project, chosen, session.keyring.unattended())
    _say_limits(session.project)
    findings += _claims(session, chosen)
    read = _code(session, folders, chosen, excepted) if folders else None
    shown = [*findings, *(read.findings if read else ())]
    if as_json:
        output.as_json([finding.fields() for finding in shown])
    elif shown:
        output.text(text_format.write(shown))
    to_mend = sum(finding.severity == ERROR for finding in shown)
    aside = _aside(shown)
    if read and read.unseen:
        aside = f"{aside}, {plural(read.unseen, 'file')} not looked at"
    if to_mend:
        raise Error(f"check found {plural(to_mend, 'problem')}{aside}", "")
    if read and read.unseen:
        # What nobody looked at may read a name that an environment lacks.
        raise Error(f"check found no problem in what it looked at{aside}", "")
    say(f"no problems found{aside}")


def _say_limits(project: "Project") -> None:
    """One line for what `check` is not about and somebody may take it to be about."""
    from gitseal.project.unseen import beside

    if project.repository is None:
        say("gitseal: this folder is in no Git repository: what Git does with the files was not looked at")
    others = beside(project)
    if others:
        from gitseal.report.hints import command as line

        rest = f", and {len(others) - 1} more" if len(others) > 1 else ""
        there = line("gitseal -C {} check", str(project.git().top / others[0])).as_text()
        say(f"gitseal: this is about {project.folder} alone; the repository has another .secrets{rest}: {there}")


def _aside(findings: Sequence[Finding]) -> str:
    """The summary's words about what has no bearing on the status."""
    warnings = sum(finding.severity == WARNING for finding in findings)
    unread, at_github = (sum(finding.rule == rule for finding in findings) for rule in ("unread-name", "github-name"))
    unmerged = sum(finding.rule == "unmerged-access" for finding in findings)
    words = [plural(warnings, "warning")] if warnings else []
    words += [plural(unmerged, "note")] if unmerged else []
    words += [plural(unread, "name") + " unread"] if unread else []
    words += [plural(at_github, "name") + " only at GitHub"] if at_github else []
    return "".join(f", {word}" for word in words)


def _claims(session: Session, environments: tuple[str, ...]) -> tuple[Finding, ...]:
    from gitseal.audit.check.claims import claims

    try:
        chosen = environments or session.project.environments
    except Error:
        return ()  # a finding has told it already
    looked = claims(session.project, chosen)
    for note in looked.notes:
        say(f"gitseal: {note}")
    return looked.findings


def _code(
    session: Session, folders: tuple[str, ...], environments: tuple[str, ...], excepted: tuple[str, ...]
) -> "CodeReport":
    from gitseal.audit.check.code import check_code

    report = check_code(session.project, [session.start / folder for folder in folders], environments, excepted)
    for note in report.notes:
        say(f"gitseal: {note}")
    return report
