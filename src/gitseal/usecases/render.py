"""`render` and `run`: an environment as its consumer reads it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from gitseal import render as dialects
from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.git.repository import Repository, find_top
from gitseal.identities import Keyring
from gitseal.policy import loaders
from gitseal.project.project import Project
from gitseal.project.reading import Layered
from gitseal.usecases.names import wanted


class Rendered(NamedTuple):
    """The text of a dialect; how many names of sections it leaves out; the names that wait to be absorbed."""

    content: bytes
    sectioned: int
    pending: tuple[str, ...]

    def __repr__(self) -> str:
        return "Rendered(…)"


class Selection(NamedTuple):
    """Which names go out: patterns of `--only` (empty: all) and `--except`."""

    only: Sequence[str] = ()
    excepted: Sequence[str] = ()


def render(
    project: Project, keyring: Keyring, environment: str, dialect: str, selection: Selection, *, export: bool = False
) -> Rendered:
    """The environment in one dialect. Raises Error where a value does not open, and for every name that cannot be carried."""
    layered = Layered(project, environment, keyring)
    with_sections = dialects.takes_sections(dialect)
    everything = with_sections and not any(selection)
    opened = layered.open_all(
        None if everything else lambda path: (with_sections or len(path) == 1) and wanted(path, *selection)
    )
    sectioned = 0 if with_sections else sum(len(path) > 1 and wanted(path, *selection) for path in layered.entries)
    if not with_sections:
        refuse_steering(project, (path[0] for path in opened.values))
    entries = [dialects.Entry(path, value) for path, value in opened.values.items()]
    return Rendered(dialects.render(dialect, entries, export=export), sectioned, opened.pending)


def refuse_steering(project: Project, names: Iterable[str]) -> None:
    """Raises Error for names that steer loaders and shells, unless the policy's `allow_names` lists them."""
    allowed = project.policy.allow_names
    steering = [name for name in names if loaders.steers(name) and name not in allowed]
    if steering:
        raise Error(
            f"{', '.join(steering)} would steer a loader or shell wherever this is read",
            f"if that is meant, add to .secrets/policy.yaml: allow_names: [{', '.join(steering)}]",
        )


def write(target: Path, content: bytes) -> None:
    """Writes a rendered file, 0600 and atomically. Raises Error for a target that Git tracks or would add."""
    if target.is_dir():
        raise Error(f'"{target}" is a folder', "give the path of a file")
    top = find_top(target.parent.resolve())
    if top is not None:
        repository = Repository(top)
        where = target.parent.resolve() / target.name
        if repository.is_tracked(where):
            raise Error(
                f'"{target}" is tracked by Git: the next commit would publish it',
                f"take it out first: git rm --cached {target}",
            )
        if repository.would_add(where):
            raise Error(
                f'"{target}" is not ignored by Git: git add would take it',
                f"ignore it first: echo /{where.relative_to(top)} >> .gitignore",
            )
    atomic.write(target, content, private=True)
