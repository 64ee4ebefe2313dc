"""`gitseal unset`."""

import click

from gitseal.cli.options import complete_name, environment_option, local_option
from gitseal.cli.session import Session, say


@click.command("unset")
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=complete_name)
@environment_option()
@local_option
@click.pass_obj
def command(session: Session, names: tuple[str, ...], environments: tuple[str, ...], local: bool) -> None:
    """Take names, or whole sections, out of environments, all or none. No identity is needed."""
    from gitseal.usecases.remove_names import unset

    project, chosen = session.where(environments, local=local)
    for environment, name in unset(project, session.keyring, chosen, names):
        say(f"{environment}: removed {name}")
