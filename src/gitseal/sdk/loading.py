"""`load`: an environment as a read-only mapping. Its values are opened one by one, when somebody asks for them."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from gitseal.document.value import TypedValue as Stored
from gitseal.document.value import ValueType
from gitseal.errors import Error, NotForYou
from gitseal.identities import Keyring
from gitseal.project.finding import find
from gitseal.project.names import missing
from gitseal.project.project import Project
from gitseal.project.reading import OpenedEnvironment
from gitseal.sdk import outside
from gitseal.sdk.conversion import convert, supported
from gitseal.sdk.hidden import Hidden, cleanly
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

if TYPE_CHECKING:  # loaded only for a service and for references
    from gitseal.resolve.references import Resolved, Resolver
    from gitseal.resolve.services import View

T = TypeVar("T")


class Missing(Error, KeyError):
    """The environment has no value of that name. It is a KeyError as well, as mappings raise it."""

    def __str__(self) -> str:
        return self.message  # KeyError would show the repr of the message, in quotes


class Value(Hidden):
    """One value of an environment. `reveal` opens it, and nothing keeps it. It shows its `name` and nothing else."""

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
        """The plain value as str, bytes, int, float, bool, dict or list; with `object`, as the type it is stored as.

        Raises Error if it does not open or is of another type. From here on it is up to the caller to keep the value secret.
        """
        supported(wanted)
        return cleanly(lambda: convert(self.name, self._secrets.open(self._path), wanted))

    def __repr__(self) -> str:
        return f"Value({self.name}, …)"


class Secrets(Hidden, Mapping[str, Value]):
    """The names of an environment (`api/TOKEN` in a section) and their values; or what one service gets of them.

    It includes what the environment extends and this machine's overrides, as for `gitseal run`. Names need no identity. A
    value that does not open raises when it is revealed, so a program may use those it can open. The files were read once,
    by `load`.
    """

    __slots__ = ("_keyring", "_layered", "_project", "_view", "environment", "service")

    def __init__(self, project: Project, environment: str, keyring: Keyring, service: str = "") -> None:
        self.environment = environment
        self.service = service
        self._project = project
        self._keyring = keyring
        self._layered = OpenedEnvironment(project, environment, keyring)
        self._view: View | None = None
        if service:
            from gitseal.resolve import services

            self._view = services.view(project.manifest, service, self._layered.entries)

    def check(self) -> None:
        """Check the values by the manifest. Raises Error that tells everything that is wrong, by name.

        That is: required names without a value, values of a wrong type or that do not match their pattern, references to
        nothing. Raises Error for the first value that does not open, too.
        """
        cleanly(lambda: self._telling(self._check))

    def __getitem__(self, name: str) -> Value:
        """The value of a name, not opened yet. Raises Missing, which is an Error and a KeyError."""
        path = tuple(name.split("/"))
        if path not in self._paths:
            cleanly(lambda: self._open(path))
        return Value(self, path)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and tuple(name.split("/")) in self._paths

    def __iter__(self) -> Iterator[str]:
        return map(path_text, self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    # Comparing two mappings would open both; an environment is equal to itself.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        of = f" of service {self.service}" if self.service else ""
        return f"Secrets({self._project.relative(self._project.path(self.environment))}, {len(self)} names{of})"

    def open(self, path: NamePath) -> Stored:
        """Open the value at a path and resolve its references. Raises Error if it cannot be had."""
        return cleanly(lambda: self._telling(lambda: self._open(path)))

    @property
    def _paths(self) -> Collection[NamePath]:
        return self._layered.entries if self._view is None else self._view

    def _missing(self, path: NamePath) -> Missing:
        told = missing(path, f"service {self.service}" if self.service else self.environment, self._paths)
        return Missing(told.message, told.hint)

    def _telling(self, action: Callable[[], T]) -> T:
        """Do an action. If no identity opens what it needs, the error tells every place that was tried."""
        try:
            return action()
        except NotForYou as error:
            tried = "; ".join(f"{place}: {outcome}" for place, outcome in self._keyring.report())
            raise NotForYou(error.message, f"tried {tried}") from None

    def _open(self, path: NamePath) -> Stored:
        if path not in self._paths:
            raise self._missing(path)
        source = self._view[path] if self._view is not None else None
        if source is not None and source.template is not None:
            return self._from_template(path, source.template)
        stored = path if source is None else source.path
        value = self._layered.open(stored)
        _, entry = self._layered.entries[stored]
        # Only plain texts may refer to others; see `resolve.references`.
        if entry.token is None and value.kind is ValueType.TEXT and b"${" in value.reveal():
            return self._resolved(path, lambda resolver: resolver.name(stored))
        return value

    def _from_template(self, path: NamePath, template: Stored) -> Stored:
        """The value of a variable from the service's `env` in the manifest."""
        if template.kind is not ValueType.TEXT:
            return template
        label = f"{path_text(path)} in env of {self.service}"
        return self._resolved(path, lambda resolver: resolver.text(template.reveal().decode(), label))

    def _resolved(self, path: NamePath, find: "Callable[[Resolver], Resolved | None]") -> Stored:
        from gitseal.resolve.references import Resolver

        resolver = Resolver(self._layered.look_up, outside.variables())
        resolved = find(resolver)
        resolver.check()
        if resolved is None:
            raise self._missing(path)
        return resolved.value

    def _check(self) -> None:
        from gitseal.delivery.outgoing import outgoing
        from gitseal.delivery.request import Request

        request = Request(service=self.service, variables=outside.variables())
        outgoing(self._layered, request, with_sections=True)


def load(
    environment: str | None = None,
    *,
    service: str = "",
    local: bool = True,
    rev: str | None = None,
    path: str | os.PathLike[str] | None = None,
    identity: str | os.PathLike[str] | None = None,
    ask: outside.Ask | None = None,
) -> Secrets:
    """Load an environment, by its name or alias; without one, that of GITSEAL_ENV or the only one there is.

    It opens no value yet. The arguments:

    * `service`: only what that service of the manifest gets, under the names by which it gets it.
    * `local=False`: without this machine's overrides.
    * `rev`: policy, manifest and files of any revision of the repository, instead of the working tree's.
    * `path`: the folder from which to look for `.secrets`, upward; without it, the working directory.
    * `identity`: the path of the only identity to use; without it, those that a command would find.
    * `ask`: called with the words to show if a passphrase is needed, as `getpass.getpass` is; without it, identities behind a
      passphrase are of no use.

    Raises Error for files that are damaged or do not fit together, and for a service that the manifest does not declare.
    """
    start = outside.folder(path)

    def loaded() -> Secrets:
        project = _project(start, rev)
        project = project if local else project.shared()
        chosen = outside.environment(project, environment)
        return Secrets(project, chosen, outside.keyring(project, identity, ask), service)

    return cleanly(loaded)


def _project(start: Path, rev: str | None) -> Project:
    if rev is None:
        project = find(start)
        project.tell = _warn
        return project
    from gitseal.project import states

    return states.find_at(start, rev)


def _warn(words: str) -> None:
    import warnings  # a policy of a newer gitseal is rare

    warnings.warn(f"gitseal: {words}", stacklevel=2)
