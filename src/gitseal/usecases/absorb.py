"""`absorb` and `unseal`: the two commands that change how a value is kept and not what it is."""

from collections.abc import Sequence

from gitseal.crypto.datakey import WRITE_ONLY
from gitseal.document import document
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.project.change import Change
from gitseal.project.names import own
from gitseal.project.project import Project
from gitseal.project.writing import change


def absorb(
    project: Project, keyring: Keyring, accept: frozenset[str], environment: str, names: Sequence[str]
) -> list[str]:
    """Takes write-only values over: a member seals what they hold as their own. No names: all that are write-only.

    Gives the names that changed. Raises Error for a name that is not there or does not open, NotForYou for a caller who is
    no member of its access group.
    """

    def action(each: Change) -> list[str]:
        entries = each.document.entries
        chosen = own(project, names, environment, entries) if names else list(entries)
        taken = []
        for entry in (entries[path] for path in chosen):
            if entry.token is None or entry.token.kind != WRITE_ONLY:
                continue
            each.take_over(entry, document.open_entry(each.document, entry, each.keys))
            taken.append(entry.name)
        return taken

    return change(project, keyring, accept, (environment,), action)[environment]


def unseal(project: Project, keyring: Keyring, environment: str, names: Sequence[str]) -> list[str]:
    """Writes sealed values plain where a rule says so; gives the names that changed.

    Raises Error where no rule does or the environment is protected. The caller has asked a person first.
    """

    def action(each: Change) -> list[str]:
        changed = []
        for path in own(project, names, environment, each.document.entries):
            entry = each.document.entries[path]
            if entry.token is None:
                raise Error(
                    f'"{entry.name}" stands plain already', f"see it with: gitseal get {entry.name} -e {environment}"
                )
            each.unseal(entry)
            changed.append(entry.name)
        return changed

    return change(project, keyring, frozenset(), (environment,), action)[environment]
