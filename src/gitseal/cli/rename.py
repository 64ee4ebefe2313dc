"""`gitseal rename`."""

import click

from gitseal.cli.options import accept_options, complete_name, environment_option, local_option
from gitseal.cli.session import Session, say


@click.command("rename")
@click.argument("old", shell_complete=complete_name)
@click.argument("new")
@environment_option()
@local_option
@accept_options
@click.pass_obj
def command(
    session: Session,
    old: str,
    new: str,
    environments: tuple[str, ...],
    local: bool,
    accept_keys: tuple[str, ...],
    accept_recipients: tuple[str, ...],
) -> None:
    """Give a name another one. The value is opened and sealed anew, since it is bound to its name."""
    from gitseal.usecases.rename import rename

    project, chosen = session.where(environments, local=local)
    done = session.confirmed(
        (*accept_keys, *accept_recipients),
        lambda accept: rename(project, session.keyring, accept, chosen, old, new),
    )
    for environment, name in done:
        say(f"{environment}: renamed {old} to {name}")
