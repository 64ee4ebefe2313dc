"""`gitseal init`."""

from functools import partial
from typing import TYPE_CHECKING

from gitseal.cli import declare, output, terminal
from gitseal.cli.arming import arm
from gitseal.cli.options import environment_option
from gitseal.cli.session import Session
from gitseal.cli.talk import option_for, say
from gitseal.errors import Error
from gitseal.report.hints import ShellCommand

if TYPE_CHECKING:  # loaded by what makes one
    from pathlib import Path

    from gitseal.cli.taking_over import Taken
    from gitseal.project.project import Project


@declare.command("init")
@environment_option("An environment to make; may repeat. Without it: development and production.")
@declare.option("--as", "name", metavar="NAME", help="Your name in the policy. Without it: from Git's user.email.")
@declare.option("--here", is_flag=True, help="Make .secrets here although the repository has one in another folder.")
@declare.option("--no-hooks", is_flag=True, help="Leave Git's hooks alone.")
def command(session: Session, environments: tuple[str, ...], name: str | None, here: bool, no_hooks: bool) -> None:
    """Make .secrets here, or make this clone ready to use it.

    In a new project this writes a policy, a manifest and one sealed file per environment, and prints each file. At a terminal
    it offers to seal the .env files that it finds. If you have no identity, it makes one. Hooks then keep plaintext out of
    commits, and git diff and git merge work name by name.

    In a clone that has .secrets already it sets up the same for you, and says what to send to whom, so that they can let you
    in. No tracked file changes, unless you ask for a new environment with -e.

    Examples:
      gitseal init
      gitseal init -e production
      gitseal init -e staging -e production --as alice
    """
    from gitseal.arming.founding import clear_rest
    from gitseal.usecases import init

    given = tuple(dict.fromkeys(part for word in environments for part in word.split(",") if part))
    present = init.existing(session.start)
    if present is not None:
        _join(session, present, given, name, hooks=not no_hooks)
        return
    root = init.root_for(session.start)
    clear_rest(root)
    if not here:
        _refuse_elsewhere(init.elsewhere(session.start))
    _found(session, root, given, name, hooks=not no_hooks)


def _refuse_elsewhere(folders: list[str]) -> None:
    if not folders:
        return
    from gitseal.report.hints import command as shell

    hint = shell("gitseal -C {} init", folders[0]).as_text()
    raise Error(
        f"this repository has its .secrets in {', '.join(folders)}",
        f"to use it: {hint}; to make another one here: gitseal init --here",
    )


def _join(session: Session, present: "Project", wanted: tuple[str, ...], name: str | None, *, hooks: bool) -> None:
    """Makes the clone ready, adds the environments that are asked for, and says where its owner stands."""
    from gitseal.project.introducing import membership_lines
    from gitseal.project.membership import membership
    from gitseal.project.unseen import hidden
    from gitseal.usecases.env import add_environment
    from gitseal.usecases.init import newcomer

    is_ready = arm(present, hooks=hooks)
    if not any(True for _ in session.keyring.identities()):
        _identity(session)
    new = [environment for environment in wanted if environment not in present.environments]
    for environment in new:
        session.confirmed((), partial(add_environment, name=environment, opened_to=()))
        output.line(present.relative(present.path(environment)))
    for environment in wanted:
        if environment not in new:
            say(f"there is an environment {environment} already")
    ready = "this clone is ready" if is_ready else "this clone is not ready yet"
    touched = f"made {', '.join(new)}" if new else "no tracked file was touched"
    say(f"{present.folder} already exists; {ready}, and {touched}")
    session.project.refresh()
    for one in hidden(session.project):
        say(f"gitseal: {one.message}", f"  {one.hint}")
    where = membership(session.project, session.keyring)
    say(*membership_lines(where, session.project.policy, *((name, "") if name else newcomer(session.start))))


def _identity(session: Session) -> str:
    """The public key of an identity at hand, or of one that is made now."""
    from gitseal.identities import default_path
    from gitseal.usecases import init

    recipient, made = init.own_recipient(session.keyring, default_path(session.environ, session.home))
    if made is not None:
        say(f'made an identity for you: "{made}"; keep it private, and keep a copy')
        session.look_again()
    return recipient


def _found(session: Session, root: "Path", given: tuple[str, ...], name: str | None, *, hooks: bool) -> None:
    """Makes a new project, and takes over the env files that a person wants in it."""
    from gitseal.cli import taking_over
    from gitseal.exchange.sops import creation_rules
    from gitseal.git.repository import Repository, find_top
    from gitseal.project.env_files import env_files
    from gitseal.usecases import init

    if (root / creation_rules.NAME).is_file():
        say("this repository has secrets of sops; to take them over in one go instead: gitseal migrate sops --dry-run")
    found_name, email = (name, "") if name else init.default_name(root)
    environments = given or init.DEFAULT_ENVIRONMENTS
    init.check(found_name or "", environments)
    files = env_files(Repository(find_top(root) or root), str(root))
    usable = taking_over.found(root, files, environments, session.environ, is_open=not given)
    taken = taking_over.ask(usable, environments) if usable and terminal.can_ask() else []
    made = tuple(dict.fromkeys((*environments, *(one.environment for one in taken))))
    starter = init.Starter(found_name or "", email, _identity(session))
    done = init.init(root, session.keyring, made, starter, _plain(taken))
    for path in done.written:
        output.line(path)
    arm(done.project, hooks=hooks, founding=True)
    taking_over.take(session, done.project, taken)
    paths = [one.file.path for one in taken]
    left = [one for one in usable if one.file.path not in paths]
    taking_over.tell_left(left)
    say(f"you are {found_name} in the policy; next:")
    if not taken and not left:
        say(f"  gitseal edit -e {made[0]}")
    git = ShellCommand(("git", *option_for(str(root)))).as_text()
    say(f'  {git} add .secrets .gitattributes .gitignore && {git} commit --message "Seal the secrets"')


def _plain(taken: "list[Taken]") -> dict[str, list[str]]:
    plain: dict[str, list[str]] = {}
    for one in taken:
        plain.setdefault(one.environment, []).extend(one.plain)
    return {environment: list(dict.fromkeys(names)) for environment, names in plain.items()}
