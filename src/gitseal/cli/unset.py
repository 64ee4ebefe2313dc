"""`gitseal unset`."""

from gitseal.cli import declare
from gitseal.cli.options import environment_option, local_option
from gitseal.cli.session import Session, say


@declare.command("unset")
@declare.argument("names", metavar="NAME...", nargs=-1, required=True, complete=declare.NAMES)
@environment_option()
@local_option
def command(session: Session, names: tuple[str, ...], environments: tuple[str, ...], local: bool) -> None:
    """Take names, or whole sections, out of environments, all or none. No identity is needed.

    Where an environment has a name still, since one that it extends does or this machine's overrides do, it says so.
    """
    from gitseal.usecases.unset import unset, visible_in

    project, chosen = session.where(environments, local=local)
    removed = unset(session.workspace._replace(project=project), chosen, names)
    views = {environment: visible_in(session.project, environment) for environment in chosen}
    for environment, name in removed:
        layer = views[environment].get(name)
        say(f"{environment}: removed {name}" + (f"; the value comes from {layer} now" if layer else ""))
