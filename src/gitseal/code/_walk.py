"""One way through a tree of tree-sitter: every node once, with the nodes around it, in linear time and without recursion.

(`Node.parent` looks from the root each time, which is quadratic in a long file.)
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node, Tree


_LONG = 2000


class WalkStep(NamedTuple):
    """A node and which field of its parent it is, or nothing."""

    node: "Node"
    field: str


Chain = list[WalkStep]


def everything(tree: "Tree", is_wanted: Callable[[int, int], bool] | None = None) -> Iterator[Chain]:
    """Each node as the chain from the root to it, parents first. The list is one and the same: copy what is kept.

    `is_wanted(start, end)` says of a range of bytes whether anything in it matters; what does not is not entered.
    """
    cursor = tree.walk()
    chain: Chain = []
    while True:
        node = cursor.node
        assert node is not None  # noqa: S101 - a cursor is always on a node
        chain.append(WalkStep(node, cursor.field_name or ""))
        yield chain
        if (is_wanted is None or is_wanted(node.start_byte, node.end_byte)) and cursor.goto_first_child():
            continue
        chain.pop()
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            chain.pop()


def text(node: "Node | None") -> str:
    """A node's text; nothing where there is no node, or one so long that no name or condition of interest is in it.

    (A text is a copy: of nested nodes each would copy the next, which is quadratic.)
    """
    if node is None or node.end_byte - node.start_byte > _LONG:
        return ""
    return (node.text or b"").decode("utf-8", "replace")


def line(node: "Node") -> int:
    """Where a node begins, counted from 1."""
    return node.start_point[0] + 1
