"""An environment over what it extends."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from gitseal.yamltext.tree import NamePath

T = TypeVar("T")


def overlay(layers: Sequence[tuple[str, Mapping[NamePath, T]]]) -> dict[NamePath, tuple[str, T]]:
    """Every path with the nearest layer that has it; `layers` is nearest first.

    A value hides a farther layer's section of that name, and a section hides a farther value.
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
    return view


def _is_hidden(path: NamePath, view: Mapping[NamePath, object], sections: set[NamePath]) -> bool:
    return path in view or path in sections or any(path[:depth] in view for depth in range(1, len(path)))
