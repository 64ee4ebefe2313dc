"""Layers: an environment lies over what it extends, and the overrides of one machine lie over all of it."""

from collections.abc import Callable, Collection, Mapping, Sequence

from gitseal.records import NamedTuple
from gitseal.yamltext.tree import NamePath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import ItemsView, Iterator
    from typing import TypeVar

    T = TypeVar("T")

LOCAL = ".local"


class Layer(NamedTuple):
    """One file of values: an environment's own, or this machine's overrides of it."""

    environment: str
    is_local: bool

    @property
    def name(self) -> str:
        """The name of the file in .secrets, without .yaml."""
        return self.environment + LOCAL if self.is_local else self.environment


def order(chain: Sequence[str], protected: Collection[str]) -> tuple[Layer, ...]:
    """The layers of an environment, nearest first; `chain` is the environment and what it extends (`Policy.chain`).

    Local layers come before all others. A protected environment takes none. Any other takes none of the protected ones that
    it extends. A layer is named whether or not its file exists.
    """
    own = tuple(Layer(name, is_local=False) for name in chain)
    if chain[0] in protected:
        return own
    return (*(Layer(name, is_local=True) for name in chain if name not in protected), *own)


def overlay(
    layers: "Sequence[tuple[str, Mapping[NamePath, T]]]", is_null: "Callable[[T], bool] | None" = None
) -> "Mapping[NamePath, tuple[str, T]]":
    """Each path with the name of the nearest layer that has it, and its entry there; `layers` is nearest first.

    A value hides a farther layer's section of the same name, and a section hides a farther value. An entry for which
    `is_null` is true takes its name out: it hides what is farther, and is left out of the result.
    """
    if len(layers) == 1 and is_null is None:
        return _OneLayer(*layers[0])
    view: dict[NamePath, tuple[str, T]] = {}
    taken: set[NamePath] = set()
    for name, entries in layers:
        added = {
            path: (name, entry) for path, entry in entries.items() if not view or not _is_hidden(path, view, taken)
        }
        view |= added
        taken.update(path[:depth] for path in added for depth in range(1, len(path)))
    if is_null is None:
        return view
    return {path: (name, entry) for path, (name, entry) in view.items() if not is_null(entry)}


class _OneLayer(Mapping[NamePath, "tuple[str, T]"]):
    """The view of one layer. To look one name up makes nothing of the others."""

    def __init__(self, name: str, entries: "Mapping[NamePath, T]") -> None:
        self._name = name
        self._entries = entries

    def __getitem__(self, path: NamePath) -> "tuple[str, T]":
        return self._name, self._entries[path]

    def __iter__(self) -> "Iterator[NamePath]":
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    def items(self) -> "ItemsView[NamePath, tuple[str, T]]":
        """All of them, made at once."""
        return {path: (self._name, entry) for path, entry in self._entries.items()}.items()


def _is_hidden(path: NamePath, view: Mapping[NamePath, object], sections: set[NamePath]) -> bool:
    return path in view or path in sections or any(path[:depth] in view for depth in range(1, len(path)))
