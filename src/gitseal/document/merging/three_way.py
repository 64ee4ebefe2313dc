"""Three texts of one environment file merged by name, with no key: whether a ciphertext equals the base's decides.

If Git's own merge of the lines is clean and nothing in it is out of place, that is the result, byte for byte: a host that
has no driver then does the same. Else names are decided one by one, and comments and order follow a merge of lines.
"""

from gitseal.document import bulk
from gitseal.document.merging.conflict import How, Merged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitseal.document.bulk import CommonShape
    from gitseal.document.merging.conflict import LineMerge

    _Tokens = Mapping[str, tuple[str, ...]]

# The careful way refuses files with twice as many names.
_MOST_NAMES = 100_000


def three_way(base: bytes, ours: bytes, theirs: bytes, lines: "LineMerge", how: How | None = None) -> Merged:
    """The merge of two texts since their base, which is empty if both sides added the file.

    Each token of the result stands under the same name in one of the sides. A conflict holds both sides, between markers
    that no reader of sealed files accepts, around as little as possible. Never raises for what the texts hold.
    """
    how = how or How()
    if theirs in {ours, base}:
        return Merged(ours, ())
    if base == ours:
        return Merged(theirs, ())
    text = lines(ours, base, theirs)
    if text is not None and text.is_clean and is_plainly_sound(base, ours, theirs, text.data):
        return Merged(text.data, ())
    from gitseal.document.merging.by_name import by_name  # as much again as all that a simple merge loads

    return by_name(base, ours, theirs, text, lines, how)


def is_plainly_sound(base: bytes, ours: bytes, theirs: bytes, merged: bytes) -> bool:
    """True if it is plain to see that a clean merge of lines holds just what the names decide.

    That is so for files of the common shape with one and the same header, which most merges are of. False means nothing:
    the careful way has to look.
    """
    shapes = [bulk.read_shape(text) for text in (base, ours, theirs, merged)]
    known = [shape for shape in shapes if shape is not None and len(shape.rows) <= _MOST_NAMES]
    if len(known) < len(shapes) or len({shape.header for shape in known}) > 1 or bulk.read_header(known[0]) is None:
        return False
    before, here, there, result = map(_tokens, known)
    return result == _decided(before, here, there)


def _tokens(shape: "CommonShape") -> "_Tokens":
    return {row[0]: row[1:] for row in shape.rows}


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
