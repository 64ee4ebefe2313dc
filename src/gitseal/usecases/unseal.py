"""`unseal`: sealed values written plain, if a rule says so."""

from collections.abc import Sequence

from gitseal.errors import Error
from gitseal.project.names import own
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import Change
from gitseal.sealing.writing import change


def unseal(workspace: Workspace, environment: str, names: Sequence[str]) -> list[str]:
    """Writes sealed values plain if a rule says so; gives the names that changed.

    Raises Error if no rule does or the environment is protected. The caller has asked a person first.
    """

    def action(edit: Change) -> list[str]:
        changed = []
        for path in own(workspace.project, names, environment, edit.document.entries):
            entry = edit.document.entries[path]
            if entry.token is None:
                raise Error(
                    f'"{entry.name}" is plain already', f"see it with: gitseal get {entry.name} -e {environment}"
                )
            edit.unseal(entry)
            changed.append(entry.name)
        return changed

    return change(workspace, (environment,), action)[environment]
