"""Statements about one file while they are collected, each with the line that it is about."""

from collections.abc import Callable, Iterable

from gitseal.errors import Error
from gitseal.recipients.cloud_text import is_cloud_key
from gitseal.report.causes import Cause
from gitseal.report.findings import NOTE, FindingRule
from gitseal.report.hints import NO_HINT, Hint
from gitseal.report.sentences import Sentence, listed, literal
from gitseal.review.model import Statement
from gitseal.yamltext import reader
from gitseal.yamltext.tree import NamePath, NodeKind

_LONGEST_KEY = 120
_LISTED = 6

Lines = Callable[[NamePath], int]


class StatementCollector:
    """Collects the statements about one file; `lines` gives the line of a path in the newer state of it."""

    def __init__(self, about: str, path: str, lines: Lines) -> None:
        self.statements: list[Statement] = []
        self._about = about
        self._path = path
        self._lines = lines

    def __call__(
        self,
        text: Sentence,
        at: NamePath = (),
        rule: FindingRule | None = None,
        hint: Hint = NO_HINT,
        *,
        causes: tuple[Cause, ...] = (),
    ) -> None:
        """Adds a statement about a path of the file. With a rule it is a risk. `causes` are what it follows from."""
        name, severity = (rule.id, rule.severity) if rule is not None else ("", NOTE)
        self.statements.append(
            Statement(self._about, self._path, self._lines(at), text, name, severity, hint, causes=causes)
        )

    def place(self, at: NamePath) -> Sentence:
        """Where a path of the file stands, as `file:line`."""
        line = self._lines(at)
        return literal(f"{self._path}:{line}" if line else self._path)


def lines_of(data: bytes | None) -> Lines:
    """The lines of paths in policy.yaml or manifest.yaml, items of lists as `[n]`: of the nearest node that exists, else 0."""
    try:
        root = reader.parse(data or b"", policy=True).root
    except Error:
        return lambda _path: 0

    def line(path: NamePath) -> int:
        node, nearest = root, 0
        for part in path:
            if node.kind is NodeKind.SEQUENCE and part[:1] == "[" and int(part[1:-1]) < len(node.items):
                node = node.items[int(part[1:-1])]
            elif part in node.children:
                node = node.children[part]
            else:
                break
            nearest = node.line + 1
        return nearest

    return line


def quoted(names: Iterable[str]) -> Sentence:
    """`"a", "b" and 3 more`: names in the order given."""
    return listed(names, most=_LISTED)


def short(key: str) -> str:
    """A public key as a person can compare it; the longest kinds without their middle."""
    if is_cloud_key(key):
        from gitseal.recipients.kms import short as short_kms  # few teams have one

        return short_kms(key)
    return key if len(key) <= _LONGEST_KEY else f"{key[:64]}...{key[-24:]}"
