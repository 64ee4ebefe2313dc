"""`gitseal check`."""

import click

from gitseal.cli import output
from gitseal.cli.options import environment_option, json_option
from gitseal.cli.session import Session, say
from gitseal.errors import Error


@click.command("check")
@environment_option("Only these environments. Without it: all, and what concerns all.")
@json_option
@click.pass_obj
def command(session: Session, environments: tuple[str, ...], as_json: bool) -> None:
    """Hold policy, environments and Git's view of them against each other. No identity is needed.

    One line for each finding, with the command that mends it; status 1 where there is any.
    """
    from gitseal.usecases.check import check

    chosen = session.project.select(environments) if environments else ()
    findings = check(session.project, chosen)
    if as_json:
        output.as_json([finding._asdict() for finding in findings])
    for finding in () if as_json else findings:
        click.echo(finding.as_text())
        if finding.hint:
            click.echo(f"  {finding.hint}")
    if findings:
        raise Error(f"check found {output.plural(len(findings), 'thing')} to mend", "")
    say("all is as it should be")
