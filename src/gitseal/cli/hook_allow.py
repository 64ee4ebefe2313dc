"""`gitseal hook allow`."""

import click

from gitseal.cli.session import Session, say


@click.command("allow")
@click.option("--reason", required=True, metavar="WHY", help="Why it is right as it is, for those who review it.")
@click.argument("path")
@click.pass_obj
def command(session: Session, reason: str, path: str) -> None:
    """Let the staged content of PATH pass. Prints what is allowed by that.

    The entry in .secrets/allow.yaml holds for this content alone, and is committed and reviewed like everything else. A value of
    the team's own is not allowed by it.
    """
    from gitseal.usecases.allow import allow_staged

    allowed = allow_staged(session.project, session.start / path, reason)
    for finding in allowed.findings:
        click.echo(finding.as_text())
    say(f"allowed for this content alone; next: git add {allowed.file}")
