"""`gitseal rename`."""

from gitseal.cli import declare
from gitseal.cli.options import accept_options, environment_option, local_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say


@declare.command("rename")
@declare.argument("old", complete=declare.NAMES)
@declare.argument("new")
@environment_option()
@local_option
@accept_options
def command(
    session: Session,
    old: str,
    new: str,
    environments: tuple[str, ...],
    local: bool,
    accept: tuple[str, ...],
) -> None:
    """Give a name a new name.

    This seals the value again, because a value is bound to its name.

    Examples:
      gitseal rename -e production OLD_TOKEN API_TOKEN
    """
    from gitseal.usecases.rename import rename

    project, chosen = session.where(environments, local=local)
    done = session.confirmed(
        accept,
        lambda workspace: rename(workspace, chosen, old, new),
        project,
    )
    for environment, name in done:
        say(f"{environment}: renamed {old} to {name}")
