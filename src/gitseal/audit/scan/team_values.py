"""The values that the identities at hand open, for looking whether one of them stands somewhere in plain."""

import os
from collections.abc import Iterable, Iterator
from itertools import count

from gitseal.document import document
from gitseal.document.document import Document
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.project.project import Project

Values = dict[tuple[str, str], bytes]

NO_LONGER = "no longer in force"


def team_values(projects: Iterable[Project], keyring: Keyring) -> Values:
    """Sealed values by environment and name, of all that opens; what does not open is passed over.

    A file that does not hold together is passed over too: saying so is the work of `check`.
    """
    return {
        (environment, name): value
        for project in projects
        for environment, found in _documents(project)
        for name, value in _opened(found, keyring)
    }


def past_values(projects: Iterable[Project], keyring: Keyring, current: Values) -> Values:
    """Values that stood sealed in any version of the files and are none of the `current` ones.

    The environment's word in their keys says that they are earlier ones. Raises Error where Git cannot show history.
    """
    found: Values = {}
    seen = set(current.values())
    for project in projects:
        repository = project.git()
        for environment, _ in _documents(project):
            path = os.path.relpath(project.path(environment), repository.top)
            for version in repository.versions(path):
                for name, value in _of_version(project, environment, version, keyring):
                    if value not in seen:
                        seen.add(value)
                        found[_free(found, environment, name), name] = value
    return found


def _free(found: Values, environment: str, name: str) -> str:
    """A word for an earlier value that no other value of the name has."""
    words = (f"{environment} (earlier value {number}, {NO_LONGER})" for number in count(1))
    return next(word for word in words if (word, name) not in found)


def _of_version(project: Project, environment: str, version: bytes, keyring: Keyring) -> Iterator[tuple[str, bytes]]:
    try:
        found = project.parse(environment, version)
    except Error:
        return  # a conflict, or a state made by hand
    yield from _opened(found, keyring)


def _opened(found: Document, keyring: Keyring) -> Iterator[tuple[str, bytes]]:
    keys = Keys(found.header, keyring)
    for entry in found.entries.values():
        if entry.token is not None:
            try:
                yield entry.name, document.open_entry(found, entry, keys).reveal()
            except Error:
                continue


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
