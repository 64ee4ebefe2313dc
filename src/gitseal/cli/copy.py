"""`gitseal copy`."""

from gitseal.cli import declare
from gitseal.cli.options import accept_options, replace_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say_set


@declare.command("copy")
@declare.argument("source", metavar="FROM", complete=declare.ENVIRONMENTS)
@declare.argument("target", metavar="TO", complete=declare.ENVIRONMENTS)
@declare.argument("names", metavar="NAME...", nargs=-1, required=True, complete=declare.NAMES)
@declare.option("--plain", is_flag=True, help="Leave new names plain if a rule of the policy says so too.")
@replace_option
@accept_options
def command(
    session: Session,
    *,
    source: str,
    target: str,
    names: tuple[str, ...],
    plain: bool,
    replace: bool,
    accept: tuple[str, ...],
) -> None:
    """Copy names, or whole sections, to another environment.

    The values are sealed again with the keys of the other environment.

    Examples:
      gitseal copy development production STRIPE_API_KEY
      gitseal copy development production api
    """
    from gitseal.usecases.copy import copy_names

    one, other = session.project.resolve(source), session.project.resolve(target)
    done = session.confirmed(
        accept,
        lambda workspace: copy_names(workspace._replace(replaces_unread=replace), one, other, names, plain=plain),
    )
    say_set(done)
