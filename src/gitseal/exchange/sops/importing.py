"""The values of a sops file, as `import` takes them."""

import json
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import NamedTuple

from gitseal.crypto import sops_cipher
from gitseal.document.ciphertext import SOPS_FILE
from gitseal.document.value import TypedValue
from gitseal.errors import Malformed, NotForYou
from gitseal.exchange import _nodes
from gitseal.exchange._items import Imported, ImportedValue
from gitseal.exchange._names import shown
from gitseal.exchange._sealed import SOPS_METADATA, Encrypted
from gitseal.exchange.parsing import naming
from gitseal.exchange.sops import comments, ini_file, opening, scalars
from gitseal.exchange.sops import metadata as sops_metadata
from gitseal.exchange.sops.metadata import Metadata
from gitseal.exchange.sops.tree import Node, Scalar, Sequence, TreeBranch, values
from gitseal.recipients.armor import dearmored
from gitseal.recipients.protocol import Identity

# What only a sops file of that form has. sops writes `lastmodified` into each.
_JSON = re.compile(rb'\s*\{.*"sops"\s*:', re.DOTALL)
_SIGNS = (
    ("dotenv", re.compile(rb"^sops_lastmodified=", re.MULTILINE)),
    (
        "ini",
        re.compile(
            rb"^\[sops\][ \t\r]*+(?:\n(?![ \t]*+(?:\[|lastmodified\b))[^\n]*+)*+\n[ \t]*+lastmodified\b", re.MULTILINE
        ),
    ),
    # Up to the next line that begins a name.
    (
        "yaml",
        re.compile(
            rb"""^["']?sops["']?:(?:[^\n]|\n(?=[\s#}]))*?[ \t{,]["']?(?:lastmodified|mac)["']?[ \t]*+:""", re.MULTILINE
        ),
    ),
)

MAX_YAML_BYTES = 2 * 1024 * 1024
"""ruamel.yaml takes some seconds for as much, and for more too long. The files of real teams are below half of it."""


class SopsFile(NamedTuple):
    """The values of a file, its age and SSH recipients as it names them, and the kinds of other keys that open it, in words.

    `uncovered` counts the values that its MAC leaves out, because `mac_only_encrypted` says so, `sealed_comments` the comments
    that are sealed in it, and `unopened_comments` those of them that do not open. `keyless` are recipients that stand there
    without a sealed key: they open nothing, and are not among the others.
    """

    imported: Imported
    recipients: tuple[str, ...]
    services: tuple[str, ...]
    uncovered: int
    format_name: str
    sealed_comments: int = 0
    unopened_comments: int = 0
    keyless: tuple[str, ...] = ()


def is_sops_file(data: bytes) -> bool:
    """True for what has the metadata of a sops file, whole or broken."""
    return bool(_format(data))


class SopsName(NamedTuple):
    """A name as it stands in a file that nobody opened: `value` is its token, or what stands there in clear if `is_plain`."""

    path: tuple[str, ...]
    value: TypedValue
    is_plain: bool
    line: int


class SopsLook(NamedTuple):
    """What a file shows without a key: its names, its age and SSH recipients, and the kinds of other keys, in words."""

    names: tuple[SopsName, ...]
    recipients: tuple[str, ...]
    services: tuple[str, ...]


def read(data: bytes, identities: Iterable[Identity], source: str, *, sealed_comments: bool = True) -> SopsFile:
    """The values of a sops file, whose MAC was checked. Its format shows in its content. Messages begin with `source`.

    Raises Malformed with the line, Damaged if a value does not open or the MAC does not fit, NotForYou if no identity opens it,
    and Encrypted if only sops opens it. None of them quotes a value. Without `sealed_comments`, the comments that are
    sealed there are left out.
    """
    with naming(source, opening.LOOK_AT_IT):
        documents, metadata, format_name = _parsed(data)
        sealed = sum(map(comments.sealed, documents))
        if not sealed_comments:
            documents = list(map(comments.without_sealed, documents))
        signs = ini_file.COMMENT_SIGNS if format_name == "ini" else ""
        opened = opening.opened(documents, metadata, _data_key(metadata, identities))
        imported = _together([_imported(document, signs) for document in opened.documents])
        recipients = tuple(key.recipient for key in metadata.age if dearmored(key.sealed) is not None)
        keyless = tuple(key.recipient for key in metadata.age if dearmored(key.sealed) is None)
        return SopsFile(
            imported,
            recipients,
            metadata.services,
            opened.uncovered,
            format_name,
            sealed,
            opened.unopened,
            keyless,
        )


def look(data: bytes, source: str) -> SopsLook:
    """What a sops file shows without a key. None of it is authenticated. Raises Malformed."""
    with naming(source, opening.LOOK_AT_IT):
        documents, metadata, _ = _parsed(data)
        clear = {path for document in documents for path in _clear(document, ())}
        items = _together([_imported(document) for document in documents]).items
        names = tuple(SopsName(item.path, item.value, item.path in clear, item.line) for item in items)
        return SopsLook(names, tuple(key.recipient for key in metadata.age), metadata.services)


def _parsed(data: bytes) -> tuple[list[TreeBranch], Metadata, str]:
    format_name = _format(data)
    if not format_name:
        raise Malformed("this is no file of sops: it has no metadata of sops", 0, "name a file that sops encrypted")
    if format_name == "yaml" and len(data) > MAX_YAML_BYTES:
        raise Encrypted(
            f"it has {len(data)} bytes, more than the {MAX_YAML_BYTES} that are read of sops' YAML", SOPS_FILE
        )
    documents, branch = sops_metadata.split(documents_of(data, format_name))
    return documents, sops_metadata.parse(branch), format_name


def documents_of(data: bytes, format_name: str) -> list[TreeBranch]:
    """The documents of a file as they stand, metadata in them."""
    documents: list[TreeBranch] = import_module(f"gitseal.exchange.sops.{format_name}_file").parse(data)
    return documents


def _clear(branch: TreeBranch, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths of the values that stand in clear; an empty one does so with all others."""
    for member in branch.members:
        own = (*path, member.name)
        if isinstance(member.value, TreeBranch) and member.value.members:
            yield from _clear(member.value, own)
        elif not _has_token(member.value):
            yield own


def _has_token(node: Node) -> bool:
    if isinstance(node, Scalar):
        return node.kind == "str" and sops_cipher.is_token(node.content.decode("utf-8", "replace"))
    children = node.items if isinstance(node, Sequence) else [member.value for member in node.members]
    return any(map(_has_token, children))


def _format(data: bytes) -> str:
    if b"lastmodified" not in data:
        return ""
    if _JSON.match(data):
        return "json" if _is_json(data) else ""
    return next((name for name, sign in _SIGNS if sign.search(data)), "")


def _is_json(data: bytes) -> bool:
    """False for a file whose `sops` is a setting of somebody; what does not parse may be damaged."""
    try:
        section = json.loads(data).get("sops")
    except (ValueError, RecursionError):
        return True
    return isinstance(section, dict) and not SOPS_METADATA.isdisjoint(section)


def _data_key(metadata: Metadata, identities: Iterable[Identity]) -> bytes:
    if metadata.is_shared:
        raise Encrypted("its data key is shared out among groups of keys, which only sops puts together", SOPS_FILE)
    if not metadata.age:
        if not metadata.services:
            raise Malformed("the file has no recipients")
        raise Encrypted(f"it is sealed to keys of {', '.join(metadata.services)} alone", SOPS_FILE)
    try:
        return opening.data_key(metadata, identities)
    except NotForYou:
        if not metadata.services:
            raise
    raise Encrypted(f"no identity at hand opens it, and sops may with {', '.join(metadata.services)}", SOPS_FILE)


def _imported(document: TreeBranch, signs: str = "") -> Imported:
    imported = _nodes.imported(_mapping(document))
    above = comments.above(document, signs)
    items = tuple(item._replace(comments=above.get(item.path, ())) for item in imported.items)
    return imported._replace(items=items, below=comments.lines(document.below, signs))


def _together(documents: list[Imported]) -> Imported:
    """The values of all documents as those of one. Raises Malformed for a name that two of them give different values."""
    items: dict[tuple[str, ...], ImportedValue] = {}
    sections: dict[tuple[str, ...], int] = {}
    for item in (item for document in documents for item in document.items):
        before = items.get(item.path, item._replace(comments=()))
        if before.value != item.value:
            raise _differ(item.path, item.line)
        items[item.path] = before._replace(comments=before.comments + item.comments)
        sections |= {item.path[:length]: item.line for length in range(1, len(item.path))}
    for path in items.keys() & sections.keys():
        raise _differ(path, sections[path])
    return Imported(tuple(items.values()), below=tuple(line for document in documents for line in document.below))


def _differ(path: tuple[str, ...], line: int) -> Malformed:
    return Malformed(
        f'two documents of the file give "{shown("/".join(path))}" different values',
        line,
        "give each document a file of its own, and read those",
    )


def _mapping(branch: TreeBranch) -> _nodes.Mapping:
    return _nodes.Mapping([(one.name, one.line, _node(one.value)) for one in branch.members], branch.line)


def _node(node: Node) -> _nodes.Node:
    if isinstance(node, Scalar):
        return _nodes.Leaf(scalars.value(node), node.line)
    if isinstance(node, Sequence):
        return _nodes.ListNode([_node(item) for item in values(node.items)], node.line)
    return _mapping(node)
