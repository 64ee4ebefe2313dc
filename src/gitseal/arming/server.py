"""The place of a server's hook: a forge has a folder of its own for other people's hooks, and rewrites the rest as it likes.

Gitea and Forgejo write a `hooks/pre-receive` that runs `hooks/pre-receive.d/*` one after the other; their branch protection is
one of these (modules/repository/hooks.go). GitLab runs `custom_hooks/pre-receive.d/*` of a repository, and never its `hooks`.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.git import hooks
from gitseal.git.hooks import SERVER, HooksFolder
from gitseal.git.repository import Repository

_OWN = "gitseal"
_PARTS = f"{SERVER}.d"
_READ = 1 << 16
# What a forge's dispatcher has, word for word or with the hook's name in a variable.
_DISPATCHES = (f"{SERVER}.d/".encode(), b"hookname}.d/", b"hook_name}.d/")
_RECORD = "server-hook"


class ServerPlace(NamedTuple):
    """The file that gitseal's hook is or would be. `forge`: whose folder it is in, empty for Git's own.

    `trouble` says in words why nothing would run it, empty if something does.
    """

    path: Path
    forge: str = ""
    trouble: str = ""


def place(repository: Repository, folder: HooksFolder) -> ServerPlace:
    """The place that the hook of this bare repository belongs to."""
    custom = repository.top / "custom_hooks"
    if custom.is_dir() or repository.config("gitlab.fullpath"):
        return ServerPlace(custom / _PARTS / _OWN, "GitLab")
    parts = folder.path / _PARTS
    own = parts / _OWN
    if not parts.is_dir():
        return ServerPlace(folder.path / SERVER)
    if has_dispatcher(folder.path / SERVER):
        runs = os.access(folder.path / SERVER, os.X_OK)
        return ServerPlace(own, "Gitea or Forgejo", "" if runs else f'"{folder.path / SERVER}" is not executable')
    if recorded(repository) == own or own.exists():
        # It was a forge's when the hook came; whatever stands there now does not run the folder.
        return ServerPlace(own, "Gitea or Forgejo", f'nothing in "{folder.path / SERVER}" runs {_PARTS}')
    return ServerPlace(folder.path / SERVER)


def has_dispatcher(path: Path) -> bool:
    """True for a forge's hook that runs those in a folder."""
    with suppress(OSError), path.open("rb") as file:
        data = file.read(_READ)
        return any(words in data for words in _DISPATCHES)
    return False


def recorded(repository: Repository) -> Path | None:
    """The place that gitseal's hook was put last, None if that is not known. A forge may have taken it away since."""
    with suppress(OSError):
        name = (hooks.own_folder(repository) / _RECORD).read_text(encoding="utf-8", errors="surrogateescape")
        return repository.top / name.rstrip("\n")
    return None


def record(repository: Repository, path: Path | None) -> None:
    """Remembers where the hook was put; None forgets it."""
    own = hooks.own_folder(repository)
    if path is None:
        (own / _RECORD).unlink(missing_ok=True)
        with suppress(OSError):
            own.rmdir()
        return
    name = path.relative_to(repository.top) if path.is_relative_to(repository.top) else path
    own.mkdir(mode=0o700, exist_ok=True)
    try:
        atomic.write(own / _RECORD, os.fsencode(f"{name}\n"))
    except OSError as error:
        raise Error(f'"{own}" cannot be written', "look at its owner and mode") from error
