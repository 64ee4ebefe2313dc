"""The values that the identities at hand open, for looking whether one of them stands somewhere in plain."""

from collections.abc import Iterable, Iterator

from gitseal.document import document
from gitseal.document.document import Document
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.project.project import Project

Values = dict[tuple[str, str], bytes]


def team_values(projects: Iterable[Project], keyring: Keyring) -> Values:
    """Sealed values by environment and name, of all that opens; what does not open is passed over.

    A file that does not hold together is passed over too: saying so is the work of `check`.
    """
    found: Values = {}
    for project in projects:
        for environment, opened in _documents(project):
            keys = Keys(opened.header, keyring)
            for entry in opened.entries.values():
                if entry.token is None:
                    continue
                try:
                    found[environment, entry.name] = document.open_entry(opened, entry, keys).reveal()
                except Error:
                    continue
    return found


def _documents(project: Project) -> Iterator[tuple[str, Document]]:
    try:
        environments = project.environments
    except Error:
        return
    for environment in environments:
        try:
            yield environment, project.read(environment)
        except Error:
            continue
