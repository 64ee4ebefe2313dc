"""How stores wait while somebody looks on."""

import time

from gitseal.cli.output import stderr_is_terminal
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.delivery.publishing import outside as lower
from gitseal.project.project import Project
from gitseal.stores.protocol import Outside

_TOLD_SECONDS = 2.0


def outside(session: Session, project: Project) -> Outside:
    """The outside of a project."""
    return lower.outside(project, session.environ, _wait, session.told_by_servers)


def _wait(seconds: float) -> None:
    """Waits, and says so to a person if it takes a while."""
    if seconds >= _TOLD_SECONDS and stderr_is_terminal():
        say(f"waiting {seconds:.0f} seconds: the store asks for that")
    time.sleep(seconds)
