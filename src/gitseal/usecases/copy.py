"""`copy`: values from one environment to another, sealed again under the other's keys."""

from collections.abc import Sequence

from gitseal.project.keys import Keys
from gitseal.project.names import own
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import Change, SetResult
from gitseal.sealing.writing import change


def copy_names(
    workspace: Workspace,
    source: str,
    target: str,
    names: Sequence[str],
    *,
    plain: bool = False,
) -> list[SetResult]:
    """Copies names, or whole sections, of `source` to `target`. What no member vouches for stays write-only.

    Raises Error, with nothing written, if a name is missing or does not open, or the target refuses it.
    """

    def action(edit: Change) -> list[SetResult]:
        file = workspace.project.read(source)
        keys = Keys(file.header, workspace.keyring)
        chosen = own(workspace.project, names, source, file.entries)
        return [edit.carry(file, keys, file.entries[path], path, plain=plain) for path in chosen]

    return change(workspace, (target,), action)[target]
