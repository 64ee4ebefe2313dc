"""The bytes that an approver signs: which change of which files on which branch. docs/format.md has them line by line.

A statement has one form only, so nothing can be signed in one reading and counted in another: `parse` takes what
`serialise` writes, and nothing else.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

from gitseal.project.approval_refs import APPROVALS

NAMESPACE = "gitseal-approval"
"""The namespace of SSH signatures over statements. No signature that Git makes can be taken for one of these, or the reverse."""
LARGEST = 8192
"""The bytes of a statement with its signature, at most."""

_TITLE = b"gitseal approval v1"
_SIGNATURE = b"\n-----BEGIN "
_BRANCH = re.compile(rb"refs/heads/[^\0-\x20\x7f]+")
_OIDS = {b"sha1": re.compile(rb"[0-9a-f]{40}"), b"sha256": re.compile(rb"[0-9a-f]{64}")}
_STATE = rb"(?:- -|[0-7]{6} [0-9a-f]{64})"
_QUOTED = rb'"((?:[ !#-\[\]-~]|\\["\\]|\\[0-3][0-7]{2})+)"'
_POLICY = re.compile(rb"policy " + _QUOTED + rb" ([0-9a-f]{64})")
_MANIFEST = re.compile(rb"manifest " + _QUOTED + rb" (-|[0-9a-f]{64})")
_CHANGE = re.compile(rb"change " + _QUOTED + rb" (" + _STATE + rb") (" + _STATE + rb")")
_APPROVER = re.compile(rb"approver ([A-Za-z_][A-Za-z0-9_.-]{0,63})")
_KEY = re.compile(rb"key (SHA256:[A-Za-z0-9+/]{43}|[0-9A-F]{40}|[0-9A-F]{64})")
_ESCAPED = re.compile(rb'\\(["\\]|[0-3][0-7]{2})')
_PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b'"\\')


class FileState(NamedTuple):
    """The file at a path: six octal digits of Git's mode, and the SHA-256 of its bytes (a submodule's: of its commit's id)."""

    mode: str
    sha256: str


class ApprovedChange(NamedTuple):
    """A path relative to the top, bytes that are no UTF-8 as surrogates, before and after; None if nothing is there."""

    path: str
    old: FileState | None
    new: FileState | None


class FolderRules(NamedTuple):
    """The rules of one `.secrets`: the SHA-256 of its policy and manifest (None if it has no manifest). `folder` ends in `/`."""

    folder: str
    policy: str
    manifest: str | None


class ApprovalStatement(NamedTuple):
    """A change that somebody approves.

    `ref` is the branch that it is for, `base` the full id of that branch's commit when the approver looked at it. `rules` are
    those of the folders that decide about the change, by `folder`. `changes` are all covered paths that differ. `approver` is
    a name in the policy, `key` the fingerprint of the key that signs.
    """

    object_format: str
    ref: str
    base: str
    rules: tuple[FolderRules, ...]
    changes: tuple[ApprovedChange, ...]
    approver: str
    key: str


class SignedStatement(NamedTuple):
    """A statement, its very bytes, and the armored signature over these."""

    statement: ApprovalStatement
    payload: bytes
    signature: bytes

    @property
    def ref(self) -> str:
        """The one ref that keeps it."""
        return f"{APPROVALS}{sha256(self.payload).hexdigest()}/{key_part(self.statement.key)}"

    @property
    def content(self) -> bytes:
        """The bytes of the ref's blob."""
        return self.payload + self.signature


def key_part(key: str) -> str:
    """A fingerprint as a part of a ref's name: base64 has characters that such names and file systems take for others."""
    from binascii import a2b_base64

    kind, _, text = key.partition(":")
    return a2b_base64(text + "=").hex() if text else kind.lower()


def serialise(statement: ApprovalStatement) -> bytes:
    """The bytes that are signed; see docs/format.md."""
    lines = [
        _TITLE,
        b"object-format " + statement.object_format.encode(),
        b"ref " + _bytes(statement.ref),
        b"base " + statement.base.encode(),
    ]
    for rules in sorted(statement.rules, key=lambda rules: _bytes(rules.folder)):
        lines.append(b"policy " + _quoted(f"{rules.folder}policy.yaml") + b" " + rules.policy.encode())
        lines.append(b"manifest " + _quoted(f"{rules.folder}manifest.yaml") + b" " + (rules.manifest or "-").encode())
    changes = sorted(statement.changes, key=lambda change: _bytes(change.path))
    lines += [
        b" ".join([b"change", _quoted(change.path), _state(change.old), _state(change.new)]) for change in changes
    ]
    lines += [b"approver " + statement.approver.encode(), b"key " + statement.key.encode(), b""]
    return b"\n".join(lines)


def parse(payload: bytes) -> ApprovalStatement | None:
    """The statement in these bytes; None for bytes that no statement is written as."""
    lines = payload.split(b"\n")
    if len(lines) < 7 or lines[0] != _TITLE or lines[-1]:  # noqa: PLR2004 - the lines that each statement has
        return None
    form, ref, base = (_after(line, word) for line, word in zip(lines[1:4], _WORDS, strict=True))
    approver, key = _APPROVER.fullmatch(lines[-3]), _KEY.fullmatch(lines[-2])
    if form not in _OIDS or not _BRANCH.fullmatch(ref) or not _OIDS[form].fullmatch(base) or not (approver and key):
        return None
    middle = lines[4:-3]
    count = sum(line.startswith((b"policy ", b"manifest ")) for line in middle)
    try:
        rules, changes = tuple(_rules(middle[:count])), tuple(map(_change, middle[count:]))
    except ValueError:
        return None
    statement = ApprovalStatement(
        form.decode(), _text(ref), base.decode(), rules, changes, approver[1].decode(), key[1].decode()
    )
    # A second spelling of the same statement would be signed in one and counted in another, and its ref would be another too.
    is_sorted = _is_strict([_bytes(folder_rules.folder) for folder_rules in rules]) and _is_strict(
        [_bytes(c.path) for c in changes]
    )
    return statement if changes and is_sorted and serialise(statement) == payload else None


_WORDS = (b"object-format ", b"ref ", b"base ")


def parse_signed(content: bytes) -> SignedStatement | None:
    """A statement with its signature, as a ref's blob holds them; None for anything else, and for more than `LARGEST` bytes."""
    if len(content) > LARGEST:
        return None
    at = content.find(_SIGNATURE)
    payload = content[: at + 1]
    statement = parse(payload) if at >= 0 else None
    return SignedStatement(statement, payload, content[at + 1 :]) if statement is not None else None


def _rules(lines: Sequence[bytes]) -> Iterator[FolderRules]:
    for policy_line, manifest_line in zip(lines[::2], lines[1::2], strict=True):
        policy, manifest = _POLICY.fullmatch(policy_line), _MANIFEST.fullmatch(manifest_line)
        if policy is None or manifest is None:
            raise ValueError
        folder = _unquoted(policy[1]).removesuffix("policy.yaml")
        if _unquoted(manifest[1]) != f"{folder}manifest.yaml":
            raise ValueError
        yield FolderRules(folder, policy[2].decode(), None if manifest[2] == b"-" else manifest[2].decode())


def _change(line: bytes) -> ApprovedChange:
    match = _CHANGE.fullmatch(line)
    if match is None or match[2] == match[3]:
        raise ValueError
    return ApprovedChange(_unquoted(match[1]), _read_state(match[2]), _read_state(match[3]))


def _state(state: FileState | None) -> bytes:
    return b"- -" if state is None else f"{state.mode} {state.sha256}".encode()


def _read_state(text: bytes) -> FileState | None:
    return None if text == b"- -" else FileState(*text.decode().split(" "))


def _quoted(path: str) -> bytes:
    """A path in double quotes, its bytes outside of printable ASCII in octal."""
    return b'"' + b"".join(map(_escaped, _bytes(path))) + b'"'


def _escaped(byte: int) -> bytes:
    if byte in _PLAIN:
        return bytes((byte,))
    return b"\\" + (bytes((byte,)) if byte in b'"\\' else b"%03o" % byte)


def _unquoted(text: bytes) -> str:
    def plain(match: re.Match[bytes]) -> bytes:
        return match[1] if match[1] in {b'"', b"\\"} else bytes((int(match[1], 8),))

    return _text(_ESCAPED.sub(plain, text))


def _after(line: bytes, word: bytes) -> bytes:
    return line.removeprefix(word) if line.startswith(word) else b""


def _is_strict(those: Sequence[bytes]) -> bool:
    """True if each comes after the one before it; so none is there twice."""
    return all(before < after for before, after in pairwise(those))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
