"""Symbolic links that a repository may hold: nothing of ours is written through one."""

import os

from gitseal.errors import Error, shell_quoted
from gitseal.git.repository import top_of, upward

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


def refuse_links(target: "Path | str") -> None:
    """Raises Error if the target, or a folder on the way to it, is a symbolic link within a working tree.

    Whoever commits can make such a link, and lead what is written to any place of the machine, so it is refused wherever it
    leads. Links above the top of a working tree are the machine's owner's.
    """
    # Not `abspath`, which takes `link/..` for nothing.
    for place in upward(os.path.join(os.getcwd(), target)):
        if os.path.islink(place) and top_of(os.path.dirname(place)) is not None:
            raise Error(
                f'"{place}" is a symbolic link, which gitseal does not write through',
                f"see where it leads, and remove it: ls -l {shell_quoted(place)}",
            )
