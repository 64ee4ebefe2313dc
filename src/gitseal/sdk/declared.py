"""`secret`: a value that a program declares at its beginning and looks up when it first uses it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from gitseal.document.value import TypedValue as Stored
from gitseal.document.value import ValueType
from gitseal.errors import Error, shell_quoted
from gitseal.sdk import outside
from gitseal.sdk.conversion import convert, supported
from gitseal.sdk.hidden import Hidden, cleanly
from gitseal.sdk.loading import Missing, Secrets, load

T = TypeVar("T")
D = TypeVar("D")

_REQUIRED = object()
_NOTHING = Stored(ValueType.NULL, b"")
# By working directory and environment. The files are read once for all secrets of a process: so the values belong to one
# state, and a hardware key has to be touched only once.
_shared: dict[tuple[Path, str], Secrets] = {}


class Secret(Hidden, Generic[T]):
    """A value that the first `reveal()` looks up, and keeps. It shows its `name` and nothing else."""

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
        """The plain value. Raises Error if it cannot be had or is of another type; then the next call looks again."""
        return cleanly(self._reveal)

    def __call__(self) -> T:
        """The same as `reveal()`, for code that wants a function."""
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
            stored = look_up(self.name, self._environment)
        except Missing:
            if self._default is None:
                raise
            return _NOTHING
        if stored.kind is not ValueType.NULL:
            return stored
        if self._default is None:
            raise Missing(f'"{self.name}" is null', f"give it a value: gitseal set {shell_quoted(self.name)}")
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
    """Declare a value by its name. `type` is str, bytes, int, float, bool, dict, list, or `object` for the stored type.

    Nothing is looked up yet. Without `environment`, the environment variable of that name wins if it is set, as it is under
    `gitseal run`; else the value comes from the environment that GITSEAL_ENV names, or from the only one there is. With
    `environment` the variable is not looked at. `default` stands in for a name that is missing or null, never for a value
    that does not open.
    """
    # A default may be a secret too, if only that of a development machine: a function does not show what it gives.
    return Secret(name, environment, type, None if default is _REQUIRED else lambda: default)


def look_up(name: str, environment: str | None) -> Stored:
    """A value as it is stored. The environment is read once for the whole process.

    Raises Missing if there is no such value, or no `.secrets` at all while no environment is asked for.
    """
    key = (outside.folder(None), outside.named(environment))
    if key not in _shared:
        if outside.is_nothing_there(key[0], environment):
            raise Missing(
                f'"{name}" is no environment variable, and there is no .secrets folder in "{key[0]}" or above it',
                f"start the program by gitseal run, or set {name} in its environment",
            )
        _shared[key] = load(environment)
    try:
        return _shared[key].open(tuple(name.split("/")))
    except Missing:
        raise
    except Error:
        # Forget what was read: the cause may be gone at the next call, such as an identity that was not mounted yet.
        del _shared[key]
        raise
