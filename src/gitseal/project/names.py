"""Names as users write them, and which of them an environment has."""

from collections.abc import Collection, Iterable, Sequence

from gitseal.errors import Error, shell_quoted
from gitseal.policy.layers import LOCAL
from gitseal.policy.parser import nearest
from gitseal.policy.patterns import matches
from gitseal.project.project import Project
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def parse_name(text: str) -> NamePath:
    """`api/TOKEN` as a path. Raises Error for an empty part, and for `NAME=VALUE`, of which it repeats nothing."""
    if "=" in text:
        raise Error("a name has no = in it, and only gitseal set takes a value", "leave out the = and what follows it")
    path = tuple(text.split("/"))
    if not all(path):
        raise Error(f'"{text}" is no name', "write NAME or section/NAME")
    return path


def missing(path: NamePath, environment: str, among: Collection[NamePath]) -> Error:
    """The error for a name that an environment does not have: it is a section there, or the nearest one is named."""
    name = path_text(path)
    if below(path, among):
        return Error(
            f'"{name}" is a section of {environment}, not a value',
            f"see what it holds: gitseal list -e {environment.removesuffix(LOCAL)} {shell_quoted(name)}",
        )
    known = [path_text(other) for other in among]
    hint = nearest(name, known) or f"see its names with: gitseal list -e {environment.removesuffix(LOCAL)}"
    return Error(f'{environment} has no "{name}"', hint)


def not_own(project: Project, path: NamePath, environment: str, among: Collection[NamePath]) -> Error:
    """The error for a name that an environment's own file does not have: one that it inherits is another file's to change."""
    told = missing(path, environment, among)
    for base in project.policy.chain(environment)[1:]:
        if base in project.environments and below(path, project.read(base).entries):
            name = path_text(path)
            return Error(f'{environment} has "{name}" from {base}, not of its own', f"name that environment: -e {base}")
    return told


def wanted(path: NamePath, only: Sequence[str], excepted: Sequence[str]) -> bool:
    """True if `--only` and `--except` let a name through."""
    if only and not any(matches(pattern, path) for pattern in only):
        return False
    return not any(matches(pattern, path) for pattern in excepted)


def own(project: Project, names: Iterable[str], environment: str, among: Collection[NamePath]) -> list[NamePath]:
    """The names of an environment's own file that names and sections stand for. Raises Error for one that is not there."""
    paths: dict[NamePath, None] = {}
    for name in names:
        path = parse_name(name)
        meant = below(path, among)
        if not meant:
            raise not_own(project, path, environment, among)
        paths.update(dict.fromkeys(meant))
    return list(paths)


def below(path: NamePath, among: Iterable[NamePath]) -> list[NamePath]:
    """The name itself, or the names of the section that it is."""
    return [other for other in among if other[: len(path)] == path]
