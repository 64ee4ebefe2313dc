"""The values that the identities at hand open, for looking whether one of them stands somewhere in plain."""

import os
from collections.abc import Iterable, Iterator
from itertools import count

from gitseal.audit.scan.policy import SealedFile
from gitseal.document import document
from gitseal.document.document import Document
from gitseal.errors import Error
from gitseal.git.versions import versions
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.scan.team import OwnedValue, Owner


def opened_values(file: SealedFile, keyring: Keyring) -> list[OwnedValue] | None:
    """The sealed values of a file that open; None if it cannot be read, or does not hold together, as `check` says."""
    parsed = _document(file)
    if parsed is None:
        return None
    return [(Owner(file.environment, name), value) for name, value in _opened(parsed, keyring)]


def _document(file: SealedFile) -> Document | None:
    try:
        if file.content is not None:
            return file.project.parse(file.environment, file.content)
        return file.project.read(file.environment)
    except Error:
        return None


def plain_names(file: SealedFile) -> set[Owner]:
    """The names that stand plain in a file; none if it cannot be read."""
    parsed = _document(file)
    entries = parsed.entries.values() if parsed is not None else ()
    return {Owner(file.environment, entry.name) for entry in entries if entry.token is None}


def past_values(files: Iterable[SealedFile], keyring: Keyring, current: Iterable[OwnedValue]) -> list[OwnedValue]:
    """Values that stood sealed in any version of the files and are not among the `current` ones.

    Their owners number them, the newest first. Raises Error if Git cannot show history.
    """
    past: dict[Owner, bytes] = {}
    seen = {value for _, value in current}
    for file in files:
        if _document(file) is None:
            continue
        project = file.project
        repository = project.git()
        path = os.path.relpath(project.path(file.environment), repository.top)
        for version in versions(repository, path):
            for name, value in _of_version(file, version, keyring):
                if value not in seen:
                    seen.add(value)
                    past[_earlier(past, file.environment, name)] = value
    return list(past.items())


def _earlier(past: dict[Owner, bytes], environment: str, name: str) -> Owner:
    """The owner of an earlier value, with a number that no other value of the name has."""
    owners = (Owner(environment, name, number) for number in count(1))
    return next(owner for owner in owners if owner not in past)


def _of_version(file: SealedFile, version: bytes, keyring: Keyring) -> Iterator[tuple[str, bytes]]:
    try:
        parsed = file.project.parse(file.environment, version)
    except Error:
        return  # a conflict, or a state made by hand
    yield from _opened(parsed, keyring)


def _opened(parsed: Document, keyring: Keyring) -> Iterator[tuple[str, bytes]]:
    keys = Keys(parsed.header, keyring)
    for entry in parsed.entries.values():
        if entry.token is not None:
            try:
                yield entry.name, document.open_entry(parsed, entry, keys).reveal()
            except Error:
                continue
