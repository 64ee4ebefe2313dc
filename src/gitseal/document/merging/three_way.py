"""Three texts of one environment file merged by name, with no key: whether a ciphertext equals the base's decides.

If Git's own merge of the lines is clean and nothing in it is out of place, that is the result, byte for byte: a host that
has no driver then does the same. Else names are decided one by one, and comments and order follow a merge of lines.
"""

from gitseal.document.header import HEADER, parse_header
from gitseal.document.merging.conflict import How, Merged, undisputed
from gitseal.document.token import parse_token
from gitseal.errors import Error, Malformed
from gitseal.records import NamedTuple
from gitseal.yamltext import reader, scalars
from gitseal.yamltext.characters import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitseal.document.merging.conflict import LineMerge

    _Tokens = Mapping[str, str]

# The careful way refuses files with twice as many names.
_MOST_NAMES = 100_000


def three_way(base: bytes, ours: bytes, theirs: bytes, lines: "LineMerge", how: How | None = None) -> Merged:
    """The merge of two texts since their base, which is empty if both sides added the file.

    Each token of the result stands under the same name in one of the sides. A conflict holds both sides, between markers
    that no reader of sealed files accepts, around as little as possible. Never raises for what the texts hold.
    """
    one_sided = undisputed(base, ours, theirs)
    if one_sided is not None:
        return one_sided
    text = lines(ours, base, theirs)
    if text is not None and text.is_clean and is_plainly_sound(base, ours, theirs, text.data):
        return Merged(text.data, ())
    from gitseal.document.merging.by_name import by_name  # as much again as all that a simple merge loads

    return by_name(base, ours, theirs, text, lines, how or How())


def is_plainly_sound(base: bytes, ours: bytes, theirs: bytes, merged: bytes) -> bool:
    """True if it is plain to see that a clean merge of lines holds just what the names decide.

    That is so for files of the common shape with one and the same header, which most merges are of. False means nothing:
    the careful way has to look.
    """
    sound: set[tuple[str, str]] = set()
    known = [shape for shape in (_read(text, sound) for text in (base, ours, theirs, merged)) if shape is not None]
    if len(known) < 4 or len({shape.header for shape in known}) > 1 or not _is_header(known[0].header):  # noqa: PLR2004 - all
        return False
    before, here, there, result = (shape.tokens for shape in known)
    return result == _decided(before, here, there)


class _CommonShape(NamedTuple):
    """A file of top-level names with one token each, and its header as text."""

    tokens: "_Tokens"
    header: str


def _read(data: bytes, sound: set[tuple[str, str]]) -> _CommonShape | None:
    """A file that `bulk` would take, as far as its header shows nothing else; None for any other.

    `bulk` has one expression for it, and `re` takes as long to import as all else that a merge does. `sound` has the rows that
    were looked at so far: most rows stand in all texts.
    """
    try:
        text = decode(data)
        start = text.rfind(f"\n{HEADER}:\n") + 1
        tokens = _tokens(text[:start], sound)
    except Error:
        return None
    is_taken = tokens and len(tokens) <= _MOST_NAMES and len(data) <= reader.MAX_BYTES
    return _CommonShape(tokens, text[start:]) if is_taken else None


def _tokens(body: str, sound: set[tuple[str, str]]) -> "_Tokens":
    """The line of each token by the line of its name. Raises Error if anything but empty lines and comments stands among them."""
    tokens: dict[str, str] = {}
    lines = iter(body.split("\n"))
    for number, line in enumerate(lines):
        if not line or line.lstrip(" ").startswith("#"):
            continue
        row = line, next(lines, "")
        if line in tokens or not (row in sound or _is_row(*row)):
            raise Malformed("this is not a name with its token", number)
        sound.add(row)
        tokens[line] = row[1]
    return tokens


def _is_row(line: str, value: str) -> bool:
    """True for a name and a colon, with a token on the next line. Raises Malformed or UnknownVersion for half a token."""
    name = line[:-1]
    is_named = line[-1] == ":" and scalars.is_name(name) and not scalars.is_word(name) and name != HEADER
    return is_named and value.startswith("  ") and parse_token(value[2:], 0) is not None


def _is_header(text: str) -> bool:
    """True for a sound header with no name behind it."""
    try:
        root = reader.parse(text.encode()).root
        parse_header(root)
    except Error:
        return False
    return len(root.children) == 1


def _decided(base: "_Tokens", ours: "_Tokens", theirs: "_Tokens") -> "_Tokens | None":
    """The tokens that a merge has to have, None if both sides changed one and do not agree."""
    decided = {}
    for name in {**base, **ours, **theirs}:
        was, one, other = base.get(name), ours.get(name), theirs.get(name)
        if one not in {was, other} and other != was:
            return None
        token = other if one == was else one
        if token is not None:
            decided[name] = token
    return decided
