"""`gitseal absorb`."""

import click

from gitseal.cli.options import accept_options, complete_name, environment_option
from gitseal.cli.session import Session, say


@click.command("absorb")
@click.argument("names", metavar="[NAME...]", nargs=-1, shell_complete=complete_name)
@environment_option("The environment; may be left out where there is one.")
@accept_options
@click.pass_obj
def command(
    session: Session,
    names: tuple[str, ...],
    environments: tuple[str, ...],
    accept_keys: tuple[str, ...],
    accept_recipients: tuple[str, ...],
) -> None:
    """Take over values that were brought in write-only: they are sealed anew as yours. Without NAME: all of them.

    Anyone who can commit can make a write-only value. Look at who brought it (git log) before you take it over.
    """
    from gitseal.usecases.absorb import absorb

    chosen = session.one(environments)
    taken = session.confirmed(
        (*accept_keys, *accept_recipients),
        lambda accept: absorb(session.project, session.keyring, accept, chosen, names),
    )
    for name in taken:
        say(f"{chosen}: absorbed {name}")
    if not taken:
        say(f"{chosen}: nothing is write-only")
