"""An environment over what it extends, and the overrides of one machine over all of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from gitseal.yamltext.tree import NamePath

T = TypeVar("T")

LOCAL = ".local"


class Layer(NamedTuple):
    """One file of values: an environment's own, or what overrides it on this machine."""

    environment: str
    is_local: bool

    @property
    def name(self) -> str:
        """The stem of the file."""
        return self.environment + LOCAL if self.is_local else self.environment


def order(chain: Sequence[str], protected: Collection[str], *, local: bool = True) -> tuple[Layer, ...]:
    """The layers of an environment, nearest first; `chain` is the environment and what it extends (Policy.chain).

    Local layers come over all others. A protected environment takes none at all, and any other none of a protected one
    that it extends; `local` False leaves them all out. Whether a local file exists is the caller's to find out.
    """
    own = tuple(Layer(name, is_local=False) for name in chain)
    if not local or chain[0] in protected:
        return own
    return (*(Layer(name, is_local=True) for name in chain if name not in protected), *own)


def overlay(
    layers: Sequence[tuple[str, Mapping[NamePath, T]]], is_null: Callable[[T], bool] | None = None
) -> dict[NamePath, tuple[str, T]]:
    """Every path with the nearest layer that has it; `layers` is nearest first.

    A value hides a farther layer's section of that name, and a section hides a farther value. Where `is_null` is given, an
    entry that it holds for takes its name out: it hides like any other and is not in the view itself.
    """
    view: dict[NamePath, tuple[str, T]] = {}
    taken: set[NamePath] = set()
    for name, entries in layers:
        added = {
            path: (name, entry) for path, entry in entries.items() if not view or not _is_hidden(path, view, taken)
        }
        view |= added
        if len(layers) > 1:
            taken.update(path[:depth] for path in added for depth in range(1, len(path)))
    if is_null is None:
        return view
    return {path: found for path, found in view.items() if not is_null(found[1])}


def _is_hidden(path: NamePath, view: Mapping[NamePath, object], sections: set[NamePath]) -> bool:
    return path in view or path in sections or any(path[:depth] in view for depth in range(1, len(path)))


class Origin(NamedTuple, Generic[T]):
    """A layer that has a name. `hidden_by` is empty for the one that answers, else the nearer layer that hides it.

    That one need not have the same name: `hidden_at` is the name there, which may be a section around it or within it.
    """

    layer: str
    entry: T
    hidden_by: str
    hidden_at: NamePath


def origins(layers: Sequence[tuple[str, Mapping[NamePath, T]]], path: NamePath) -> list[Origin[T]]:
    """Every layer that has the name, nearest first: the first that nothing hides answers, as in `overlay`."""
    view = overlay(layers)
    at = _answering(path, view)
    found: list[Origin[T]] = []
    for name, entries in layers:
        if path in entries:
            answers = at == path and view[path][0] == name
            found.append(Origin(name, entries[path], "" if answers else view[at][0], () if answers else at))
    return found


def _answering(path: NamePath, view: Mapping[NamePath, object]) -> NamePath:
    """What the view has in the place of `path`: itself, a value where it has a section, or what lies in it as a section."""
    for depth in range(len(path), 0, -1):
        if path[:depth] in view:
            return path[:depth]
    return next((other for other in view if other[: len(path)] == path), ())
