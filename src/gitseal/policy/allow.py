"""allow.yaml: findings of the hook that a person looked at and let pass, by path and content, each with a reason.

```yaml
version: 1
allowed:
  - {path: "tests/server.key", sha256: "9f86d0...", reason: "key of the test server, made for it"}
```

One line an entry, sorted by path: what two branches add in different places merges by plain `git merge`, and what they add
in the same place by Git's own `merge=union`. An entry names one content of one path (SHA-256 of the blob's bytes); the
next version of the file is looked at again. `path` is relative to the folder that holds `.secrets`; one that is no UTF-8
stands as Git prints it, in double quotes with octal escapes (core.quotePath in git-config(1)).
"""

import re
from collections.abc import Mapping

from gitseal.errors import Error, Malformed, UnknownVersion
from gitseal.policy.fields import items, mapping, string
from gitseal.records import NamedTuple
from gitseal.yamltext import reader, scalars
from gitseal.yamltext.tree import Node, NodeKind

FILE = "allow.yaml"

_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEAD = """\
# Findings of the hook that were looked at: docs/reference/allow.md. Made by: gitseal hook allow PATH --reason R
version: 1
allowed:
"""


class Allowed(NamedTuple):
    """One entry. `path` is Git's own bytes, relative to the folder that holds `.secrets`."""

    path: bytes
    sha256: str
    reason: str


class Allowances:
    """The entries of one file."""

    def __init__(self, entries: tuple[Allowed, ...]) -> None:
        self.entries = entries
        self._hashes: dict[bytes, set[str]] = {}
        for entry in entries:
            self._hashes.setdefault(entry.path, set()).add(entry.sha256)

    def hashes(self, path: bytes) -> frozenset[str]:
        """The SHA-256, in lower-case hex, of the contents of a path that are allowed; none for most paths."""
        return frozenset(self._hashes.get(path, ()))


NONE = Allowances(())


def parse(data: bytes) -> Allowances:
    """The entries in the bytes of allow.yaml. Raises Malformed with the line, or UnknownVersion."""
    return Allowances(tuple(_entry(node) for node in items(_top(reader.parse(data, policy=True).root).get("allowed"))))


def add(data: bytes, new: Allowed) -> bytes:
    """The text with one more entry in its place by path; all other bytes stay. The text itself if it has the entry.

    Empty `data` makes a new file. Raises Malformed for bytes that are no such file, and Error for a reason that is blank.
    """
    if not new.reason.strip():
        raise Error("an allowance needs a reason", 'say why it may stay: --reason "..."')
    text = data or _HEAD.encode()
    tree = reader.parse(text, policy=True)
    entries = parse(text).entries
    if any((entry.path, entry.sha256) == new[:2] for entry in entries):
        return text
    listed = _top(tree.root).get("allowed")
    lines = text.split(b"\n")
    eol = b"\r" if lines[0].endswith(b"\r") else b""
    if lines[-1]:
        lines[-1] += eol
        lines.append(b"")
    if listed is None:
        lines[-1:] = [b"allowed:" + eol, _line(2, new) + eol, b""]
    elif listed.source or listed.kind is not NodeKind.SEQUENCE:
        # `[...]` on one line, `null`, or nothing at all after the colon.
        whole = [_line(listed.indent + 2, entry) + eol for entry in sorted({*entries, new})]
        label = lines[listed.line].partition(b":")[0] + b":" + eol
        lines[listed.line : listed.end] = [label, *whole]
    else:
        at = next((node for node, entry in zip(listed.items, entries, strict=True) if entry.path > new.path), None)
        line = at.line if at else listed.end
        while at and line > listed.line + 1 and tree.is_comment(line - 1):
            line -= 1  # comments right above an entry are its own
        lines.insert(line, _line(listed.items[0].indent, new) + eol)
    edited = b"\n".join(lines)
    _check(entries, new, edited)
    return edited


def _check(before: tuple[Allowed, ...], new: Allowed, edited: bytes) -> None:
    """Raises ValueError if the text is not the old entries and the new one: then nothing may be written."""
    if sorted(parse(edited).entries) != sorted((*before, new)):
        raise ValueError("the edited text is not the old one with just this entry")


def _top(root: Node) -> Mapping[str, Node]:
    top = mapping(root, "list of allowances", "version", "allowed")
    version = top.get("version")
    if version is None:
        raise Malformed('the list of allowances does not begin with "version: 1"', 1)
    if version.value != 1 or type(version.value) is not int:
        raise UnknownVersion(
            "the list of allowances is of a version that this gitseal does not know", "upgrade gitseal"
        )
    return top


def _entry(node: Node) -> Allowed:
    fields = mapping(node, "list of allowances", "path", "sha256", "reason")
    missing = [name for name in ("path", "sha256", "reason") if not string(fields.get(name))]
    if not missing and not string(fields["reason"]).strip():
        missing = ["reason"]
    if missing:
        raise Malformed(
            f"an allowance has no {missing[0]}", node.line + 1, "it takes {path: ..., sha256: ..., reason: ...}"
        )
    sha256 = string(fields["sha256"])
    if not _SHA256.fullmatch(sha256):
        raise Malformed(
            "sha256 is not 64 lower-case hex digits",
            fields["sha256"].line + 1,
            "take the line out, and stage the file, and allow it again with gitseal hook allow",
        )
    return Allowed(_path(fields["path"]), sha256, string(fields["reason"]))


def _path(node: Node) -> bytes:
    text = string(node)
    path = _unquoted(text[1:-1].encode(), node.line + 1) if _is_quoted(text) else text.encode()
    if path.startswith(b"/") or not {b"..", b".", b""}.isdisjoint(path.split(b"/")):
        raise Malformed(
            "a path is relative to the folder that holds .secrets",
            node.line + 1,
            "take the line out, and stage the file, and allow it again with gitseal hook allow",
        )
    return path


def _line(indent: int, entry: Allowed) -> bytes:
    fields = {"path": _shown(entry.path), "sha256": entry.sha256, "reason": entry.reason}
    written = ", ".join(f"{name}: {scalars.quoted(text)}" for name, text in fields.items())
    return f"{' ' * indent}- {{{written}}}".encode()


_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_ASCII = range(0x20, 0x7F)


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] == '"'


def _shown(path: bytes) -> str:
    """The path as text; as Git quotes it if it is not UTF-8, or looks as if it were quoted."""
    try:
        text = path.decode()
    except UnicodeDecodeError:
        text = '""'
    if not _is_quoted(text):
        return text
    return '"' + "".join(chr(c) if c in _ASCII and c not in b'"\\' else f"\\{c:03o}" for c in path) + '"'


def _unquoted(text: bytes, line: int) -> bytes:
    """The bytes that Git's quoting stands for (quote.c, `unquote_c_style`)."""

    def byte(escape: re.Match[bytes]) -> bytes:
        if escape[1]:
            return bytes([int(escape[1], 8)])
        if escape[2] not in _ESCAPES:
            raise Malformed("a path in quotes has an escape that Git does not write", line)
        return bytes([_ESCAPES[escape[2]]])

    return re.sub(rb"\\(?:([0-3][0-7]{2})|(.?))", byte, text, flags=re.DOTALL)
