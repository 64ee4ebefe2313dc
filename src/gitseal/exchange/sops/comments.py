"""The comments of a sops file, as they stand above the names that they are for."""

from collections.abc import Iterable, Iterator, Sequence

from gitseal.crypto import sops_cipher
from gitseal.exchange.sops import tree
from gitseal.exchange.sops.opening import is_comment
from gitseal.exchange.sops.tree import COMMENT, Member, Node, Scalar, TreeBranch


def above(document: TreeBranch, signs: str = "") -> dict[tuple[str, ...], tuple[str, ...]]:
    """The comments above each value, by its path. Those above a section stand above its first name, those in a list above it.

    `signs` are as `lines` has them.
    """
    return {path: lines(texts, signs) for path, texts in _above(document, (), ())}


def lines(texts: Iterable[str], signs: str = "") -> tuple[str, ...]:
    """Comments as lines that begin with `#`. `signs` may begin a line of a text: in INI they are sealed too."""
    return tuple(_line(line.lstrip(signs)) for text in texts for line in text.splitlines() or [""])


def sealed(node: Node) -> int:
    """The number of sealed comments in a tree."""
    if isinstance(node, TreeBranch):
        texts = (*node.below, *(text for member in node.members for text in member.comments))
        return sum(map(_is_sealed, texts)) + sum(sealed(member.value) for member in node.members)
    if isinstance(node, tree.Sequence):
        return sum(_is_sealed_item(item) or sealed(item) for item in node.items)
    return 0


def without_sealed(branch: TreeBranch) -> TreeBranch:
    """A tree without its sealed comments."""
    return branch._replace(members=list(map(_member, branch.members)), below=_clear(branch.below))


def _member(member: Member) -> Member:
    return member._replace(value=_node(member.value), comments=_clear(member.comments))


def _node(node: Node) -> Node:
    if isinstance(node, TreeBranch):
        return without_sealed(node)
    if isinstance(node, tree.Sequence):
        return node._replace(items=[_node(item) for item in node.items if not _is_sealed_item(item)])
    return node


def _clear(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if not _is_sealed(text))


def _is_sealed(text: str) -> bool:
    return sops_cipher.is_token(text.strip())


def _is_sealed_item(item: Node) -> bool:
    return isinstance(item, Scalar) and is_comment(item) and _is_sealed(item.content.decode("utf-8", "replace"))


def _above(
    branch: TreeBranch, path: tuple[str, ...], before: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for member in branch.members:
        comments = (*before, *member.comments)
        before = ()
        own = (*path, member.name)
        if isinstance(member.value, TreeBranch) and member.value.members:
            yield from _above(member.value, own, comments)
            continue
        comments += tuple(_within(member.value))
        if comments:
            yield own, comments


def _within(node: Node) -> Iterator[str]:
    """The comments in a list, in their order: all of it is one value."""
    if isinstance(node, Scalar):
        if node.kind == COMMENT:
            yield node.content.decode()
        return
    if isinstance(node, tree.Sequence):
        for item in node.items:
            yield from _within(item)
        return
    for member in node.members:
        yield from member.comments
        yield from _within(member.value)


def _line(line: str) -> str:
    # The store for INI takes the blank away.
    return f"#{line}" if line[:1] in {"", " ", "\t", "#"} else f"# {line}"
