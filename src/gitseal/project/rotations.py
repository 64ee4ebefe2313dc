"""The place of rotations that wait for somebody: one folder each in the Git directory. `sealing.waiting` knows what is in it."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.git.repository import Repository

PREFIX = "rotation-"


def home(repository: "Repository") -> str:
    """The folder of all of them. Raises Error if `.git` leads nowhere."""
    return os.path.join(repository.common_folder(), "gitseal")


def folders(repository: "Repository") -> list[str]:
    """The folders that are there. Every command that reads a project asks: it costs one look at a folder."""
    place = home(repository)
    try:
        names = os.listdir(place)
    except OSError:
        return []
    return [os.path.join(place, name) for name in sorted(names) if name.startswith(PREFIX)]
