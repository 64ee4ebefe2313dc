"""`absorb`: write-only values taken over by a member of their access group."""

from collections.abc import Sequence

from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import document
from gitseal.project.names import own
from gitseal.project.seen import check_single
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import Change
from gitseal.sealing.writing import change


def absorb(workspace: Workspace, environment: str, names: Sequence[str]) -> list[str]:
    """Takes write-only values over: a member seals what they hold as their own. No names: all that are write-only.

    Gives the names that changed. Raises Error for a name that is not there or does not open, NotForYou for a caller who is
    no member of its access group, NotAsSeen for a section that somebody saw as one name.
    """

    def action(edit: Change) -> list[str]:
        check_single(workspace.seen, edit.document, names)
        entries = edit.document.entries
        chosen = own(workspace.project, names, environment, entries) if names else list(entries)
        taken = []
        for entry in (entries[path] for path in chosen):
            if entry.token is None or entry.token.kind != WRITE_ONLY:
                continue
            edit.take_over(entry, document.open_entry(edit.document, entry, edit.keys))
            taken.append(entry.name)
        return taken

    return change(workspace, (environment,), action)[environment]
