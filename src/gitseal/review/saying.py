"""Statements while they are collected: each with the line of the file that it is about."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.report.findings import NOTE, WARNING
from gitseal.review.model import Statement
from gitseal.yamltext import reader
from gitseal.yamltext.tree import NamePath, NodeKind

_LONGEST_KEY = 120
_LISTED = 6

Lines = Callable[[NamePath], int]


class Risk(NamedTuple):
    """What makes a statement a risk: the rule's id, how bad it is, and what to do about it."""

    rule: str
    severity: str = WARNING
    hint: str = ""


class StatementCollector:
    """The statements about one file; `lines` gives the line of a path in the newer state of it."""

    def __init__(self, about: str, path: str, lines: Lines) -> None:
        self.statements: list[Statement] = []
        self._about = about
        self._path = path
        self._lines = lines

    def __call__(self, text: str, at: NamePath = (), risk: Risk | None = None) -> None:
        """Says something about a path of the file; a risk where there is one."""
        rule, severity, hint = risk or ("", NOTE, "")
        self.statements.append(Statement(self._about, self._path, self._lines(at), text, rule, severity, hint))


def lines_of(data: bytes | None) -> Lines:
    """Where a path stands in policy.yaml or manifest.yaml, items of lists as `[n]`; the nearest that is there, else 0."""
    try:
        root = reader.parse(data or b"", policy=True).root
    except Error:
        return lambda _path: 0

    def line(path: NamePath) -> int:
        node, found = root, 0
        for part in path:
            if node.kind is NodeKind.SEQUENCE and part[:1] == "[" and int(part[1:-1]) < len(node.items):
                node = node.items[int(part[1:-1])]
            elif part in node.children:
                node = node.children[part]
            else:
                break
            found = node.line + 1
        return found

    return line


def quoted(names: Iterable[str]) -> str:
    """`"a", "b" and 3 more`: names in the order given."""
    listed = [f'"{name}"' for name in names]
    if len(listed) > _LISTED:
        return f"{', '.join(listed[:_LISTED])} and {len(listed) - _LISTED} more"
    return ", ".join(listed)


def short(key: str) -> str:
    """A public key as a person can compare it; the longest kinds without their middle."""
    return key if len(key) <= _LONGEST_KEY else f"{key[:64]}...{key[-24:]}"
