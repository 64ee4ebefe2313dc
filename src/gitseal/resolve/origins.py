"""The origins of a name: the layers that have it, and what hides it. `explain` asks; `layers` decides."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from gitseal.policy.layers import overlay
from gitseal.records import NamedTuple
from gitseal.yamltext.tree import NamePath

T = TypeVar("T")


class Origin(NamedTuple, Generic[T]):
    """A layer that has a name. `hidden_by` is empty if this layer's value is used, else the nearer layer that hides it.

    The nearer layer need not have the same name: `hidden_at` is the path there. It may be a value above the name, or a name
    below it.
    """

    layer: str
    entry: T
    hidden_by: str
    hidden_at: NamePath


def origins(layers: Sequence[tuple[str, Mapping[NamePath, T]]], path: NamePath) -> list[Origin[T]]:
    """Every layer that has the name, nearest first, with what hides it; `overlay` decides, so that both always agree."""
    view = overlay(layers)
    at = _answering(path, view)
    having: list[Origin[T]] = []
    for name, entries in layers:
        if path in entries:
            answers = at == path and view[path][0] == name
            having.append(Origin(name, entries[path], "" if answers else view[at][0], () if answers else at))
    return having


def _answering(path: NamePath, view: Mapping[NamePath, object]) -> NamePath:
    """The path in the view that takes the place of `path`: the path itself, a value above it, or the first name below it."""
    for depth in range(len(path), 0, -1):
        if path[:depth] in view:
            return path[:depth]
    return next((other for other in view if other[: len(path)] == path), ())
