"""Files of ejson: JSON whose texts stand as `EJ[1:...]`, for the public key under `_public_key`.

What ejson seals is bound to no name: whoever could write the file could put one value under another's name.
"""

from collections.abc import Iterator
from pathlib import Path

from gitseal.crypto import ejson_cipher
from gitseal.document import ciphertext
from gitseal.document.value import ValueType
from gitseal.errors import Damaged, Malformed
from gitseal.exchange import _nodes, json_import
from gitseal.exchange._names import shown
from gitseal.exchange._nodes import Leaf, ListNode, Node, text_leaf
from gitseal.exchange._sealed import Encrypted
from gitseal.exchange.foreign.source import ForeignSource, Opened, key_lines, small_file
from gitseal.remote import extras

_PUBLIC = "_public_key"
_FOLDER_VARIABLE, _FOLDER = "EJSON_KEYDIR", "/opt/ejson/keys"


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The values of a file of ejson; None if it has no public key of ejson. Names with a `_` before them stand in clear."""
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    root = json_import.tree(data)
    public = _public_key(root)
    if public is None or not isinstance(root, _nodes.Mapping):
        return None
    members = [member for member in root.members if member[0] != _PUBLIC]
    if not any(_is_sealed(leaf) for leaf in _leaves(root)):
        return Opened(_nodes.imported(root._replace(members=members)))
    private = _private_key(public, source)
    return Opened(_nodes.imported(_opened_mapping(root._replace(members=members), private, "")))


def _public_key(root: Node) -> str | None:
    if not isinstance(root, _nodes.Mapping):
        return None
    keys = [node for name, _, node in root.members if name == _PUBLIC]
    if len(keys) > 1:
        raise Malformed(f'"{_PUBLIC}" stands twice in one object', 0, "keep one of them")
    text = keys[0].value.reveal().decode() if keys and isinstance(keys[0], Leaf) else ""
    return text if ejson_cipher.is_key(text) else None


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
        return
    for inner in node.items if isinstance(node, ListNode) else [member for _, _, member in node.members]:
        yield from _leaves(inner)


def _is_sealed(leaf: Leaf) -> bool:
    return leaf.value.kind is ValueType.TEXT and leaf.value.reveal().startswith(ejson_cipher.BEGINNING.encode())


def _opened(node: Node, private: bytes, name: str) -> Node:
    if isinstance(node, ListNode):
        return node._replace(items=[_opened(item, private, name) for item in node.items])
    if isinstance(node, _nodes.Mapping):
        return _opened_mapping(node, private, name)
    return _opened_leaf(node, private, name) if _is_sealed(node) else node


def _opened_mapping(mapping: _nodes.Mapping, private: bytes, above: str) -> _nodes.Mapping:
    members = [
        (name, line, _opened(node, private, f"{above}/{name}" if above else name))
        for name, line, node in mapping.members
    ]
    return mapping._replace(members=members)


def _opened_leaf(leaf: Leaf, private: bytes, name: str) -> Leaf:
    reason = "it is no text"
    try:
        return text_leaf(ejson_cipher.open_text(leaf.value.reveal().decode(), private).decode(), leaf.line)
    except Damaged as error:
        reason = error.message
    except UnicodeDecodeError:
        pass
    raise Damaged(f'the value of "{shown(name)}": {reason}', "restore the file from a commit before")


def _private_key(public: str, source: ForeignSource) -> bytes:
    """The private half, from what a person gave or from the folder of keys. Raises Encrypted if it is not there."""
    keys = source.keys
    folder = keys.environ.get(_FOLDER_VARIABLE) or _FOLDER
    content = keys.given if keys.given is not None else small_file(Path(folder, public))
    try:
        for line in key_lines(content or b""):
            private = ejson_cipher.private_key(line, public)
            if private is not None:
                return private
    except ImportError:
        raise extras.missing("ejson", "PyNaCl", extra="ejson") from None
    if keys.given is not None:
        raise Encrypted("it is sealed by ejson, and the private key is not that of its public key", ciphertext.EJSON)
    raise Encrypted(f'it is sealed by ejson, and its private key is not in "{folder}"', ciphertext.EJSON)
