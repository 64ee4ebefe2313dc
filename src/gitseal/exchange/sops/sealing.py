"""Makes a sops file of a tree: values and comments sealed under a new data key, their MAC, and the key for each recipient."""

import os
from collections.abc import Sequence

from gitseal.crypto import sops_cipher
from gitseal.crypto.sops_cipher import Plain
from gitseal.exchange.sops import tree
from gitseal.exchange.sops.authentication import context, mac_hash, mac_text
from gitseal.exchange.sops.metadata import DEFAULT_SUFFIX, NAME
from gitseal.exchange.sops.tree import NULL, Member, Node, Scalar, TreeBranch
from gitseal.recipients.armor import armored
from gitseal.recipients.kinds import parse_recipient

VERSION = "3.13.3"
"""The version of sops by whose files these are made."""


def sealed(branch: TreeBranch, recipients: Sequence[str], modified: str, data_key: bytes) -> TreeBranch:
    """The tree of a whole file, its metadata last. `recipients` are age and SSH keys; `modified` a time as sops writes it.

    Everything is sealed, whatever its name.
    """
    sealer = _Sealer(data_key)
    members = sealer.branch(branch, ()).members
    mac = sops_cipher.seal_token(Plain("str", mac_text(sealer.hash)), data_key, modified)
    metadata: dict[str, Node] = {
        "age": tree.Sequence([_for_recipient(key, data_key) for key in recipients]),
        "lastmodified": _text(modified),
        "mac": _text(mac),
        "unencrypted_suffix": _text(_suffix(branch)),
        "version": _text(VERSION),
    }
    return TreeBranch([*members, Member(NAME, _mapping(metadata), comments=sealer.comments(branch.below, ()))])


def new_data_key() -> bytes:
    """The 32 random bytes of one file. sops has one key for a file, and a new one for each that is made."""
    return os.urandom(sops_cipher.DATA_KEY)


class _Sealer:
    """Walks a tree in order, and hashes what the MAC is of."""

    def __init__(self, data_key: bytes) -> None:
        self._key = data_key
        self.hash = mac_hash()

    def branch(self, branch: TreeBranch, path: tuple[str, ...]) -> TreeBranch:
        return branch._replace(members=[self._member(member, path) for member in branch.members])

    def _member(self, member: Member, above: tuple[str, ...]) -> Member:
        # A comment belongs to the mapping around it, and is in no MAC.
        value = self._node(member.value, (*above, member.name))
        return member._replace(value=value, comments=self.comments(member.comments, above))

    def comments(self, texts: Sequence[str], path: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self._token(Plain("comment", text.encode()), path) for text in texts)

    def _node(self, node: Node, path: tuple[str, ...]) -> Node:
        if isinstance(node, TreeBranch):
            return self.branch(node, path)
        if isinstance(node, tree.Sequence):
            return node._replace(items=[self._node(item, path) for item in node.items])
        if node.kind == NULL:
            return node
        self.hash.update(node.content)
        return Scalar("str", self._token(Plain(node.kind, node.content), path).encode())

    def _token(self, plain: Plain, path: tuple[str, ...]) -> str:
        return sops_cipher.seal_token(plain, self._key, context(path))


def _for_recipient(key: str, data_key: bytes) -> TreeBranch:
    return _mapping({"enc": _text(armored(parse_recipient(key).wrap(data_key))), "recipient": _text(key)})


def _suffix(branch: TreeBranch) -> str:
    """The end of names that sops leaves in clear: one that no name here has, so that no value is."""
    suffix = DEFAULT_SUFFIX
    while _has_suffix(branch, suffix):
        suffix = f"_{suffix}"
    return suffix


def _has_suffix(node: Node, suffix: str) -> bool:
    if isinstance(node, TreeBranch):
        return any(one.name.endswith(suffix) or _has_suffix(one.value, suffix) for one in node.members)
    return isinstance(node, tree.Sequence) and any(_has_suffix(item, suffix) for item in node.items)


def _text(content: str) -> Scalar:
    return Scalar("str", content.encode())


def _mapping(members: dict[str, Node]) -> TreeBranch:
    return TreeBranch([Member(name, node) for name, node in members.items()])
