"""This machine's overrides of an environment: a file beside its own, which Git ignores."""

import os

from gitseal.errors import Error
from gitseal.project import parsing
from gitseal.project.project import Project

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.document.document import Document

_SUFFIX = ".yaml"
_LOCAL = ".local"


def file_of(project: Project, environment: str) -> str:
    """The path of the overrides of an environment, whether or not they exist."""
    return f"{project.file(environment).removesuffix(_SUFFIX)}{_LOCAL}{_SUFFIX}"


def exist(project: Project, environment: str) -> bool:
    """True if an environment has overrides, and the project takes them."""
    return project.takes_overrides and os.path.exists(file_of(project, environment))


def read(project: Project, environment: str) -> "Document | None":
    """The overrides of an environment; None if there are none, and if the project takes none.

    Raises Error as `Project.read` does, and if the file did not come from this machine: Git tracks it, or a submodule has it.
    """
    if not project.takes_overrides:
        return None
    path = file_of(project, environment)
    try:
        data = project.source.read(path)
    except FileNotFoundError:
        return None
    stem = environment + _LOCAL
    known = project.known(stem, data)
    if known is not None:
        return known
    name = project.relative(path)
    _refuse_submodule(project, path, name)
    if project.source.is_tracked(path):
        raise Error(
            f'"{name}" is for one machine, and Git tracks it',
            f"take it out of Git, which leaves it on disk: {_untracking(name)}",
        )
    from gitseal.document import document

    parsed = parsing.named(name, document.parse, data)
    if parsed.header.environment != stem:
        raise Error(
            f'"{name}" says that it is environment "{parsed.header.environment}"', f"move it away: {_moving(path)}"
        )
    project.keep(stem, data, parsed)
    return parsed


def _refuse_submodule(project: Project, path: str, name: str) -> None:
    """Raises Error for a file in a submodule: whoever commits there made it, not this machine."""
    if project.repository is None:
        return
    from gitseal.git.index import submodule_above  # `get` asks only if there are overrides

    submodule = submodule_above(project.repository, path)
    if submodule:
        raise Error(
            f'"{name}" is for one machine, and lies in the submodule "{submodule}", which is not this machine\'s',
            f"move it away: {_moving(path)}",
        )


def _untracking(name: str) -> str:
    from gitseal.report.hints import untrack  # only a refusal needs it

    return untrack(name).as_text()


def _moving(path: str) -> str:
    from gitseal.report.hints import set_aside

    return set_aside(path)
