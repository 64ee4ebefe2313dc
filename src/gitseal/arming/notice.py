"""Tells a clone that was never made ready: it has neither drivers nor hooks of gitseal."""

from gitseal.arming import drivers, status
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.project.armed import is_surely_armed


def is_unarmed(repository: Repository) -> bool:
    """True if nothing of gitseal is in force in this clone. Git is asked only if its files say no; False if Git does not say."""
    try:
        return (
            not is_surely_armed(repository)
            and not status.is_installed(repository)
            and bool(drivers.state(repository).missing)
        )
    except Error:
        return False
