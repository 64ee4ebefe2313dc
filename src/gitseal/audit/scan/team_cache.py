"""The team filter kept in the Git directory, so that a commit of code alone opens no value.

The file is sealed under a key that follows from the private keys at hand. It is never stale: a filter's files are named by
their blob ids, and a file that could not be read is not in it. Whatever is wrong with it counts as no filter at all, and then
the values are opened as without it.
"""

import os
from itertools import chain

from gitseal.errors import Error
from gitseal.files.reading import read_regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.git.repository import Repository
    from gitseal.identities import Keyring
    from gitseal.scan.team_filter import TeamFilter

_FOLDER, _FILE = "gitseal", "team-filter"
_PURPOSE = "team filter"


class TeamCache:
    """The stored filter of one clone and one set of identities."""

    def __init__(self, repository: "Repository", keyring: "Keyring") -> None:
        self._keyring = keyring
        self._keys = keyring.cache_keys(_PURPOSE)
        self._first = next(self._keys, None)
        self._path = _path(repository) if self._first is not None else None

    @property
    def is_usable(self) -> bool:
        """False if there is no private key, or no place for the file."""
        return self._path is not None

    def load(self) -> "TeamFilter | None":
        """The filter, or None if there is none that these identities open."""
        if self._path is None or self._first is None:
            return None
        try:
            # Whatever stands there, a pipe say, must not stop a commit.
            sealed = read_regular(self._path)
        except (OSError, Error):
            return None
        from gitseal.crypto import private_cache
        from gitseal.scan import team_filter

        # The next key reads the keychain, so it is made only if the first does not open the filter.
        for key in chain((self._first,), self._keys):
            content = private_cache.unseal(key, team_filter.CONTEXT, sealed)
            if content is not None:
                return team_filter.parse(content)
        return None

    def save(self, known: "TeamFilter") -> None:
        """Keeps a filter. If it cannot be written, the next commit only takes longer."""
        key = self._keyring.cache_key(_PURPOSE)
        if self._path is None or key is None:
            return
        from pathlib import Path  # when something is written, 3 ms do not count

        from gitseal.crypto import private_cache
        from gitseal.files import atomic
        from gitseal.scan import team_filter

        path = Path(self._path)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            atomic.write(path, private_cache.seal(key, team_filter.CONTEXT, known.serialise()), private=True)
        except (OSError, Error):
            return


def _path(repository: "Repository") -> str | None:
    """The path of the filter; None in a repository whose Git directory is not beside its files."""
    try:
        folder = repository.common_folder()
    except (OSError, Error):
        return None
    return os.path.join(folder, _FOLDER, _FILE) if os.path.isdir(folder) else None
