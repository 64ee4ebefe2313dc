"""sops' JSON, which its binary files are too: `{"data": "ENC[…]", "sops": {…}}`."""

import json

from gitseal.errors import Malformed
from gitseal.exchange._text import decoded
from gitseal.exchange.sops import scalars
from gitseal.exchange.sops.tree import MAX_NESTING, NULL, Member, Node, Scalar, Sequence, TreeBranch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class _Pairs(list[tuple[str, object]]):
    """An object's names and values. A dict would drop repeated names without a word."""


class _Digits(str):
    """A number as its digits."""

    __slots__ = ()


def parse(data: bytes) -> list[TreeBranch]:
    """The one document of a file. Raises Malformed."""
    tree, problem = _loaded(decoded(data))
    if problem:
        raise problem
    branch = _node(tree, 0, scalars.json_number)
    if not isinstance(branch, TreeBranch):
        raise Malformed("a sops file in JSON is an object")
    return [branch]


def value(text: str, number: "Callable[[str], Scalar]") -> Node:
    """The tree of any JSON text, with `number` of the digits of each number. Raises Malformed, and what that raises."""
    loaded, problem = _loaded(text)
    if problem:
        raise problem
    return _node(loaded, 0, number)


def write(branch: TreeBranch) -> bytes:
    """A sealed tree, without its comments, as sops writes it."""
    return (json.dumps(_plain(branch), ensure_ascii=False, indent="\t") + "\n").encode()


def _plain(node: Node) -> object:
    if isinstance(node, TreeBranch):
        return {member.name: _plain(member.value) for member in node.members}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return None if node.kind == NULL else node.content.decode()


def _loaded(text: str) -> tuple[object, Malformed | None]:
    """The tree, or the error for the caller to raise: raised in here it would have the whole file in its context."""
    try:
        loaded = json.loads(
            text, object_pairs_hook=_Pairs, parse_int=_Digits, parse_float=_Digits, parse_constant=_refuse
        )
    except json.JSONDecodeError as error:
        return None, Malformed(f"the file is not JSON: {error.msg.lower()}", error.lineno)
    except (ValueError, RecursionError):
        return None, Malformed("the file is not JSON that can be read")
    return loaded, None


def _refuse(_constant: str) -> None:
    raise ValueError


def _node(tree: object, depth: int, number: "Callable[[str], Scalar]") -> Node:
    if depth > MAX_NESTING:
        raise Malformed(f"the file is nested more than {MAX_NESTING} deep")
    if isinstance(tree, _Pairs):
        return TreeBranch(
            [Member(scalars.text(name).content.decode(), _node(one, depth + 1, number)) for name, one in tree]
        )
    if isinstance(tree, list):
        return Sequence([_node(one, depth + 1, number) for one in tree])
    if isinstance(tree, _Digits):
        return number(tree)
    if isinstance(tree, str):
        return scalars.text(tree)
    return Scalar(NULL, b"") if tree is None else Scalar("bool", b"True" if tree else b"False")
