"""The bytes of a file of sops: of the working tree, or as a commit has it, `REVISION:PATH` as Git writes that."""

import os
from pathlib import Path

from gitseal.errors import Error, shell_quoted
from gitseal.files.reading import read_regular
from gitseal.policy.names import is_environment_name


def read_file(start: Path, words: str) -> bytes:
    """The file that `words` name, from the folder `start`. Raises Error if there is none."""
    revision, colon, path = words.partition(":")
    # A path may have a colon in it: a file that is there is meant.
    if not colon or os.path.lexists(start / words):
        return _on_disk(start / words, words)
    from gitseal.git.objects import open_commit
    from gitseal.git.repository import find_top

    top = find_top(start)
    if top is None:
        raise Error(f'"{start}" is in no Git repository, so it has no revisions', "leave the revision out")
    data = open_commit(top, revision).read(os.path.relpath(start / path, top))
    if data is None:
        raise Error(f'{revision} has no file "{path}"', f"see its commits: git log -- {shell_quoted(path)}")
    return data


def _on_disk(path: Path, words: str) -> bytes:
    try:
        return read_regular(path)
    except FileNotFoundError:
        raise Error(f'there is no file "{words}"', "give the path of a file that sops encrypted") from None


def environment_name(path: str) -> str:
    """The name of the environment that a file is: the beginning of the file's own name, if an environment can have that."""
    stem = os.path.basename(path.rpartition(":")[2]).partition(".")[0].lower()
    return stem if is_environment_name(stem) else "file"
