"""`gitseal unset`."""

from gitseal.cli import declare
from gitseal.cli.options import environment_option, local_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say


@declare.command("unset")
@declare.argument("names", metavar="NAME...", nargs=-1, required=True, complete=declare.NAMES)
@environment_option()
@local_option
def command(session: Session, names: tuple[str, ...], environments: tuple[str, ...], local: bool) -> None:
    """Remove names, or whole sections, from environments.

    All of them are removed, or none. No identity is needed. If an environment still has a value for the name, from an
    environment that it extends or from this machine's overrides, gitseal says so.

    Examples:
      gitseal unset -e production OLD_TOKEN
      gitseal unset -e development,production api/TOKEN
    """
    from gitseal.usecases.unset import told, unset

    project, chosen = session.where(environments, local=local)
    removed = unset(session.workspace._replace(project=project), chosen, names)
    say(*told(session.project, removed))
