"""A clone made ready by a command, and what it says of that."""

from gitseal.cli.talk import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.project.project import Project


def arm(project: "Project", *, hooks: bool, founding: bool = False) -> bool:
    """Makes the clone ready, and says what was set up and what is left to do. True if nothing is."""
    from gitseal.arming import arm_clone
    from gitseal.cli.hook import program, tell

    armed = arm_clone.arm(project, program(), with_hooks=hooks, founding=founding)
    for words in armed.done:
        say(f"set up {words}")
    for words, mend in armed.left:
        say(words, f"  run: {mend}")
    tell(armed.managers)
    return not armed.left
