"""The merge of three texts of any shape, decided name by name; `three_way` takes a shorter way if there is one."""

from collections.abc import Iterable

from gitseal.document.document import Document, parse
from gitseal.document.merging import conflict, decisions, placing
from gitseal.document.merging.access import UNKNOWN
from gitseal.document.merging.conflict import How, Merged, MergedLines
from gitseal.document.merging.decisions import Decided, MergeSide
from gitseal.document.merging.placing import Three
from gitseal.errors import Malformed, UnknownVersion
from gitseal.yamltext.reader import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.document.merging.conflict import LineMerge


def by_name(base: bytes, ours: bytes, theirs: bytes, text: MergedLines | None, lines: "LineMerge", how: How) -> Merged:
    """The merge of three different texts, given `text`, Git's merge of their lines. See `three_way`."""
    left, right = _side(ours), _side(theirs)
    if left is None or right is None:
        return _unsound(ours, theirs, text, how)
    before = _base(base)
    # Git's text and ours are both checked against these decisions before one of them is the result.
    decided = decisions.decide(before, left, right)
    if text is not None and text.is_clean and _is_sound(text.data, decided):
        return Merged(text.data, ())
    placed = placing.place(Three(before, left, right), decided.units, lines, how) if decided is not None else None
    if placed is None or decided is None or not _holds(placed, decided):
        return _whole(ours, theirs, how)
    return Merged(placed.data, (*map(path_text, decided.conflicts), *placed.conflicts))


def _side(data: bytes) -> MergeSide | None:
    document = _parsed(data)
    return MergeSide(document) if document is not None else None


def _parsed(data: bytes) -> Document | None:
    try:
        return parse(data)
    except (Malformed, UnknownVersion):
        return None


def _base(data: bytes) -> decisions.Base:
    """The base's two texts: a merge of merge bases may have left conflicts in it, and then the base is either side's.

    None for no base at all, UNKNOWN for one that cannot be read.
    """
    if not data:
        return None
    sides = [_side(text) for text in conflict.sides(data) or (data,)]
    known = [side for side in sides if side is not None]
    return (known[0], known[-1]) if len(known) == len(sides) else UNKNOWN


def _unsound(ours: bytes, theirs: bytes, text: MergedLines | None, how: How) -> Merged:
    """A side is no sealed file: the lines decide, and what they give has to be a good file or show its conflict."""
    if text is None:
        return _whole(ours, theirs, how)
    if not text.is_clean:
        return Merged(text.data, ("",))
    document = _parsed(text.data)
    if document is None or any(_is_stale(document, entry.path) for entry in document.entries.values()):
        return _whole(ours, theirs, how)
    return Merged(text.data, ())


def _whole(ours: bytes, theirs: bytes, how: How) -> Merged:
    return Merged(conflict.whole(ours, theirs, how), ("",))


def _is_stale(document: Document, path: tuple[str, ...]) -> bool:
    token = document.entries[path].token
    return token is not None and not document.header.has_key_of(token)


def _is_sound(data: bytes, decided: Decided | None) -> bool:
    """True if the merge of lines holds just what was decided.

    It may be clean and put a name of one side into a section that the other side made, where nobody has it: lines such as
    `TOKEN:` are the same in every section.
    """
    return decided is not None and not decided.conflicts and _holds_just(data, decided)


def _holds(placed: placing.Placed, decided: Decided) -> bool:
    """True if a text holds just what was decided, as far as that can be read."""
    return bool(decided.conflicts or placed.conflicts) or _holds_just(placed.data, decided)


def _holds_just(data: bytes, decided: Decided) -> bool:
    document = _parsed(data)
    if document is None:
        return False
    wanted = {unit.path: unit.wanted for unit in decided.units if unit.wanted is not None}
    return _contents(MergeSide(document), decided.whole_groups) == wanted


def _contents(side: MergeSide, whole: Iterable[str]) -> dict[tuple[str, ...], object]:
    return {path: decisions.content(node) for path, node in side.units(whole).items()}
