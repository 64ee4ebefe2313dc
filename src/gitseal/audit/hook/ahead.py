"""The questions that the hooks of a commit ask Git in any case, asked first of all."""

from gitseal.audit.scan.index_files import PATTERNS
from gitseal.git import ahead
from gitseal.git.ahead import Ahead

BRANCH = ("symbolic-ref", "--quiet", "HEAD")


def begin(folder: str, *, of_message: bool = False) -> Ahead:
    """The questions, asked of the repository whose top is `folder`; `of_message`: those of commit-msg.

    Raises Error if there is no `git`.
    """
    asked = Ahead(folder)
    asked.ask(BRANCH if of_message else ahead.staged())
    asked.ask(ahead.of_index(*PATTERNS))
    if not of_message:  # which reads objects only if there is an identity
        asked.open_objects()
    return asked
