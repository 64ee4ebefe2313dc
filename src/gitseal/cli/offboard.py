"""`gitseal offboard`."""

from gitseal.cli import declare, output
from gitseal.cli.session import Session
from gitseal.errors import UsageError, shell_quoted


@declare.command("offboard")
@declare.argument("name")
@declare.option("--key", default="", metavar="KEY", help="Only this key of theirs, such as one that was lost.")
@declare.option("--report", "only_reports", is_flag=True, help="Report, and change nothing.")
@declare.option("--format", "form", choices=["text", "json", "markdown", "html"], default="text", help="How to report.")
@declare.option("--json", "json_flag", is_flag=True, help="Short for --format json.")
def command(session: Session, *, name: str, key: str, only_reports: bool, form: str, json_flag: bool) -> int:
    """Report every value that somebody who leaves could ever open.

    The report follows every key that they ever had, in any version of the policy and of the files, on every branch, reflog and
    stash. It names each value that they could open or set, since when, and whether it was changed since; the machines whose
    identity they may have had; and the refs where they can still open something. As Markdown it is an issue with boxes to check.

    It changes nothing and needs no identity. In a shallow clone the report lacks what the clone lacks, and the status is 1.

    Examples:
      gitseal offboard alice --report
      gitseal offboard alice --report --format markdown
    """
    if not only_reports:
        raise UsageError(
            "offboard only reports, and takes nobody out",
            f"for the report: gitseal offboard {shell_quoted(name)} --report; "
            f"to take them out: gitseal recipient remove {shell_quoted(name)}",
        )
    from importlib import import_module

    from gitseal.usecases.offboard import as_object, page_of, report

    session.only_reads = True
    told = report(session.project, name, key)
    if json_flag or form == "json":
        output.as_json(as_object(told))
    else:
        output.text(import_module(f"gitseal.report.page.{form}").write(page_of(told)))
    return 0 if told.is_complete else 1
