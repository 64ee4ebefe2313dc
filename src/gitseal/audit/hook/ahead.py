"""The questions that the hooks of a commit ask Git in any case, asked first of all."""

from gitseal.audit.scan.index_files import PATTERNS
from gitseal.git import ahead
from gitseal.git.ahead import Ahead


def begin(folder: str) -> Ahead:
    """The questions, asked of the repository whose top is `folder`. Raises Error if there is no `git`."""
    asked = Ahead(folder)
    asked.ask(ahead.staged())
    asked.ask(ahead.of_index(*PATTERNS))
    asked.open_objects()
    return asked
