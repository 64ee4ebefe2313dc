"""Rotations that were cut off: nobody else remembers them, so each command says how they end."""

from gitseal.cli.talk import say
from gitseal.errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.git.repository import Repository
    from gitseal.project.project import Project


def tell(project: "Project", repository: "Repository") -> None:
    """Says which rotations were cut off, with the commands that end them."""
    from gitseal.project.rotations import folders

    try:
        if not folders(repository):
            return
        from gitseal.sealing.waiting import Waiting, all_waiting

        told = [one.told() if isinstance(one, Waiting) else one for one in all_waiting(project)]
    except Error:
        return  # whatever is wrong with the project, the command itself says
    for error in told:
        say(f"gitseal: {error.message}", f"  {error.hint}")
