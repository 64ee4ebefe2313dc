"""`load`: an environment as a read-only mapping, whose values open one by one when they are asked for."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, overload

from gitseal.document.value import Kind
from gitseal.document.value import Value as Stored
from gitseal.errors import Error, NotForYou
from gitseal.identities import Keyring
from gitseal.project import project as projects
from gitseal.project.project import Project
from gitseal.project.reading import Layered
from gitseal.sdk import outside
from gitseal.sdk.conversion import convert, supported
from gitseal.sdk.hidden import Hidden, cleanly
from gitseal.usecases.names import missing
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

T = TypeVar("T")


class Missing(Error, KeyError):
    """The environment has no value of that name. A KeyError too, as mappings raise it."""

    def __str__(self) -> str:
        return self.message  # a KeyError would quote it


class Value(Hidden):
    """One value of an environment, opened by `reveal` and kept by nobody. It shows its `name` and nothing else."""

    __slots__ = ("_path", "_secrets", "name")

    def __init__(self, secrets: "Secrets", path: NamePath) -> None:
        self._secrets = secrets
        self._path = path
        self.name = path_text(path)

    @overload
    def reveal(self, wanted: type[str] = ..., /) -> str: ...
    @overload
    def reveal(self, wanted: type[T], /) -> T: ...
    def reveal(self, wanted: type[Any] = str, /) -> Any:
        """The plain value as str, bytes, int, float, bool, dict or list, or with `object` as the type it is stored as.

        Raises Error where it does not open or is not of that type. The caller owes it the care that ends here.
        """
        supported(wanted)
        return cleanly(lambda: convert(self.name, self._secrets.open(self._path), wanted))

    def __repr__(self) -> str:
        return f"Value({self.name}, …)"


class Secrets(Hidden, Mapping[str, Value]):
    """An environment's names, `api/TOKEN` for those in sections, with their values.

    What it extends and this machine's overrides are in it, as for `gitseal run`. Names need no identity; an item that does
    not open raises when it is revealed, so that one who may open a few has these. The files were read once, by `load`.
    """

    __slots__ = ("_keyring", "_layered", "_project", "environment")

    def __init__(self, project: Project, environment: str, keyring: Keyring) -> None:
        self.environment = environment
        self._project = project
        self._keyring = keyring
        self._layered = Layered(project, environment, keyring)

    def __getitem__(self, name: str) -> Value:
        """The value of a name, still closed. Raises Missing, which is an Error and a KeyError."""
        path = tuple(name.split("/"))
        if path not in self._layered.entries:
            cleanly(lambda: self._open(path))
        return Value(self, path)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and tuple(name.split("/")) in self._layered.entries

    def __iter__(self) -> Iterator[str]:
        return map(path_text, self._layered.entries)

    def __len__(self) -> int:
        return len(self._layered.entries)

    # Comparing two mappings would open both; an environment is equal to itself.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"Secrets({self._project.relative(self._project.path(self.environment))}, {len(self)} names)"

    def open(self, path: NamePath) -> Stored:
        """The value at a path, hidden; references in a plain one are resolved. Raises Error where it is not to be had."""
        return cleanly(lambda: self._open(path))

    def _missing(self, path: NamePath) -> Missing:
        told = missing(path, self.environment, self._layered.entries)
        return Missing(told.message, told.hint)

    def _open(self, path: NamePath) -> Stored:
        if path not in self._layered.entries:
            raise self._missing(path)
        try:
            value = self._layered.open(path)
            _, entry = self._layered.entries[path]
            if entry.token is None and value.kind is Kind.TEXT and b"${" in value.reveal():
                return self._resolved(path)
        except NotForYou as error:
            tried = "; ".join(f"{place}: {outcome}" for place, outcome in self._keyring.report())
            raise NotForYou(error.message, f"tried {tried}") from None
        return value

    def _resolved(self, path: NamePath) -> Stored:
        from gitseal.resolve.references import Resolver

        resolver = Resolver(self._layered.look_up)
        found = resolver.name(path)
        resolver.check()
        if found is None:
            raise self._missing(path)
        return found.value


def load(
    environment: str | None = None,
    *,
    rev: str | None = None,
    path: str | os.PathLike[str] | None = None,
    identity: str | os.PathLike[str] | None = None,
    ask: outside.Ask | None = None,
) -> Secrets:
    """The values of an environment, by its name or alias; without one, of GITSEAL_ENV or of the only one there is.

    `rev` takes policy and files from any revision of the repository instead of the working tree. `path` is where `.secrets`
    is looked for, upward; without it the working directory. `identity` is the path of the only identity to use; without it
    those are found that a command would find. `ask` is called for a passphrase with the words to show, as
    `getpass.getpass` is; without it an identity behind one is not at hand. Raises Error where files do not hold together;
    opens nothing yet.
    """
    start = outside.folder(path)
    return cleanly(lambda: _load(start, environment, rev, outside.keyring(identity, ask)))


def _load(start: Path, environment: str | None, rev: str | None, keyring: Keyring) -> Secrets:
    if rev is None:
        project = projects.find(start)
    else:
        from gitseal.project import states

        project = states.find_at(start, rev)
    return Secrets(project, outside.environment(project, environment), keyring)
