"""allow.yaml: findings of the hook that a person looked at and allowed, each for one path with one content.

Never by path alone: another content of the same path is looked at again. An entry's name is made of both, so that entries
which two branches add stand apart and merge by their lines.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple

from gitseal.errors import Malformed, UnknownVersion
from gitseal.policy.fields import each, mapping, string
from gitseal.yamltext import reader, scalars
from gitseal.yamltext.tree import Node, Tree

FILE = "allow.yaml"
_HASH = re.compile(r"[0-9a-f]{64}")
_ID_DIGITS = 32
_HEAD = "# Findings that were looked at and allowed, by path and content. Add one with: gitseal hook allow PATH --reason WHY\n"


class Allowance(NamedTuple):
    """One content, by the hex of its SHA-256, of one path below the folder that holds `.secrets`, with the reason given."""

    path: bytes
    sha256: str
    reason: str
    line: int

    @property
    def id(self) -> str:
        """The entry's name: `a` and 32 hex digits of the SHA-256 of path and content's hash."""
        return "a" + hashlib.sha256(self.path + b"\0" + self.sha256.encode()).hexdigest()[:_ID_DIGITS]


class Allowances(NamedTuple):
    """All entries, by their names in the order of the file."""

    entries: Mapping[str, Allowance]

    def hashes(self, path: bytes) -> frozenset[str]:
        """The contents that are allowed of a path."""
        return frozenset(entry.sha256 for entry in self.entries.values() if entry.path == path)


NONE = Allowances({})


def parse(data: bytes) -> Allowances:
    """The allowances in the bytes of allow.yaml. Raises Malformed with the line, or UnknownVersion."""
    return _read(reader.parse(data))


def _read(tree: Tree) -> Allowances:
    top = mapping(tree.root, "list of allowances", "version", "allowed")
    version = top.get("version")
    if version is None:
        raise Malformed('the list of allowances does not begin with "version: 1"', 1)
    if version.value != 1:
        raise UnknownVersion("the list of allowances is of another version", "install a newer gitseal")
    found: dict[str, Allowance] = {}
    for name, node in each(top.get("allowed")):
        entry = _entry(node)
        if name != entry.id:
            raise Malformed(
                f'"{name}" is not the name of this path with this content',
                node.line + 1,
                "take the entry out, and make it with: gitseal hook allow PATH --reason WHY",
            )
        found[name] = entry
    return Allowances(found)


def _entry(node: Node) -> Allowance:
    fields = mapping(node, "list of allowances", "path", "path_base64", "sha256", "reason")
    path, encoded = string(fields.get("path")), string(fields.get("path_base64"))
    sha256, reason = string(fields.get("sha256")), string(fields.get("reason")).strip()
    if bool(path) == bool(encoded):
        raise Malformed("an allowance has one path", node.line + 1)
    if not _HASH.fullmatch(sha256):
        raise Malformed("sha256 has 64 lower-case hex digits", node.line + 1)
    if not reason:
        raise Malformed("an allowance says why", node.line + 1, 'add to it: reason: "..."')
    try:
        raw = path.encode() if path else base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise Malformed("path_base64 is no base64", node.line + 1) from None
    return Allowance(raw, sha256, reason, node.line + 1)


def add(data: bytes | None, path: bytes, sha256: str, reason: str) -> bytes:
    """The text of allow.yaml with one more entry, all else byte for byte; the same text where it has the entry.

    `data` None: there is no such file yet. Raises Malformed where it does not hold together.
    """
    if data is None:
        data = f"{_HEAD}\nversion: 1\n\nallowed:\n".encode()
    new = Allowance(path, sha256, " ".join(reason.split()), 0)
    tree = reader.parse(data)
    before = _read(tree)
    if new.id in before.entries:
        return data
    text = _with(tree, new)
    after = parse(text)
    wanted = {**{name: entry[:3] for name, entry in before.entries.items()}, new.id: new[:3]}
    if {name: entry[:3] for name, entry in after.entries.items()} != wanted:
        raise Malformed("the list of allowances has a shape that no entry can be added to", 1, "put it into block style")
    return text


def _with(tree: Tree, new: Allowance) -> bytes:
    """The new entry's lines before the first entry that sorts after it, with a blank line between any two."""
    allowed = tree.root.children.get("allowed")
    lines = list(tree.lines)
    while lines and not lines[-1].strip():
        lines.pop()
    if allowed is None:
        lines += ["", "allowed:"]
    later = [node.line for name, node in (allowed.children if allowed else {}).items() if name > new.id]
    block = _lines(new)
    if later:
        at = min(later)
        while at and tree.is_comment(at - 1):
            at -= 1
        lines[at:at] = [*block, ""]
    else:
        lines += ["", *block] if allowed and allowed.children else block
    return ("\n".join(lines) + "\n").encode()


def _lines(new: Allowance) -> list[str]:
    try:
        path = f"path: {scalars.serialise(new.path.decode())}"
    except UnicodeDecodeError:
        path = f"path_base64: {base64.b64encode(new.path).decode()}"
    fields = (path, f"sha256: {scalars.serialise(new.sha256)}", f"reason: {scalars.serialise(new.reason)}")
    return [f"  {new.id}:", *(f"    {field}" for field in fields)]
