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
    """Take names, or whole sections, out of environments, all or none. No identity is needed.

    Where an environment has a name still, since one that it extends does or this machine's overrides do, it says so.
    """
    from gitseal.usecases.unset import unset, visible_in

    project, chosen = session.where(environments, local=local)
    removed = unset(project, session.keyring, chosen, names)
    views = {environment: visible_in(session.project, environment) for environment in chosen}
    for environment, name in removed:
        layer = views[environment].get(name)
        say(f"{environment}: removed {name}" + (f"; the value comes from {layer} now" if layer else ""))
