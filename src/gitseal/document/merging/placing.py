"""The text of a merge whose names are decided: comments and order by a merge of lines, each name's lines put in their place.

What was decided is first made the same in all three texts, a stand-in line for each name, so that the merge of lines is
left with comments and order alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from gitseal.document.merging import conflict
from gitseal.document.merging.comments import merge_comments
from gitseal.document.merging.conflict import How, Hunk
from gitseal.document.merging.decisions import Base, Choice, MergeSide, Unit, content
from gitseal.document.merging.stand_ins import Order, spliced, text
from gitseal.errors import Malformed
from gitseal.records import NamedTuple
from gitseal.yamltext import reader
from gitseal.yamltext.tree import NamePath, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.document.merging.conflict import LineMerge

_MARK = b"#gitseal-conflict-%d\n"


class Placed(NamedTuple):
    """The text. `conflicts` has an empty name for each conflict of comments."""

    data: bytes
    conflicts: tuple[str, ...]


class Three(NamedTuple):
    """The three texts."""

    base: Base
    ours: MergeSide
    theirs: MergeSide


def place(three: Three, units: Sequence[Unit], lines: "LineMerge", how: How) -> Placed | None:
    """The text with everything in its place; None if every order of the names would lose a comment."""
    first = three.base[0] if isinstance(three.base, tuple) else None
    changed = [unit for unit in units if not unit.is_same]
    stand_ins = {unit.path: f"gitseal-{number}" for number, unit in enumerate(changed)}
    try:
        order = Order(three.ours, three.theirs)
        texts = [
            text(side, changed, stand_ins, order) if side is not None else b""
            for side in (three.ours, first, three.theirs)
        ]
    except (ValueError, KeyError, Malformed):
        return None
    source = _Source(changed, stand_ins, three.ours, first, three.theirs, how)
    placed = _merged_lines(texts, lines, source)
    if placed is not None:
        return placed
    # The order of the names is in conflict: that of one side serves, as long as no comment of the other is lost.
    comments = [Counter(line.strip() for line in text.split(b"\n") if line.lstrip(b" ")[:1] == b"#") for text in texts]
    if comments[2] in (comments[1], comments[0]):
        return _filled(texts[0], source)
    return _filled(texts[2], source) if comments[0] == comments[1] else None


def _merged_lines(texts: Sequence[bytes], lines: "LineMerge", source: "_Source") -> Placed | None:
    """The merge of lines, filled in. Comments that it calls a conflict are merged again, knowing what they came from."""
    ours, base, theirs = texts
    merged = lines(ours, base, theirs)
    placed = _filled(merged.data, source) if merged is not None else None
    if placed is None or not placed.conflicts:
        return placed
    # Not the first time: with the base, conflicts are longer, and one that holds a name cannot be used.
    merged = lines(ours, base, theirs, with_base=True)
    finer = _filled(merged.data, source) if merged is not None else None
    return placed if finer is None or finer.conflicts else finer


class _Source(NamedTuple):
    """The texts from which each name takes its lines."""

    changed: Sequence[Unit]
    stand_ins: Mapping[NamePath, str]
    ours: MergeSide
    base: MergeSide | None
    theirs: MergeSide
    how: How


def _filled(text: bytes, source: _Source) -> Placed | None:
    """A merged text with the names' own lines for the stand-ins; None if a name stands in a conflict of lines."""
    whole, hunks = _without_hunks(text)
    if hunks is None:
        return None
    try:
        tree = reader.parse(whole)
    except Malformed:
        return None
    # The merge of lines knows nothing of names: it may have dropped a stand-in, doubled it, or put it into another section.
    spans = {}
    for unit in source.changed:
        node = tree.nodes.get(unit.path)
        if unit.choice is not Choice.CONFLICT and unit.wanted is None:
            if node is not None:
                return None
            continue
        if node is None or node.value != source.stand_ins[unit.path]:
            return None
        spans[unit.path] = _lines(unit, node.indent, source)
    return _with_hunks(spliced(tree, spans), hunks, source.how)


def _without_hunks(text: bytes) -> tuple[bytes, list[Hunk] | None]:
    """The text with one comment for each conflict of comments, and these; None if a conflict holds more than comments."""
    hunks: list[Hunk] = []
    whole: list[bytes] = []
    for part in conflict.split(text):
        if not isinstance(part, Hunk):
            whole.append(part)
        elif not b"".join(part.ours + part.theirs).strip():
            # Blank lines alone are nothing to ask a person about.
            whole += part.ours if len(part.ours) > len(part.theirs) else part.theirs
        elif (comments := _comments(part)) is not None:
            whole += comments
        elif all(map(_is_comment, part.ours + part.theirs)):
            whole.append(_MARK % len(hunks))
            hunks.append(part)
        else:
            return b"", None
    return b"".join(whole), hunks


def _comments(hunk: Hunk) -> Sequence[bytes] | None:
    """The merged lines of a conflict of comments alone, None for another conflict, or if nobody can tell."""
    if hunk.base is None or not all(map(_is_comment, (*hunk.ours, *hunk.base, *hunk.theirs))):
        return None
    return merge_comments(hunk.base, hunk.ours, hunk.theirs)


def _is_comment(line: bytes) -> bool:
    """True for a blank line too."""
    return line.lstrip(b" ")[:1] in {b"#", b"\r", b"\n", b""}


def _with_hunks(text: bytes, hunks: Sequence[Hunk], how: How) -> Placed:
    eol = b"\r\n" if b"\r\n" in text else b"\n"
    for number, hunk in enumerate(hunks):
        ours, theirs = (
            [line.decode("utf-8", "replace").rstrip("\r\n") for line in side] for side in (hunk.ours, hunk.theirs)
        )
        lines = conflict.write(ours, (), theirs, how._replace(with_base=False))
        text = text.replace(_MARK % number, b"".join(line.encode() + eol for line in lines), 1)
    return Placed(text, ("",) * len(hunks))


def _lines(unit: Unit, indent: int, source: _Source) -> list[str]:
    """The lines of a name, at the indentation of its place."""
    before = source.base.document.tree.nodes.get(unit.path) if source.base is not None else None
    ours, theirs = _own(source.ours, unit.ours, indent), _own(source.theirs, unit.theirs, indent)
    was = _own(source.base, before, indent)
    if unit.choice is Choice.CONFLICT:
        return conflict.write(ours, was, theirs, source.how)
    taken, other, node = (theirs, ours, unit.ours) if unit.choice is Choice.THEIRS else (ours, theirs, unit.theirs)
    if other == was or content(node) != content(before) or not len(taken) == len(was) == len(other):
        return taken
    # The other side changed no more than a comment on these lines, or how they are quoted.
    return [mine if line == old else line for line, old, mine in zip(taken, was, other, strict=True)]


def _own(side: MergeSide | None, node: Node | None, indent: int) -> list[str]:
    """A node's lines, shifted to an indentation."""
    if side is None or node is None:
        return []
    lines = [line.removesuffix("\r") for line in side.document.tree.lines[node.line : node.end]]
    return [
        " " * indent + line[min(node.indent, len(line) - len(line.lstrip(" "))) :] if line else "" for line in lines
    ]
