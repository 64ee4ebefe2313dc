"""Walks a tree of tree-sitter: every node once, with the nodes around it, in linear time and without recursion.

Nobody may ask a node for its parent: `Node.parent` searches from the root each time, which is quadratic in a long file.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node, Tree


_LONG = 2000


class WalkStep(NamedTuple):
    """A node, and the name of the field of its parent that it is, if it has one."""

    node: "Node"
    field: str


Chain = list[WalkStep]


def everything(tree: "Tree", is_wanted: Callable[[int, int], bool] | None = None) -> Iterator[Chain]:
    """Yield the chain from the root to each node, parents first. It is one list that changes: copy what you keep.

    A node is entered only if `is_wanted(start, end)` is true for its bytes.
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
    """A node's text, or an empty one if there is no node or it is longer than any name or condition of interest.

    A text is a copy. With no limit, nested nodes would each copy all the inner ones, which is quadratic.
    """
    if node is None or node.end_byte - node.start_byte > _LONG:
        return ""
    return (node.text or b"").decode("utf-8", "replace")


def line(node: "Node") -> int:
    """The line where a node begins, counted from 1."""
    return node.start_point[0] + 1


def literal(node: "Node | None", kinds: frozenset[str], content: str = "string_content") -> str:
    """The text of a string of one of these kinds that is one piece, a node of the type `content`; else an empty one."""
    if node is None or node.type not in kinds or node.named_child_count != 1:
        return ""
    piece = node.named_child(0)
    return text(piece) if piece.type == content else ""


def given(call: "Node") -> "list[Node]":
    """The arguments of a call."""
    arguments = call.child_by_field_name("arguments")
    return arguments.named_children if arguments is not None else []
