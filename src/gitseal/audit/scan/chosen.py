"""The files that somebody named for a scan: each name leads to some, or is an error that names it."""

import os

from gitseal.errors import Error
from gitseal.git.object_types import SUBMODULE
from gitseal.git.repository import Repository, is_bare_folder, top_of
from gitseal.git.staged import FileVersion
from gitseal.report.hints import command, path_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_TRACKED = "scan looks at what Git has; see what that is with: git ls-files"
_IN_HEAD = "scan looks at what Git has; see what that is with: git ls-tree -r --name-only HEAD"
_STAGED = "scan looks at what Git has; for what the next commit would bring: gitseal scan --staged"


def chosen(
    repository: Repository, files: "Sequence[FileVersion]", start: str, names: "Sequence[str]"
) -> list[FileVersion]:
    """Those of the files that lie at the names, as somebody in `start` gives them, or below. Each once.

    Raises Error for a name at which nothing is that could be looked at.
    """
    selected: dict[FileVersion, None] = {}
    for name in names:
        path = os.path.relpath(os.path.normpath(os.path.join(start, name)), repository.folder)
        if path == os.pardir or path.startswith(os.pardir + os.sep):
            raise _outside(repository, start, name)
        there = [file for file in files if _within(file.path, os.fsencode(path))]
        if all(file.mode == SUBMODULE for file in there):
            raise _nothing(repository, files, path, name)
        selected |= dict.fromkeys(there)
    return list(selected)


def _within(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder + b"/") or folder == b"."


def _outside(repository: Repository, start: str, name: str) -> Error:
    other = top_of(os.path.realpath(os.path.join(start, name)))
    hint = command("gitseal -C {} scan", path_word(other)).as_text() if other is not None else _TRACKED
    return Error(f'"{name}" lies outside of this repository, which is "{repository.folder}"', hint)


def _nothing(repository: Repository, files: "Sequence[FileVersion]", path: str, name: str) -> Error:
    place = os.path.join(repository.folder, path)
    above = (file for file in files if file.mode == SUBMODULE and _within(os.fsencode(path), file.path))
    submodule = next(above, None)
    if submodule is not None:
        folder = os.path.join(repository.folder, os.fsdecode(submodule.path))
        return Error(
            f'"{name}" is in a submodule, which is a repository of its own',
            command("gitseal -C {} scan", path_word(folder)).as_text(),
        )
    if not os.path.lexists(place):
        return Error(f'there is no "{name}" here', _IN_HEAD if is_bare_folder(repository.folder) else _TRACKED)
    what = "nothing that Git tracks is in" if os.path.isdir(place) else "Git does not track"
    return Error(f'{what} "{name}", so it cannot be looked at', _STAGED)
