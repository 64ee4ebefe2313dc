"""A sealed tree as sops' YAML, in go-yaml's form: four blanks for a level, a comment above its name, no folded lines.

Our own few lines, because ruamel.yaml's comments hang on loaded text: what is written here are names, tokens and metadata.
"""

import re
from collections.abc import Iterator

from gitseal.exchange.sops.tree import NULL, Member, Node, Scalar, Sequence, TreeBranch
from gitseal.render.yaml import block_key, quoted

_INDENT = "    "
# Tokens, recipients and versions, which no reader takes for a number, a date or a word of YAML's.
_PLAIN = re.compile(
    r"ENC\[[A-Za-z0-9_,:+/=]+\]|age1[0-9a-z]+|(?:ssh-[a-z0-9]+ [A-Za-z0-9+/=]+)|\d+\.\d+\.\d+|_+unencrypted"
)


def write(branch: TreeBranch) -> bytes:
    """The one document of a file."""
    return "".join(f"{line}\n" for line in _mapping(branch)).encode()


def _mapping(branch: TreeBranch, indent: str = _INDENT) -> Iterator[str]:
    for member in branch.members:
        yield from (f"#{text}" for text in member.comments)
        yield from _member(member, indent)


def _member(member: Member, indent: str) -> Iterator[str]:
    key, node = block_key(member.name), member.value
    if isinstance(node, Scalar) or not _has_block(node):
        first, *others = _inline(node)
        yield f"{key}: {first}"
    else:
        yield f"{key}:"
        others = list(_block(node))
    yield from (indent + line for line in others)


def _block(node: Node) -> Iterator[str]:
    if isinstance(node, TreeBranch):
        yield from _mapping(node)
    elif isinstance(node, Sequence):
        for item in node.items:
            first, *others = _item(item)
            yield f"- {first}"
            yield from (f"  {line}" for line in others)


def _item(node: Node) -> Iterator[str]:
    if not _has_block(node):
        yield from _inline(node)
    elif isinstance(node, TreeBranch):
        # go-yaml counts the four blanks from the dash, which takes two of them.
        yield from _mapping(node, "  ")
    else:
        yield from _block(node)


def _has_block(node: Node) -> bool:
    return not isinstance(node, Scalar) and bool(node.members if isinstance(node, TreeBranch) else node.items)


def _inline(node: Node) -> list[str]:
    """The lines behind a colon or a dash: one, or for the armor of an age file a literal block."""
    if not isinstance(node, Scalar):
        return ["{}" if isinstance(node, TreeBranch) else "[]"]
    text = node.content.decode()
    if node.kind == NULL:
        return ["null"]
    if text.endswith("\n"):
        return ["|", *text.split("\n")[:-1]]
    return [text if _PLAIN.fullmatch(text) else quoted(text)]
