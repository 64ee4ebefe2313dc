"""Two lines for whoever works in a clone that was never made ready: from `set` always, from readers at a terminal once a day."""

import time

from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error
from gitseal.project.armed import is_due, is_surely_armed


def tell(session: Session, *, always: bool) -> None:
    """Says that the clone is not armed, if it is not, and if it is time to."""
    try:
        repository = session.project.repository
        if repository is None or is_surely_armed(repository) or not (always or is_due(repository, time.time())):
            return
    except Error:
        return  # what is wrong with the repository is another command's to say
    from gitseal.arming.notice import is_unarmed

    if is_unarmed(repository):
        missing = "no hook keeps plaintext out of commits, and git merge does not know sealed files"
        say(f"gitseal: this clone is not armed: {missing}", "  gitseal init")
