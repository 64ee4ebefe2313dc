"""The files of a folder as Git sees them."""

from pathlib import Path

from gitseal.errors import Error
from gitseal.git.run import git


def files(folder: Path) -> list[str]:
    """Files below a folder of a working tree that are tracked, or that nothing ignores; relative to it, each once, sorted.

    Some may be gone, and a submodule is listed as one. Raises Error where Git refuses or is missing.
    """
    listed = git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed is None:
        raise Error(f'Git cannot list the files of "{folder}"', f'look at: git -C "{folder}" status')
    return sorted({name.decode("utf-8", "surrogateescape") for name in listed.split(b"\0") if name})
