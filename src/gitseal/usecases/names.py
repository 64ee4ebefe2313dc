"""Names as users write them, and which of them an environment has."""

from collections.abc import Collection, Iterable, Sequence

from gitseal.errors import Error
from gitseal.policy.parser import nearest
from gitseal.policy.patterns import matches
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def parse_name(text: str) -> NamePath:
    """`api/TOKEN` as a path. Raises Error for an empty part."""
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
            f"see what it holds: gitseal list -e {environment} {name}",
        )
    known = [path_text(other) for other in among]
    hint = nearest(name, known) or f"see its names with: gitseal list -e {environment}"
    return Error(f'{environment} has no "{name}"', hint)


def wanted(path: NamePath, only: Sequence[str], excepted: Sequence[str]) -> bool:
    """Whether `--only` and `--except` let a name through."""
    if only and not any(matches(pattern, path) for pattern in only):
        return False
    return not any(matches(pattern, path) for pattern in excepted)


def expand(names: Iterable[str], environment: str, among: Collection[NamePath]) -> list[NamePath]:
    """The names that names and sections stand for. Raises Error for one that is not there."""
    found: dict[NamePath, None] = {}
    for name in names:
        path = parse_name(name)
        meant = below(path, among)
        if not meant:
            raise missing(path, environment, among)
        found.update(dict.fromkeys(meant))
    return list(found)


def below(path: NamePath, among: Iterable[NamePath]) -> list[NamePath]:
    """The name itself, or the names of the section that it is."""
    return [other for other in among if other[: len(path)] == path]
