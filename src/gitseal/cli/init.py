"""`gitseal init`."""

import click

from gitseal.cli.options import environment_option
from gitseal.cli.session import Session, say


@click.command("init")
@environment_option("An environment to make; may repeat. Without it: development and production.")
@click.option("--as", "name", metavar="NAME", help="Your name in the policy. Without it: from Git's user.email.")
@click.pass_obj
def command(session: Session, environments: tuple[str, ...], name: str | None) -> None:
    """Make .secrets: a policy, a manifest, one sealed file per environment, and Git's rules. Prints each file it wrote.

    The identity found on this machine is used, or one is made. In a repository that has .secrets already, init makes this
    clone ready and touches no tracked file.
    """
    from gitseal.identities import default_path
    from gitseal.usecases import init

    present = init.existing(session.start)
    if present is not None:
        init.arm(present)
        say(f"{present.folder} is there already; this clone is ready, and no tracked file was touched")
        return
    root = init.root_for(session.start)
    found_name, email = (name, "") if name else init.default_name(session.start)
    recipient, made = init.own_recipient(session.keyring, default_path(session.environ, session.home))
    if made is not None:
        say(f'made an identity for you: "{made}"; keep it private, and keep a copy')
    chosen = (
        tuple(dict.fromkeys(part for given in environments for part in given.split(",") if part))
        or init.DEFAULT_ENVIRONMENTS
    )
    done = init.init(root, session.keyring, chosen, init.Starter(found_name or "", email, recipient))
    for path in done.written:
        click.echo(path)
    say(f"you are {found_name} in the policy; next: gitseal set -e {chosen[0]} NAME, then commit these files")
