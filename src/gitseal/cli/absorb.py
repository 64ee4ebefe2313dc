"""`gitseal absorb`."""

from gitseal.cli import declare
from gitseal.cli.options import accept_options, environment_option
from gitseal.cli.session import Session, say


@declare.command("absorb")
@declare.argument("names", metavar="[NAME...]", nargs=-1, complete=declare.NAMES)
@environment_option("The environment; may be left out where there is one.")
@accept_options
def command(
    session: Session,
    names: tuple[str, ...],
    environments: tuple[str, ...],
    accept: tuple[str, ...],
) -> None:
    """Take over values that were brought in write-only: they are sealed anew as yours. Without NAME: all of them.

    Anyone who can commit can make a write-only value. Look at who brought it (git log) before you take it over.
    """
    from gitseal.usecases.absorb import absorb

    chosen = session.one(environments)
    taken = session.confirmed(
        accept,
        lambda workspace: absorb(workspace, chosen, names),
    )
    for name in taken:
        say(f"{chosen}: absorbed {name}")
    if not taken:
        say(f"{chosen}: nothing is write-only")
