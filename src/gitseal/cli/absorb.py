"""`gitseal absorb`."""

from gitseal.cli import declare
from gitseal.cli.options import accept_options, environment_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say


@declare.command("absorb")
@declare.argument("names", metavar="[NAME...]", nargs=-1, complete=declare.NAMES)
@environment_option("The environment. Needed only if there are several.")
@accept_options
def command(
    session: Session,
    names: tuple[str, ...],
    environments: tuple[str, ...],
    accept: tuple[str, ...],
) -> None:
    """Take over values that others set without being able to read them.

    Such a write-only value is sealed again as yours. Without NAME, all of them are taken over. Anyone who can commit can make a
    write-only value, so look at who set it first: gitseal log shows that.

    Examples:
      gitseal absorb -e production
      gitseal absorb -e production PARTNER_TOKEN
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
