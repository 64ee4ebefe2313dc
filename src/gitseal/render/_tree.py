"""The common part of the dialects with sections: a tree of scalars that are encoded already."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from gitseal.document.value import TypedValue
from gitseal.render._shape import CannotCarry, Path, RenderedEntry, Uncarried

Tree: TypeAlias = "dict[str, str | Tree]"


def grow(entries: Sequence[RenderedEntry], encode: Callable[[TypedValue], str]) -> Tree:
    """Build the tree: sections are dicts, leaves are `encode(value)`. A section stands where its first name stands.

    Raises Uncarried with all values for which `encode` raises CannotCarry, and all names that are a section as well, which
    inheritance can bring about. Raises ValueError for a path that is given twice.
    """
    root: Tree = {}
    reasons: dict[Path, str] = {}
    for path, value, _sealed in entries:
        try:
            _place(root, path, encode(value))
        except CannotCarry as refusal:
            reasons[path] = refusal.reason
    if reasons:
        raise Uncarried(reasons)
    return root


def _place(root: Tree, path: Path, leaf: str) -> None:
    section = root
    for part in path[:-1]:
        below = section.setdefault(part, {})
        if isinstance(below, str):
            raise CannotCarry("a section's name that is a value's name as well")
        section = below
    there = section.setdefault(path[-1], leaf)
    # Compared by identity below: an equal value that stands there already is a repeated path too.
    if isinstance(there, dict):
        raise CannotCarry("a name that is a section's name as well")
    if there is not leaf:
        raise ValueError(f"{'/'.join(path)} is given twice")
