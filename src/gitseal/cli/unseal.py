"""`gitseal unseal`."""

from gitseal.cli import declare, terminal
from gitseal.cli.options import environment_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import shell_quoted


@declare.command("unseal")
@declare.argument("names", metavar="NAME...", nargs=-1, required=True, complete=declare.NAMES)
@environment_option("The environment. Needed only if there are several.")
@declare.option("--yes", is_flag=True, help="Do not ask.")
def command(session: Session, names: tuple[str, ...], environments: tuple[str, ...], yes: bool) -> None:
    """Write sealed values as plain text that everybody can read.

    A rule of the policy has to say that the name is plain. Protected environments refuse this. Git's history keeps the plain
    value for good.

    Examples:
      gitseal unseal -e production LOG_LEVEL
    """
    from gitseal.usecases.unseal import unseal

    chosen = session.one(environments)
    if not yes:
        hint = f"if you mean it: gitseal unseal {' '.join(map(shell_quoted, names))} -e {chosen} --yes"
        question = f"Make {', '.join(names)} of {chosen} readable to everyone with the repository, for good?"
        terminal.need_yes("making values readable", hint, question)
    for name in unseal(session.workspace, chosen, names):
        say(f"{chosen}: {name} is now plain")
