"""`secret`: one value that a program needs, declared where the program begins and looked up where it is first used."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from gitseal.document.value import TypedValue as Stored
from gitseal.document.value import ValueType
from gitseal.errors import Error
from gitseal.sdk import outside
from gitseal.sdk.conversion import convert, supported
from gitseal.sdk.hidden import Hidden, cleanly
from gitseal.sdk.loading import Missing, Secrets, load

T = TypeVar("T")
D = TypeVar("D")

_REQUIRED = object()
_NOTHING = Stored(ValueType.NULL, b"")
# One reading of the files for all secrets of a process, by working directory and environment: their values belong
# together, and an identity on a hardware key is touched once.
_shared: dict[tuple[Path, str], Secrets] = {}


class Secret(Hidden, Generic[T]):
    """A value that the first `reveal()` looks up and that is kept from then on. It shows its `name` and nothing else."""

    __slots__ = ("_default", "_environment", "_found", "_wanted", "name")

    def __init__(
        self, name: str, environment: str | None, wanted: type[Any], default: Callable[[], Any] | None
    ) -> None:
        supported(wanted)
        self.name = name
        self._environment = environment
        self._wanted = wanted
        self._default = default
        self._found: Stored | None = None

    def reveal(self) -> T:
        """The plain value. Raises Error where it is not to be had or not of its type; the next call then looks anew."""
        return cleanly(self._reveal)

    def __call__(self) -> T:
        """The same as `reveal()`, where a function is wanted."""
        return self.reveal()

    def __repr__(self) -> str:
        return f"Secret({self.name}, …)"

    def _reveal(self) -> T:
        if self._found is None:
            self._found = self._find()
        value: T
        if self._found is _NOTHING and self._default is not None:
            value = self._default()
        else:
            value = convert(self.name, self._found, self._wanted)
        return value

    def _find(self) -> Stored:
        given = outside.variable(self.name) if self._environment is None else None
        if given is not None:
            return given
        try:
            found = look_up(self.name, self._environment)
        except Missing:
            if self._default is None:
                raise
            return _NOTHING
        if found.kind is not ValueType.NULL:
            return found
        if self._default is None:
            raise Missing(f'"{self.name}" is null', f"give it a value: gitseal set {self.name}")
        return _NOTHING


@overload
def secret(name: str, *, environment: str | None = None) -> Secret[str]: ...
@overload
def secret(name: str, *, environment: str | None = None, default: D) -> Secret[str | D]: ...
@overload
def secret(name: str, *, environment: str | None = None, type: type[T]) -> Secret[T]: ...
@overload
def secret(name: str, *, environment: str | None = None, type: type[T], default: D) -> Secret[T | D]: ...
def secret(
    name: str,
    *,
    environment: str | None = None,
    type: type[Any] = str,  # noqa: A002 - what argparse calls it too
    default: Any = _REQUIRED,
) -> Secret[Any]:
    """A value by its name, of the type str, bytes, int, float, bool, dict, list, or `object` for the one it is stored as.

    Nothing is looked up yet. The environment variable of that name wins where it is set, as it is under `gitseal run`; with
    `environment` given it is not looked at. Otherwise the value is that of GITSEAL_ENV or of the only environment there is.
    `default` stands in for a name that is not there or null, never for one that does not open.
    """
    # A default may be a secret too, if only that of a development machine: a function does not show what it gives.
    return Secret(name, environment, type, None if default is _REQUIRED else lambda: default)


def look_up(name: str, environment: str | None) -> Stored:
    """A value as it is stored, in an environment that is read once for all.

    Raises Missing where it is not there: also where no environment is asked for and there is no `.secrets` at all.
    """
    key = (outside.folder(None), outside.named(environment))
    if key not in _shared:
        if outside.is_nothing_there(key[0], environment):
            raise Missing(
                f'"{name}" is no environment variable, and there is no .secrets folder in "{key[0]}" or above it',
                f"start the program with: gitseal run -- COMMAND; or set {name}",
            )
        _shared[key] = load(environment)
    try:
        return _shared[key].open(tuple(name.split("/")))
    except Missing:
        raise
    except Error:
        # What was wrong may be mended, such as an identity that was not there yet.
        del _shared[key]
        raise
