"""`gitseal` alone: where one is, and the next step."""

import os
from typing import TYPE_CHECKING

from gitseal.cli import declare, output
from gitseal.cli.session import Session, say
from gitseal.cli.table import STATUS_USAGE
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
    _show(session, project)
    return 0


def _show(session: Session, project: "Project") -> None:
    from gitseal.arming.notice import is_unarmed
    from gitseal.cli.introducing import membership_lines, newcomer
    from gitseal.project.membership import membership
    from gitseal.report.plurals import plural

    where = membership(project, session.keyring)
    names = {environment: len(project.read(environment).entries) for environment in project.environments}
    output.line(f"{project.folder}")
    width = max(map(len, names), default=0)
    for environment, count in names.items():
        opened = "you can open it" if environment in where.opens else "not sealed to you"
        output.line(f"  {environment.ljust(width)}  {plural(count, 'name')}, {opened}")
    unarmed = project.repository is not None and is_unarmed(project.repository)
    stranger = newcomer(session.start) if where.recipient and not where.name else ("", "")
    output.line(*membership_lines(where, project.policy, *stranger))
    if project.repository is not None:
        output.line("this clone is not armed: no hook keeps plaintext out" if unarmed else "this clone is armed")
    step = _next(project, where, names, unarmed=unarmed)
    if step:
        output.line(f"next: {step}")


def _next(project: "Project", where: "Membership", names: dict[str, int], *, unarmed: bool) -> str:
    """The command that helps most now; nothing if it was said already."""
    from gitseal.report.hints import command as shell

    if project.repository is None:  # a host that only reads
        return "gitseal list"
    if unarmed or not where.is_known:
        return "gitseal init"
    if not where.opens:
        return ""
    empty = [environment for environment in where.opens if not names[environment]]
    if len(empty) == len(names):
        return _import(project, empty) or shell("gitseal edit -e {}", empty[0]).as_text()
    return "git add .secrets && git commit" if _is_uncommitted(project) else "gitseal list"


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
