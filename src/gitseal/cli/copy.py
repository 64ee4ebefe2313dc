"""`gitseal copy`."""

import click

from gitseal.cli.options import accept_options, complete_environment, complete_name
from gitseal.cli.session import Session, say


@click.command("copy")
@click.argument("source", metavar="FROM", shell_complete=complete_environment)
@click.argument("target", metavar="TO", shell_complete=complete_environment)
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=complete_name)
@click.option("--plain", is_flag=True, help="Let new names stand readable, where a rule of the policy says so too.")
@accept_options
@click.pass_obj
def command(
    session: Session,
    source: str,
    target: str,
    names: tuple[str, ...],
    plain: bool,
    accept_keys: tuple[str, ...],
    accept_recipients: tuple[str, ...],
) -> None:
    """Copy names, or whole sections, from one environment to another, sealed anew under the other's keys."""
    from gitseal.usecases.copy import copy_names

    one, other = session.project.resolve(source), session.project.resolve(target)
    done = session.confirmed(
        (*accept_keys, *accept_recipients),
        lambda accept: copy_names(session.project, session.keyring, accept, one, other, names, plain=plain),
    )
    for each in done:
        say(f"{each.environment}: {each.outcome.value} {each.name}")
