"""`access`: who can open what now, and who would after a rekey."""

from collections.abc import Sequence

from gitseal.audit.access.standings import GroupAccess, standings
from gitseal.project.project import Project


def access(
    project: Project, environments: Sequence[str], patterns: Sequence[str] = (), person: str = ""
) -> list[GroupAccess]:
    """See `standings`."""
    return standings(project, environments, patterns, person)
