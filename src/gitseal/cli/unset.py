"""`gitseal unset`."""

import click

from gitseal.cli.options import complete_name, environment_option
from gitseal.cli.session import Session, say


@click.command("unset")
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=complete_name)
@environment_option()
@click.pass_obj
def command(session: Session, names: tuple[str, ...], environments: tuple[str, ...]) -> None:
    """Take names, or whole sections, out of environments, all or none. No identity is needed."""
    from gitseal.usecases.remove_names import unset

    for environment, name in unset(session.project, session.keyring, session.some(environments), names):
        say(f"{environment}: removed {name}")
