"""`rename`: a name gets another one, its value sealed again."""

from collections.abc import Sequence

from gitseal.document import document
from gitseal.errors import Error, UsageError, shell_quoted
from gitseal.project.names import missing, not_own, parse_name
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import Change
from gitseal.sealing.writing import change


def rename(workspace: Workspace, environments: Sequence[str], old: str, new: str) -> list[tuple[str, str]]:
    """Gives a name another one, sealing its value again: a ciphertext is bound to its name.

    Gives (environment, new name) of each. Raises Error if the old name is missing, the new one taken, or the value not
    to be opened.
    """
    source, target = parse_name(old), parse_name(new)
    if source == target:
        raise UsageError(f'"{old}" is already its name', "give a new name that differs")

    def action(edit: Change) -> tuple[str, str]:
        entry = edit.document.entries.get(source)
        if entry is None:
            raise not_own(edit.project, source, edit.environment, edit.document.entries)
        if target not in edit.document.entries and edit.document.has(target):
            raise missing(target, edit.environment, edit.document.entries)
        if target in edit.document.entries:
            raise Error(
                f'{edit.environment} has "{new}" already',
                f"take it out first: gitseal unset {shell_quoted(new)} -e {edit.environment}",
            )
        edit.believe(edit.document.header, entry)
        edit.reseal(entry, target, document.open_entry(edit.document, entry, edit.keys))
        if source[:-1] == target[:-1]:
            edit.renames[source] = target
        else:
            edit.remove(source)
        return edit.environment, new

    return list(change(workspace, environments, action).values())
