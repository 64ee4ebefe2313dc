"""`gitseal` alone: where one is, and the next step."""

import os
from typing import TYPE_CHECKING

from gitseal.cli import declare, output
from gitseal.cli.session import Session
from gitseal.cli.table import STATUS_USAGE
from gitseal.cli.talk import say
from gitseal.errors import Error

if TYPE_CHECKING:
    from gitseal.project.membership import Membership
    from gitseal.project.project import Project

_HELP = (
    "gitseal keeps a team's secrets in Git: names are readable, values are sealed.",
    "  start in a repository: gitseal init",
    "  all commands: gitseal --help",
)


@declare.command("gitseal")
def command(session: Session) -> int:
    """Show the environments of this repository, who you are in its policy, and the next step."""
    session.only_reads = True
    from gitseal.git.repository import top_of

    try:
        project = session.project
    except Error as error:
        if top_of(os.fspath(session.start)) is None:
            say(*_HELP)
            return STATUS_USAGE
        say(f"gitseal: {error.message}", f"  {error.hint}")
        return STATUS_USAGE
    return _show(session, project)


def _show(session: Session, project: "Project") -> int:
    """Prints where one is; the status, which is 1 if the working tree does not show all of it."""
    from gitseal.project.introducing import membership_lines
    from gitseal.project.membership import membership
    from gitseal.project.unseen import unseen
    from gitseal.report.plurals import plural

    where = membership(project, session.keyring)
    names = {environment: len(project.read(environment).entries) for environment in project.environments}
    output.line(f"{project.folder}")
    width = max(map(len, names), default=0)
    for environment, count in names.items():
        opened = "you can open it" if environment in where.opens else "not sealed to you"
        output.line(f"  {environment.ljust(width)}  {plural(count, 'name')}, {opened}")
    stranger = ("", "")
    if where.recipient and not where.name:
        from gitseal.usecases.init import newcomer  # members need none of it

        stranger = newcomer(session.start)
    output.line(*membership_lines(where, project.policy, *stranger))
    unarmed = _show_hooks(project)
    differences = unseen(project)
    for one in differences:
        say(f"gitseal: {one.message}", f"  {one.hint}")
    # What has to be mended first has its command already, and a commit of what lies here could remove what does not.
    step = _next(project, where, names, unarmed=unarmed) if not differences else ""
    if step:
        output.line(f"next: {step}")
    return int(any(one.is_hidden for one in differences))


def _show_hooks(project: "Project") -> bool:
    """Says what keeps plaintext out of this clone's commits; True if the clone was never made ready."""
    from gitseal.arming import status
    from gitseal.arming.notice import is_unarmed

    if project.repository is None or not project.source.is_working_tree:  # no commit is made there
        return False
    if is_unarmed(project.repository):
        output.line("this clone is not armed: no hook keeps plaintext out")
        return True
    lacking = status.first_lacking(project.repository)
    if lacking is None:
        output.line("this clone is armed")
    else:
        output.line(f"{lacking.name} does not keep plaintext out: {lacking.how}", f"  {lacking.mend}")
    return False


def _next(project: "Project", where: "Membership", names: dict[str, int], *, unarmed: bool) -> str:
    """The command that helps most now; nothing if it was said already."""
    from gitseal.report.hints import command as shell

    if project.repository is None or not project.source.is_working_tree:  # a host that only reads
        return "gitseal list"
    if unarmed or not where.is_known:
        return "gitseal init"
    if not where.opens:
        return ""
    empty = [environment for environment in where.opens if not names[environment]]
    if len(empty) == len(names):
        return _import(project, empty) or shell("gitseal edit -e {}", empty[0]).as_text()
    return _commit(project) if _is_uncommitted(project) else "gitseal list"


def _commit(project: "Project") -> str:
    """The command that commits the folder, which works in each folder of the repository."""
    from gitseal.report.hints import command as shell
    from gitseal.report.hints import pathspec

    return f"{shell('git add {}', pathspec(project.relative(project.folder))).as_text()} && git commit"


def _import(project: "Project", environments: list[str]) -> str:
    """The command that takes over an env file that already exists; nothing without one."""
    from gitseal.project.env_files import env_files, guessed_environment
    from gitseal.report.hints import command as shell
    from gitseal.report.hints import path_word

    for file in env_files(project.git(), os.fspath(project.root)):
        guessed = guessed_environment(file.path, environments)
        if guessed in environments:
            return shell("gitseal import {} -e {}", path_word(file.path), guessed).as_text()
    return ""


def _is_uncommitted(project: "Project") -> bool:
    return bool(project.git().git("status", "--porcelain", "--", os.fspath(project.folder)))
