"""`gitseal init`."""

from typing import TYPE_CHECKING

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option
from gitseal.cli.session import Session, say

if TYPE_CHECKING:  # loaded by what makes one
    from gitseal.project.project import Project


@declare.command("init")
@environment_option("An environment to make; may repeat. Without it: development and production.")
@declare.option("--as", "name", metavar="NAME", help="Your name in the policy. Without it: from Git's user.email.")
@declare.option("--no-hooks", is_flag=True, help="Leave Git's hooks alone.")
def command(session: Session, environments: tuple[str, ...], name: str | None, no_hooks: bool) -> None:
    """Make .secrets here, or make this clone ready to use it.

    A new .secrets has a policy, a manifest and one sealed file for each environment. gitseal uses the identity on this
    machine, or makes one, and prints each file that it wrote. In a repository that has .secrets already, it changes no
    tracked file and only makes the clone ready: hooks keep plaintext out of commits, and drivers let git diff and git merge
    work name by name.

    Examples:
      gitseal init
      gitseal init -e development -e production --as alice
    """
    from gitseal.identities import default_path
    from gitseal.usecases import init

    present = init.existing(session.start)
    if present is not None:
        is_ready = _arm(present, hooks=not no_hooks)
        ready = "this clone is ready" if is_ready else "this clone is not ready yet"
        say(f"{present.folder} is there already; {ready}, and no tracked file was touched")
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
        output.line(path)
    _arm(done.project, hooks=not no_hooks, founding=True)
    say(f"you are {found_name} in the policy; next: gitseal set -e {chosen[0]} NAME, then commit these files")


def _arm(project: "Project", *, hooks: bool, founding: bool = False) -> bool:
    """Makes the clone ready, and says what was set up and what is left to do. Whether nothing is."""
    from gitseal.arming.arm_clone import arm
    from gitseal.cli.hook import program, tell

    armed = arm(project, program(), with_hooks=hooks, founding=founding)
    for words in armed.done:
        say(f"set up {words}")
    for words, mend in armed.left:
        say(words, f"  run: {mend}")
    tell(armed.managers)
    return not armed.left
