"""Opens a sops file: its data key by one of its age recipients, each value under that key, and its MAC over all of them.

The MAC is one hash over the values in their order, with no names, types or bounds between them. So it does not show that a value
in clear was given another name, or that a comment came or went; what it does show is refused.
"""

import hmac
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from gitseal.crypto import sops_cipher
from gitseal.document.ciphertext import SOPS_FILE
from gitseal.errors import Damaged, Error, Malformed, NotForYou
from gitseal.exchange._names import shown
from gitseal.exchange._sealed import Encrypted
from gitseal.exchange.sops import scalars, tree
from gitseal.exchange.sops.authentication import context, mac_hash, mac_text
from gitseal.exchange.sops.metadata import AgeKey, Metadata
from gitseal.exchange.sops.tree import Member, Node, Scalar, TreeBranch
from gitseal.recipients.armor import dearmored
from gitseal.recipients.protocol import Identity

_LONGEST_ARMOR = 16 * 1024
# One that does not know its own stanza, such as a plugin's, is tried on this many.
_MOST_BLIND = 64
_MOST_NAMED = 3
LOOK_AT_IT = "restore the file from a commit before, or have its owner look at it with sops"
"""The hint for what nobody can mend who reads the file."""
_NO_MAC = "the MAC of sops does not fit the values: the file was changed after it was sealed"


class OpenedFile(NamedTuple):
    """The documents with all values open, and the number of values in clear that the MAC does not cover.

    `unopened` counts the sealed comments that did not open. They are in no MAC, and left out.
    """

    documents: list[TreeBranch]
    uncovered: int
    unopened: int


def data_key(metadata: Metadata, identities: Iterable[Identity]) -> bytes:
    """The 32 bytes under which the values are sealed, by the first identity that opens one of the file's age files.

    Raises NotForYou if none does, or the Error of one that should have.
    """
    files = [file for key in metadata.age if (file := _dearmored(key)) is not None]
    failures: list[Error] = []
    for identity in identities:
        # Two that are alike are for the same key: nobody makes us ask a plugin by heaping them up.
        for file in files if identity.recipient is not None else files[:_MOST_BLIND]:
            try:
                content = identity.open_file(file)
            except (Damaged, Malformed) as failure:
                failures.append(failure)
            except Error as failure:
                failures.append(failure)
                break
            else:
                if content is not None and len(content) == sops_cipher.DATA_KEY:
                    return content
    for first in failures:
        raise first
    whose = " or ".join(shown(key.recipient) for key in metadata.age[:_MOST_NAMED]) or "nobody"
    raise NotForYou(
        "no identity at hand opens it",
        f"name the file with the key of {whose} in SOPS_AGE_KEY_FILE; to see which identities were tried: gitseal whoami",
    )


def opened(documents: Sequence[TreeBranch], metadata: Metadata, key: bytes) -> OpenedFile:
    """The documents with all values open. Raises Damaged, which quotes no value, if one does not open or the MAC is wrong."""
    unsealer = _Unsealer(metadata, key)
    result = [unsealer.document(document) for document in documents]
    unsealer.check_mac()
    return OpenedFile(result, unsealer.uncovered, unsealer.unopened)


class _Unsealer:
    """Walks the documents in order and hashes what the MAC is of."""

    def __init__(self, metadata: Metadata, key: bytes) -> None:
        self._metadata = metadata
        self._key = key
        self._hash = mac_hash(only_encrypted=metadata.mac_only_encrypted)
        self._before: tuple[str, ...] = ()
        self.uncovered = 0
        self.unopened = 0

    def document(self, document: TreeBranch) -> TreeBranch:
        opened = self.branch(document, ())
        return opened._replace(below=self._comments(document.below, ()))

    def branch(self, branch: TreeBranch, path: tuple[str, ...]) -> TreeBranch:
        return branch._replace(members=[self._member(member, (*path, member.name)) for member in branch.members])

    def _member(self, member: Member, path: tuple[str, ...]) -> Member:
        # A comment belongs to the mapping that it stands in, and that does not show.
        comments = self._comments(member.comments, path)
        return member._replace(value=self._node(member.value, path), comments=comments)

    def _node(self, node: Node, path: tuple[str, ...]) -> Node:
        if isinstance(node, TreeBranch):
            if not node.members:
                self._before = path
            return self.branch(node, path)
        if isinstance(node, tree.Sequence):
            return node._replace(items=[opened for item in node.items for opened in self._item(item, path)])
        self._before = path
        return node if node.kind == tree.NULL else self._scalar(node, path)

    def _scalar(self, scalar: Scalar, path: tuple[str, ...]) -> Scalar:
        text = scalar.content.decode("utf-8", "replace") if scalar.kind == "str" else ""
        is_sealed = sops_cipher.is_token(text)
        if is_sealed:
            scalar = self._unsealed(text, path, scalar.line)
        elif scalar.kind != "str" or scalar.content:
            self._check_clear(path)
        if self._metadata.mac_only_encrypted and not is_sealed:
            self.uncovered += 1
            return scalar
        self._hash.update(scalar.content)
        return scalar

    def _check_clear(self, path: tuple[str, ...]) -> None:
        """Raise Damaged if the file says that this value is sealed, and Encrypted if only sops can tell, and no MAC does."""
        is_wrong = self._metadata.has_to_be_sealed(path)
        clear = f'"{shown("/".join(path))}" stands in clear, and'
        if is_wrong:
            raise Damaged(f"{clear} the file says that it is sealed", LOOK_AT_IT)
        if is_wrong is None and self._metadata.mac_only_encrypted:
            raise Encrypted(
                f"{clear} no MAC covers it, and only sops can tell by the file's rule whether it may", SOPS_FILE
            )

    def _unsealed(self, token: str, path: tuple[str, ...], line: int) -> Scalar:
        reason = ""
        try:
            plain = sops_cipher.open_token(token, self._key, context(path))
            return scalars.opened(plain.kind, plain.content, line)
        except Damaged as error:
            reason = error.message
        raise Damaged(f'the value of "{shown("/".join(path))}": {reason}', "restore the file from a commit before")

    def _item(self, item: Node, path: tuple[str, ...]) -> list[Node]:
        if not isinstance(item, Scalar) or not is_comment(item):
            return [self._node(item, path)]
        text = item.content.decode("utf-8", "replace")
        return [item._replace(kind=tree.COMMENT, content=one.encode()) for one in self._comments((text,), path)]

    def _comments(self, texts: Iterable[str], path: tuple[str, ...]) -> tuple[str, ...]:
        opened = [self._comment(text, path) for text in texts]
        self.unopened += opened.count(None)
        return tuple(text for text in opened if text is not None)

    def _comment(self, text: str, path: tuple[str, ...]) -> str | None:
        """The text of a comment; None for a sealed one that does not open."""
        token = text.strip()
        if not sops_cipher.is_token(token):
            return text
        for candidate in _containers(path, self._before):
            try:
                return sops_cipher.open_token(token, self._key, context(candidate)).content.decode("utf-8", "replace")
            except Damaged:
                continue
        return None

    def check_mac(self) -> None:
        expected = mac_text(self._hash)
        mac = b""
        with suppress(Damaged):
            mac = sops_cipher.open_token(self._metadata.mac, self._key, self._metadata.modified).content
        if not hmac.compare_digest(mac, expected):
            raise Damaged(_NO_MAC, LOOK_AT_IT)


def is_comment(item: Scalar) -> bool:
    """True for a comment in a list. sops seals it as one more item, which is not in the MAC that it writes.

    sops 3.13.2 alone hashes it when it checks the MAC, and so refuses such files of its own.
    """
    text = item.content.decode("utf-8", "replace")
    return item.kind == tree.COMMENT or (text.endswith(",type:comment]") and sops_cipher.is_token(text))


def _containers(path: tuple[str, ...], before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths of all mappings that a comment above a name can be in: those around it, and those that end just before it."""
    for length in range(len(path) - 1, -1, -1):
        yield path[:length]
    yield path
    for length in range(len(before), 0, -1):
        yield before[:length]


def _dearmored(key: AgeKey) -> bytes | None:
    """The age file behind its armor; None if it is none, for another recipient may serve."""
    return dearmored(key.sealed) if len(key.sealed) <= _LONGEST_ARMOR else None
