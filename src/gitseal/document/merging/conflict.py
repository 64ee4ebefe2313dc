"""Conflicts in a text: the markers that Git and gitseal write, and the two texts that they stand between.

What holds a marker at the beginning of a line is refused by the reader of sealed files (docs/format.md, section 2.2).
"""

from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    class LineMerge(Protocol):
        """Merges lines as `git merge-file` does; None if it cannot, as with bytes that are no text.

        `with_base` puts the base's lines into each conflict, which then may be longer.
        """

        def __call__(self, ours: bytes, base: bytes, theirs: bytes, *, with_base: bool = False) -> "MergedLines | None":
            """Gives the merge of (ours, base, theirs)."""


# Git's own markers have 7 characters; those of a merge of merge bases have more (merge-ll.c).
SIZE = 7
# A text, compiled by `re` when a conflict is read: most merges have none.
_MARKER = rb"(<{7,}|\|{7,}|={7,}|>{7,})(?: [^\r\n]*)?\r?\n?"


class MergedLines(NamedTuple):
    """The result of a merge of lines: the text, with conflicts in it unless `is_clean`."""

    data: bytes
    is_clean: bool


class Merged(NamedTuple):
    """The text, and the names that are in conflict in it: none if the merge is clean.

    A data key in conflict is named by its path in the header. An empty name means that the texts as a whole, or comments
    alone, are in conflict.
    """

    data: bytes
    conflicts: tuple[str, ...]


def undisputed(base: bytes, ours: bytes, theirs: bytes) -> Merged | None:
    """The merge of three texts, if one side alone changed anything; None if both did."""
    if theirs in {ours, base}:
        return Merged(ours, ())
    return Merged(theirs, ()) if base == ours else None


class Labels(NamedTuple):
    """The names of the sides of a conflict."""

    ours: str = "ours"
    base: str = "base"
    theirs: str = "theirs"


class How(NamedTuple):
    """The form of conflicts: the names of the sides, the length of a marker, and whether the base is shown too."""

    labels: Labels = Labels()
    size: int = SIZE
    with_base: bool = False


class Hunk(NamedTuple):
    """One conflict: the lines of both sides, with their line ends. `labels` are those of its markers.

    `base` has the lines that both came from, None if the text does not show them.
    """

    ours: tuple[bytes, ...]
    theirs: tuple[bytes, ...]
    labels: tuple[str, str]
    base: tuple[bytes, ...] | None = None


def split(data: bytes) -> list[bytes | Hunk]:
    """A text as its lines, each conflict as one hunk. If no conflict is whole, there are only lines."""
    parts: list[bytes | Hunk] = []
    lines = data.splitlines(keepends=True) if b"\r" not in data else data.split(b"\n")
    if b"\r" in data:  # a lone carriage return ends no line
        lines = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    at = 0
    while at < len(lines):
        hunk, end = _hunk(lines, at) if lines[at].startswith(b"<" * SIZE) else (None, at)
        if hunk is None:
            parts.append(lines[at])
            at += 1
        else:
            parts.append(hunk)
            at = end
    return parts


def sides(data: bytes) -> tuple[bytes, bytes] | None:
    """Both texts: with every conflict decided for ours, and for theirs. None if there is no conflict."""
    parts = split(data)
    if not any(isinstance(part, Hunk) for part in parts):
        return None
    return (
        b"".join(b"".join(part.ours) if isinstance(part, Hunk) else part for part in parts),
        b"".join(b"".join(part.theirs) if isinstance(part, Hunk) else part for part in parts),
    )


def write(ours: "Sequence[str]", base: "Sequence[str]", theirs: "Sequence[str]", how: How) -> list[str]:
    """A conflict's lines, without line ends."""
    middle = [_line("|", how.size, how.labels.base), *base] if how.with_base else []
    first, last = _line("<", how.size, how.labels.ours), _line(">", how.size, how.labels.theirs)
    return [first, *ours, *middle, "=" * how.size, *theirs, last]


def whole(ours: bytes, theirs: bytes, how: How) -> bytes:
    """One conflict of two whole texts, whatever they are: neither is lost, and no reader takes the result for a good file."""
    eol = "\r\n" if b"\r\n" in ours else "\n"
    first, middle, last = (f"{line}{eol}".encode() for line in write((), (), (), how._replace(with_base=False)))
    return first + _ended(ours, eol) + middle + _ended(theirs, eol) + last


def _line(character: str, size: int, label: str) -> str:
    # A label is often the name of a branch, which may hold what steers a terminal or ends the line.
    words = "".join(letter for letter in label if letter.isprintable()).strip()
    return character * size + (f" {words}" if words else "")


def _ended(data: bytes, eol: str) -> bytes:
    return data if not data or data.endswith(b"\n") else data + eol.encode()


def _hunk(lines: "Sequence[bytes]", start: int) -> tuple[Hunk | None, int]:
    """The hunk that begins at a line, and the line after it; None if it has no end."""
    import re

    first = re.fullmatch(_MARKER, lines[start])
    if first is None:
        return None, start
    size = len(first[1])
    parts: dict[str, list[bytes]] = {"<": [], "|": [], "=": []}
    state = "<"
    has_base = False
    for number in range(start + 1, len(lines)):
        marker = re.fullmatch(_MARKER, lines[number])
        # A longer or shorter marker is of a conflict inside this one (a merge of merge bases), and so it is text here.
        kind = marker[1][:1].decode() if marker and len(marker[1]) == size else ""
        if kind == ">" and state == "=":
            labels = (_label(lines[start]), _label(lines[number]))
            base = tuple(parts["|"]) if has_base else None
            return Hunk(tuple(parts["<"]), tuple(parts["="]), labels, base), number + 1
        if (kind == "|" and state == "<") or (kind == "=" and state in {"<", "|"}):
            state = kind
            has_base = has_base or kind == "|"
        else:
            parts[state].append(lines[number])
    return None, start


def _label(line: bytes) -> str:
    return line.decode("utf-8", "replace").strip().partition(" ")[2]
