"""The source files of folders, and what their languages' readers make of them."""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gitseal import code
from gitseal.code import linking, selection
from gitseal.code.uses import Reading, Use
from gitseal.errors import Error, shell_quoted
from gitseal.files.reading import read_regular
from gitseal.git import index
from gitseal.git.repository import find_top
from gitseal.project.project import Project

_TOO_LARGE = f"was not looked at: it is larger than {selection.LIMIT // 1024} KiB"
_SECRETS_SUFFIX = ".yaml"


class FoundUses(NamedTuple):
    """Uses with the path of their file. `unseen` counts the files that may read names and could not be looked at."""

    uses: tuple[tuple[str, Use], ...]
    notes: tuple[str, ...]
    files: int
    unseen: int


def read(project: Project, folders: Sequence[Path]) -> FoundUses:
    """The uses in the source files of `folders`, and the references in the project's own files.

    Raises Error if one of `folders` is no folder.
    """
    readings: dict[str, Reading] = {}
    for file, name in _files(project, folders).items():
        content = _content(file)
        if content is not None:
            readings[_shown(project, file)] = code.read(name, content)
        elif code.is_program(name) and _is_large(file):
            readings[_shown(project, file)] = Reading((), (_TOO_LARGE,))
    unseen = sum(bool(reading.notes) for reading in readings.values())
    return FoundUses(tuple(linking.settle(readings)), tuple(_told(readings)), len(readings), unseen)


def _told(readings: Mapping[str, Reading]) -> Iterator[str]:
    """Each note once, with a file that it is about and how many more."""
    about: dict[str, list[str]] = {}
    for path, reading in readings.items():
        for note in reading.notes:
            about.setdefault(note, []).append(path)
    for note, (first, *others) in about.items():
        yield f"{first} and {len(others)} more: each {note}" if others else f"{first} {note}"


def _files(project: Project, folders: Iterable[Path]) -> dict[Path, str]:
    """Absolute paths, each once, with the name relative to its folder.

    Of `.secrets`, which holds no code, the files that may refer to names come last.
    """
    own = {path: path.name for path in sorted(project.folder.glob(f"*{_SECRETS_SUFFIX}"))}
    inside = f"{project.folder}{os.sep}"
    sources: dict[Path, str] = {}
    for folder in folders:
        if not folder.is_dir():
            raise Error(f'"{folder}" is not a folder', "give a folder of source code with: --code DIR")
        top = folder.resolve()
        for name in _listed(top):
            if selection.is_source(name) and not str(top / name).startswith(inside):
                sources.setdefault(top / name, name)
    return sources | own


def _listed(folder: Path) -> Iterable[str]:
    top = find_top(folder)
    # A deploy host may have the tree and no Git.
    if top is None or not shutil.which("git"):
        return sorted(_walked(folder))
    paths = index.offered_below(top, os.path.relpath(folder, top))
    if paths is None:
        raise Error(f'Git cannot list the files of "{folder}"', f"look at: git -C {shell_quoted(folder)} status")
    return map(os.fsdecode, paths)


def _walked(folder: Path) -> Iterator[str]:
    for parent, below, names in os.walk(folder):
        inner = Path(parent).relative_to(folder)
        below[:] = [folder for folder in below if selection.is_source(f"{folder}/_")]
        yield from ((inner / name).as_posix() for name in names)


def _content(file: Path) -> bytes | None:
    """A file's bytes; None for what is no regular file, is gone, or is too large to be written by hand."""
    try:
        status = file.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > selection.LIMIT:
            return None
        return read_regular(file, selection.LIMIT)
    except (OSError, Error):
        return None


def _is_large(file: Path) -> bool:
    try:
        status = file.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size > selection.LIMIT


def _shown(project: Project, file: Path) -> str:
    """Relative to the repository's top, as in findings; absolute if it lies elsewhere."""
    try:
        return project.relative(file)
    except ValueError:
        return str(file)
