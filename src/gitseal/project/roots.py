"""The one place that finds `.secrets` folders in lists of paths.

The root of a `.secrets` is the folder that holds it. Names are compared as they are written; `audit.verify.evidence.touched`
also knows the writings that some file system takes for `.secrets`.
"""

from collections.abc import Iterable

from gitseal.project.project import FOLDER

_FOLDER = FOLDER.encode()


def roots_of(paths: Iterable[bytes]) -> list[bytes]:
    """The roots of all `.secrets` that directly hold one of these paths, each once, in the order of the paths.

    Paths are relative to the repository's top. A root ends with `/`, so that a file's path follows it; the top is empty.
    """
    folders = dict.fromkeys(path.rpartition(b"/")[0] for path in paths)
    return [folder[: -len(_FOLDER)] for folder in folders if folder.rpartition(b"/")[2] == _FOLDER]


def root_above(path: str) -> str:
    """The root of the innermost `.secrets` that a path lies in, without a `/` at its end; empty for the top and for none."""
    folders = path.split("/")[:-1]
    inner = [at for at, folder in enumerate(folders) if folder == FOLDER]
    return "/".join(folders[: inner[-1]]) if inner else ""


def is_in_secrets(path: str) -> bool:
    """True if a path lies directly in a `.secrets`."""
    return path.split("/")[-2:-1] == [FOLDER]
