"""The value at each name of a piece of an environment file, sound or not: the reading under `changes`.

A sound piece is read by the grammar. Anything else that history may hold (a conflict, a state made by hand) still counts for
what its lines show: a value that stood in a commit was published, whether or not the file around it holds together.
"""

import re

from gitseal.document import token_grammar
from gitseal.errors import Malformed
from gitseal.records import NamedTuple
from gitseal.yamltext import reader, scalars
from gitseal.yamltext.outline import outline
from gitseal.yamltext.tree import NamePath, Node, NodeKind

# One sealed value as gitseal writes it, which is most of what commits change: a fifth of the time that the grammar takes.
# Shorter names, or ones with small letters, may be words that the grammar refuses.
_ONE = re.compile(rf"(?P<name>[A-Z][A-Z0-9_]{{6,127}}):\n +(?P<token>{token_grammar.TOKEN})\n+".encode())


class FilePiece(NamedTuple):
    """Scalars as text by name; of a name that has several (no sound file does) all, one to a line."""

    scalars: dict[NamePath, str]
    is_sound: bool


def read(piece: bytes) -> FilePiece:
    """The scalars of whole top-level names. Never raises: what breaks the grammar is read by its lines."""
    one = one_token(piece)
    return FilePiece({(one[0],): one[1]}, is_sound=True) if one else by_grammar(piece)


def one_token(piece: bytes) -> tuple[str, str] | None:
    """The name and the token of a piece that is just one sealed value, as gitseal writes it."""
    one = _ONE.fullmatch(piece)
    return (one[1].decode(), one[2].decode()) if one else None


def by_grammar(piece: bytes) -> FilePiece:
    """The same as `read`, without the shortcut."""
    try:
        tree = reader.parse(piece)
    except Malformed:
        return FilePiece(_by_lines(piece), is_sound=False)
    return FilePiece({path: _text(node) for path, node in tree.nodes.items() if not node.children}, is_sound=True)


def _text(node: Node) -> str:
    """A scalar so that equal ones are equal texts, and lists too. A token and what a header says are without quotes."""
    if node.kind is not NodeKind.SCALAR:
        return node.json()
    if not isinstance(node.value, str):
        return node.source
    if node.path[0] == token_grammar.HEADER or node.value.startswith(token_grammar.PREFIXES):
        return node.value
    return scalars.serialise(node.value)


def _by_lines(piece: bytes) -> dict[NamePath, str]:
    collected: dict[NamePath, list[str]] = {}
    for path, _line, text in outline(piece):
        if text and path and not text.startswith(b"#"):
            collected.setdefault(tuple(map(bytes.decode, path)), []).append(text.decode("utf-8", "replace"))
    return {path: "\n".join(texts) for path, texts in collected.items()}
