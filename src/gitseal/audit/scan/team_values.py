"""The values that the identities at hand open, for looking whether one of them stands somewhere in plain."""

import os
from collections.abc import Iterable, Iterator
from itertools import count

from gitseal.audit.scan.policy import SealedFile
from gitseal.document import document
from gitseal.document.document import Document
from gitseal.document.header import Header
from gitseal.errors import Error
from gitseal.git.versions import versions
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.scan.team import OwnedValue, Owner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.public_key import Scope
    from gitseal.document.token import Token
    from gitseal.yamltext.tree import NamePath


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
    """The names that are plain in a file; none if it cannot be read."""
    parsed = _document(file)
    entries = parsed.entries.values() if parsed is not None else ()
    return {Owner(file.environment, entry.name) for entry in entries if entry.token is None}


def past_values(files: Iterable[SealedFile], keyring: Keyring, current: Iterable[OwnedValue]) -> list[OwnedValue]:
    """Values that stood sealed in any version of the files and are not among the `current` ones.

    Their owners number them, the newest first. Raises Error if Git cannot show history.
    """
    past: dict[Owner, bytes] = {}
    seen = {value for _, value in current}
    opener = _Opener(keyring)
    # One file may be known in several states, and has one history.
    by_place = {(file.project.file(file.environment)): file for file in files if _document(file) is not None}
    for file in by_place.values():
        project = file.project
        repository = project.git()
        path = os.path.relpath(project.path(file.environment), repository.top)
        for version in versions(repository, path):
            for name, value in _of_version(file, version, opener):
                if value not in seen:
                    seen.add(value)
                    past[_earlier(past, file.environment, name)] = value
    return list(past.items())


def _earlier(past: dict[Owner, bytes], environment: str, name: str) -> Owner:
    """The owner of an earlier value, with a number that no other value of the name has."""
    owners = (Owner(environment, name, number) for number in count(1))
    return next(owner for owner in owners if owner not in past)


def _of_version(file: SealedFile, version: bytes, opener: "_Opener") -> Iterator[tuple[str, bytes]]:
    try:
        parsed = file.project.parse(file.environment, version)
    except Error:
        return  # a conflict, or a state made by hand
    yield from opener.opened(parsed)


class _Opener:
    """Opens the values of many versions of files, which share most of their tokens: each of these once."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._keys: dict[object, Keys] = {}
        self._tried: set[tuple[Scope, NamePath, Token]] = set()

    def opened(self, parsed: Document) -> Iterator[tuple[str, bytes]]:
        """Name and content of the values that open, and that no version before had under the same key."""
        header = parsed.header
        keys = self._of_header(header)
        for path, entry in parsed.entries.items():
            token = entry.token
            access = header.access.get(token.group) if token is not None else None
            # A version that lost the key is no reason to pass the token over in one that has it.
            if token is None or access is None or access.key_id != token.key_id:
                continue
            tried = (header.scope(token.group), path, token)
            try:
                if tried not in self._tried and token.group in keys:
                    self._tried.add(tried)
                    yield entry.name, document.open_entry(parsed, entry, keys).reveal()
            except Error:
                continue

    def _of_header(self, header: Header) -> Keys:
        """Its data keys: most versions have the same stanzas, and to unwrap one takes as long as to open fifty values."""
        stanzas = ((group, access.key_id, *access.by_recipient()) for group, access in header.access.items())
        same = (header.id, header.environment, *stanzas)
        if same not in self._keys:
            self._keys[same] = Keys(header, self._keyring)
        return self._keys[same]


def _opened(parsed: Document, keyring: Keyring) -> Iterator[tuple[str, bytes]]:
    return _Opener(keyring).opened(parsed)
