"""`load`: an environment as a read-only mapping, whose values open one by one when they are asked for."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from gitseal.document.value import TypedValue as Stored
from gitseal.document.value import ValueType
from gitseal.errors import Error, NotForYou
from gitseal.identities import Keyring
from gitseal.project import project as projects
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
    """An environment's names, `api/TOKEN` for those in sections, with their values; or what one service gets of them.

    What it extends and this machine's overrides are in it, as for `gitseal run`. Names need no identity; an item that does
    not open raises when it is revealed, so that one who may open a few has these. The files were read once, by `load`.
    """

    __slots__ = ("_keyring", "_layered", "_project", "_view", "environment", "service")

    def __init__(
        self, project: Project, environment: str, keyring: Keyring, service: str = "", *, local: bool = True
    ) -> None:
        self.environment = environment
        self.service = service
        self._project = project
        self._keyring = keyring
        self._layered = OpenedEnvironment(project, environment, keyring, local=local)
        self._view: View | None = None
        if service:
            from gitseal.resolve import services

            self._view = services.view(project.manifest, service, self._layered.entries)

    def check(self) -> None:
        """Passes where all is as the manifest asks. Raises Error with everything that is not, at once and by name.

        That is required names without a value, values that break their type or pattern, references that lead nowhere. Raises
        Error for the first value that does not open, too.
        """
        cleanly(lambda: self._telling(self._check))

    def __getitem__(self, name: str) -> Value:
        """The value of a name, still closed. Raises Missing, which is an Error and a KeyError."""
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
        """The value at a path, hidden; references are resolved. Raises Error where it is not to be had."""
        return cleanly(lambda: self._telling(lambda: self._open(path)))

    @property
    def _paths(self) -> Collection[NamePath]:
        return self._layered.entries if self._view is None else self._view

    def _missing(self, path: NamePath) -> Missing:
        told = missing(path, f"service {self.service}" if self.service else self.environment, self._paths)
        return Missing(told.message, told.hint)

    def _telling(self, action: Callable[[], T]) -> T:
        """Does an action; where no identity served, the error says which places were tried."""
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
        if entry.token is None and value.kind is ValueType.TEXT and b"${" in value.reveal():
            return self._resolved(path, lambda resolver: resolver.name(stored))
        return value

    def _from_template(self, path: NamePath, template: Stored) -> Stored:
        """A variable that the manifest gives the service by its `env`."""
        if template.kind is not ValueType.TEXT:
            return template
        label = f"{path_text(path)} in env of {self.service}"
        return self._resolved(path, lambda resolver: resolver.text(template.reveal().decode(), label))

    def _resolved(self, path: NamePath, find: "Callable[[Resolver], Resolved | None]") -> Stored:
        from gitseal.resolve.references import Resolver

        resolver = Resolver(self._layered.look_up, outside.variables())
        found = find(resolver)
        resolver.check()
        if found is None:
            raise self._missing(path)
        return found.value

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
    """The values of an environment, by its name or alias; without one, of GITSEAL_ENV or of the only one there is.

    `service` narrows them to what that service of the manifest gets, under the names by which it gets them. `local` False
    leaves this machine's overrides out. `rev` takes policy, manifest and files from any revision of the repository instead of
    the working tree. `path` is where `.secrets` is looked for, upward; without it the working directory. `identity` is the
    path of the only identity to use; without it those are found that a command would find. `ask` is called for a passphrase
    with the words to show, as `getpass.getpass` is; without it an identity behind one is not at hand. Raises Error where
    files do not hold together, and for a service that is not declared; opens nothing yet.
    """
    start = outside.folder(path)

    def loaded() -> Secrets:
        project = _project(start, rev)
        chosen = outside.environment(project, environment)
        return Secrets(project, chosen, outside.keyring(identity, ask), service, local=local)

    return cleanly(loaded)


def _project(start: Path, rev: str | None) -> Project:
    if rev is None:
        return projects.find(start)
    from gitseal.project import states

    return states.find_at(start, rev)
