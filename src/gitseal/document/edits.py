"""Edits of a document, checked before they are handed out: the new text has to be the old one with just these changes.

The careful way is `yamltext.editor`, which reads the old text and the new one node by node. In a file of the common shape
(see `bulk`) most edits give some names new tokens: then the text is cut where those stand, and read again in one pass.
"""

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence

from gitseal.document import bulk, token_grammar
from gitseal.document.bulk import Row
from gitseal.document.document import Document
from gitseal.document.header import HEADER
from gitseal.yamltext import editor, reader
from gitseal.yamltext.editor import Put
from gitseal.yamltext.tree import NamePath

_BEGINNING = f"{token_grammar.PREFIXES[0]}v1"


def edited(
    document: Document,
    puts: Mapping[NamePath, Put],
    removes: Iterable[NamePath] = (),
    renames: Mapping[NamePath, NamePath] | None = None,
) -> Document:
    """The document after all the edits at once (see `yamltext.editor.edit`, which says what is raised)."""
    removes = list(removes)
    if document.rows is not None and not renames and all(path[0] == HEADER for path in removes):
        made = _in_rows(document, document.rows, puts, removes)
        if made is not None:
            return made
    tree = editor.edit(document.tree, puts, removes, renames, last=HEADER)
    return Document.of_tree(tree)


def _in_rows(
    document: Document, rows: Sequence[Row], puts: Mapping[NamePath, Put], removes: Sequence[NamePath]
) -> Document | None:
    """The edited document, or None for an edit that takes more than new tokens and a new header."""
    tokens = _tokens({path: put for path, put in puts.items() if path[0] != HEADER})
    wanted = _expected(rows, tokens) if tokens is not None else None
    if tokens is None or wanted is None:
        return None
    text = document.serialise().decode()
    start = text.rfind(f"\n{HEADER}:\n") + 1
    body = _with_tokens(text[:start], rows, tokens)
    header = _header(text[start:], {path: put for path, put in puts.items() if path[0] == HEADER}, removes)
    data = f"{body}{header}".encode()
    read = bulk.read(data)
    # The header was checked where it was edited. What fails here is left to the careful way, which says what is wrong.
    return Document(data, read.header, read.rows) if read is not None and read.rows == wanted else None


def _tokens(puts: Mapping[NamePath, Put]) -> dict[str, Row] | None:
    """The rows that the puts write, by name; None if one of them writes something else."""
    if not all(
        len(path) == 1 and put.own_line and not (put.tight or put.comments or put.below) for path, put in puts.items()
    ):
        return None
    rows: dict[str, Row] = {}
    for path, put in puts.items():
        # What only looks like a token is found out when the edited text is read.
        start, kind, place, payload = (*put.source.split(",", 3), "", "", "")[:4]
        group, _, key_id = place.partition(":")
        if start != _BEGINNING or payload[-1:] != "]":
            return None
        rows[path[0]] = (path[0], kind, group, key_id, payload[:-1])
    return rows


def _expected(rows: Sequence[Row], tokens: Mapping[str, Row]) -> list[Row] | None:
    """The rows after the edit; None if there are new names and the old ones are not sorted, or all of them come later."""
    wanted = [tokens.get(row[0], row) for row in rows]
    names = [row[0] for row in rows]
    new = sorted(tokens.keys() - set(names))
    if new and (names != sorted(names) or new[0] < names[0]):
        return None
    for name in new:
        at = bisect(names, name)
        names.insert(at, name)
        wanted.insert(at, tokens[name])
    return wanted


def _with_tokens(body: str, rows: Sequence[Row], tokens: Mapping[str, Row]) -> str:
    """The body with these rows in place of those with their names, and new ones after the name that each follows."""
    # A name is alone on its line, so that the line end before it and the one behind its colon find it. The first has none.
    body = "\n" + body
    names = [row[0] for row in rows]
    places = {name: place for place, name in enumerate(names)}
    followers: dict[str, list[str]] = {}
    for name in sorted(tokens.keys() - places.keys()):
        followers.setdefault(names[bisect(names, name) - 1], []).append(name)
    touched = tokens.keys() & places.keys() | followers.keys()
    pieces: list[str] = []
    done = 0
    for name in sorted(touched, key=places.__getitem__):
        start = body.index(f"\n{name}:\n", done)
        end = body.index("\n", start + len(name) + 3)
        pieces.append(body[done:start] + _row(tokens[name]) if name in tokens else body[done:end])
        for new in followers.get(name, ()):
            # Names are set off by blank lines; if the next line is not blank, one is added behind.
            next_line = body[end + 1 : body.find("\n", end + 1)]
            pieces.append("\n" + _row(tokens[new]) + ("" if not next_line.strip(" ") else "\n"))
        done = end
    return "".join([*pieces, body[done:]])[1:]


def _row(row: Row) -> str:
    name, kind, group, key_id, payload = row
    return f"\n{name}:\n  ENC[v1,{kind},{group}:{key_id},{payload}]"


def _header(text: str, puts: Mapping[NamePath, Put], removes: Sequence[NamePath]) -> str:
    if not puts and not removes:
        return text
    return editor.edit(reader.parse(text.encode()), puts, removes, last=HEADER).serialise().decode()
