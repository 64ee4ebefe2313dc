"""Sealed files of the common shape, read and opened in one pass: top-level names with one sealed value each.

Most files are that, and a deploy waits for them. The careful way (`yamltext.reader`, `Document.tree`) makes a node of every
name; here one expression takes them all. Whatever is not of this shape is left to the careful way, unsound files too, so
that it alone decides what is refused and in which words.
"""

from functools import cache
from itertools import chain

from gitseal.crypto.token_kinds import SEALED
from gitseal.document import bulk_header, token_grammar
from gitseal.document.header import HEADER, Header, parse_header
from gitseal.document.token import Token, decoded
from gitseal.errors import Error
from gitseal.records import NamedTuple
from gitseal.yamltext import reader, scalars
from gitseal.yamltext.characters import is_refused

TYPE_CHECKING = False
if TYPE_CHECKING:  # `re`, `typing` and `cryptography`, which a merge does not need
    import re
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gitseal.crypto.datakey import DataKey
    from gitseal.document.value import TypedValue
    from gitseal.yamltext.tree import NamePath

Row = tuple[str, str, str, str, str]
"""A name and the four parts of its token: kind, access group, key id and payload."""

# As gitseal writes them. The reader takes more (other indents, comments behind a name), and gets whatever differs.
_ROW = rf"^({scalars.NAME}):\n  {token_grammar.TOKEN}$"
# Of a row's text, what its five parts leave over: `:`, the line end and indent, `ENC[v1,`, `,`, `:`, `,` and `]`.
_AROUND = len(":\n  ENC[v1,,:,]")


class Rows(NamedTuple):
    """A file of the common shape."""

    header: Header
    rows: "Sequence[Row]"


def read(data: bytes) -> Rows | None:
    """The file's header and rows, or None if the file is of any other shape. Raises nothing that the careful way would."""
    try:
        # Rows are ASCII and the header is read carefully: what remains to be looked at is comments.
        text = data.decode()
    except UnicodeDecodeError:
        return None
    start = text.rfind(f"\n{HEADER}:\n") + 1
    body = text[:start]
    rows = rows_of(body)
    # The expression alone takes rows out of anything: that nothing else stands among them is counted below.
    names = [row[0] for row in rows]
    if not rows or len(data) > reader.MAX_BYTES or not _holds_nothing_else(body, rows) or not _are_sound(names):
        return None
    header = _header(text[start:], body.count("\n"))
    return Rows(header, rows) if header is not None else None


def _header(text: str, lines_before: int) -> Header | None:
    """The header; None if it is not sound."""
    header = bulk_header.read(text, lines_before + 1)
    if header is not None:
        return header
    try:
        root = reader.parse(text.encode()).root
        header = parse_header(root)
    except Error:
        return None
    # A name behind the header is not among the rows, and would be lost.
    return _moved_down(header, lines_before) if len(root.children) == 1 else None


def rows_of(text: str) -> list[Row]:
    """The rows that a text has among other lines."""
    return _expression().findall(text)


@cache
def _expression() -> "re.Pattern[str]":
    import re

    return re.compile(_ROW, re.MULTILINE)


def _holds_nothing_else(body: str, rows: "Sequence[Row]") -> bool:
    """True if all but the rows are empty lines and comments on lines of their own."""
    lines = body.count("\n")
    # Each row has two line ends, the first of them within `_AROUND`.
    rest = len(body) - sum(map(len, chain.from_iterable(rows))) - len(rows) * _AROUND - (lines - len(rows))
    at = body.find("#")
    while at >= 0:
        # No name and no token has a `#` in it.
        start, end = body.rfind("\n", 0, at) + 1, body.find("\n", at)
        if body[start:at].strip(" ") or is_refused(body[at:end].removesuffix("\r")):
            return False
        rest -= end - start
        at = body.find("#", end)
    return rest == 0


def _are_sound(names: "Sequence[str]") -> bool:
    """True if no name occurs twice or means something else to some YAML parser."""
    unique = set(names)
    return len(unique) == len(names) and HEADER not in unique and not scalars.has_word(names)


def _moved_down(header: Header, lines: int) -> Header:
    access = {group: block._replace(line=block.line + lines) for group, block in header.access.items()}
    return header._replace(access=access)


def open_rows(
    header: Header, rows: "Sequence[Row]", keys: "Mapping[str, DataKey]"
) -> "dict[NamePath, TypedValue] | None":
    """The values of all rows, or None if one of them does not open or is not sealed by a member."""
    from gitseal.document.value import from_plaintext

    values: dict[NamePath, TypedValue] = {}
    group = key_id = ""
    try:
        for name, kind, its_group, its_key_id, payload in rows:
            # Rows of one group mostly follow each other, so its key is looked up once.
            if its_group != group or its_key_id != key_id:
                group, key_id = its_group, its_key_id
                key = keys.get(group)
                if key is None or header.access[group].key_id != key_id:
                    return None
                opened = key.opener()
            if kind != SEALED:
                return None
            values[(name,)] = from_plaintext(opened(name, decoded(payload)))
    except Error:
        return None
    return values


def seal(key: "DataKey", values: "Iterable[tuple[str, TypedValue]]") -> "Iterator[Token]":
    """Tokens of kind `s` for values at names of one part."""
    from gitseal.document.value import to_plaintext

    group, key_id, sealed = key.scope.group, key.key_id, key.sealer()
    for name, value in values:
        yield Token.of(SEALED, group, key_id, sealed(name, to_plaintext(value)))
