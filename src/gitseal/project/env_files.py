"""The env files that lie in a working tree, tracked or not: what a new project takes over."""

import os
from collections.abc import Sequence

from gitseal.git import index
from gitseal.git.repository import Repository
from gitseal.records import NamedTuple
from gitseal.scan import names
from gitseal.scan.env_files import words_of_name
from gitseal.scan.rules import Rules

_SHORTEST = 3
# The private keys of dotenvx, and the ciphertext of dotenv-vault.
_NO_SETTINGS = frozenset({b".env.keys", b".env.vault"})
_NO_ENVIRONMENT = frozenset({"vault", "keys", "me", "bak", "backup", "old", "orig", "copy"})


class EnvFile(NamedTuple):
    """One env file, by its path from the folder that was looked at."""

    path: str
    is_tracked: bool


def env_files(repository: Repository, folder: str) -> list[EnvFile]:
    """The regular env files at `folder` and below it, by the names that the hook knows, those nearest first.

    What lies in an ignored folder, such as installed packages, is nobody's settings.
    """
    below = os.path.relpath(folder, repository.folder)
    prefix = "" if below == os.curdir else f"{below}/"
    tracked = {entry.path for entry in index.entries_at(repository, below) if entry.is_file}
    listed = index.offered_below(repository.top, below) or []
    ignored = index.ignored_below(repository.top, below) or []
    found = []
    for relative in dict.fromkeys((*listed, *ignored)):
        path = os.fsencode(prefix) + relative
        if os.path.basename(path) in _NO_SETTINGS:
            continue
        if names.kind(path, Rules()) == names.ENV and _is_regular(os.path.join(repository.folder, os.fsdecode(path))):
            found.append(EnvFile(os.fsdecode(relative), path in tracked))
    return sorted(found, key=lambda file: (file.path.count("/"), file.path))


def guessed_environment(path: str, environments: Sequence[str]) -> str:
    """The environment that a file's name speaks of: `.env.production` of production, `.env.prod` too; else the first one."""
    for word in words_of_name(path):
        if word in environments:
            return word
        near = [name for name in environments if len(word) >= _SHORTEST and name.startswith(word)]
        if near or (word.isascii() and word.isalpha() and word not in _NO_ENVIRONMENT):
            return near[0] if near else word
    return environments[0]


def _is_regular(path: str) -> bool:
    return os.path.isfile(path) and not os.path.islink(path)
