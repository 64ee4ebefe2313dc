"""`due`: the names that need a new value."""

from collections.abc import Sequence

from gitseal.audit.due.due_names import Due, Today, due_names
from gitseal.project.workspace import Workspace


def due(workspace: Workspace, environments: Sequence[str], today: Today) -> Due:
    """See `due_names`."""
    return due_names(workspace.project, workspace.keyring, environments, today)
