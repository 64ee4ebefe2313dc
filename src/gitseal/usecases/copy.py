"""`copy`: values from one environment to another, sealed anew under the other's keys."""

from collections.abc import Sequence

from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import document
from gitseal.project.change import Change, SetResult
from gitseal.project.keys import Keys
from gitseal.project.names import own
from gitseal.project.workspace import Workspace
from gitseal.project.writing import change
from gitseal.yamltext.reader import path_text


def copy_names(
    workspace: Workspace,
    source: str,
    target: str,
    names: Sequence[str],
    *,
    plain: bool = False,
) -> list[SetResult]:
    """Copies names, or whole sections, of `source` to `target`. What was write-only stays so.

    Raises Error, with nothing written, if a name is missing or does not open, or the target refuses it.
    """

    def action(edit: Change) -> list[SetResult]:
        file = workspace.project.read(source)
        keys = Keys(file.header, workspace.keyring)
        done = []
        for path in own(workspace.project, names, source, file.entries):
            entry = file.entries[path]
            edit.believe(file.header, entry)
            value = document.open_entry(file, entry, keys)
            if entry.token is not None and entry.token.kind == WRITE_ONLY:
                outcome = edit.set_write_only(path, value)
            else:
                outcome = edit.put(path, value, plain=plain)
            done.append(SetResult(target, path_text(path), outcome, not value.reveal()))
        return done

    return change(workspace, (target,), action)[target]
