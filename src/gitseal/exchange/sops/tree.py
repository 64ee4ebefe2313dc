"""A sops file as a tree, whatever its format. Lists have their items, mappings their members in order; names may be repeated."""

from typing import NamedTuple, TypeAlias


class Scalar(NamedTuple):
    """A scalar as Go has it: `kind` is sops' word for its type, or `null`, and `content` the bytes that sops seals for it.

    It may be a token still, which is a text.
    """

    kind: str
    content: bytes
    line: int = 0

    def __repr__(self) -> str:
        return f"Scalar({self.kind!r}, …)"


class Sequence(NamedTuple):
    """A list. Its comments are items too, scalars of the kind COMMENT."""

    items: "list[Node]"
    line: int = 0


class Member(NamedTuple):
    """A name and its value; `comments` are the texts behind `#` between the value before and this one."""

    name: str
    value: "Node"
    line: int = 0
    comments: tuple[str, ...] = ()


class TreeBranch(NamedTuple):
    """A mapping. `below` are the comments behind all of a document, which no name follows."""

    members: list[Member]
    line: int = 0
    below: tuple[str, ...] = ()


Node: TypeAlias = Scalar | Sequence | TreeBranch

MAX_NESTING = 64
NULL = "null"
COMMENT = "comment"


def values(items: list[Node]) -> list[Node]:
    """The items of a list without its comments."""
    return [item for item in items if not (isinstance(item, Scalar) and item.kind == COMMENT)]
