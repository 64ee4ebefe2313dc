"""Values from a file of another format, put into an environment, and what becomes of its comments."""

import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from gitseal.document.value import TypedValue, ValueType
from gitseal.exchange import Imported, ImportedValue
from gitseal.records import NamedTuple
from gitseal.sealing.change import Change, Outcome, SetResult
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_BELOW = "behind the last value"


class Comments(NamedTuple):
    """The comments of a file that may stand readable, for they hold no value: above each name, and behind the last value.

    `doubtful` counts the lines that may hold one, by the place where they stand, in words.
    """

    above: Mapping[NamePath, tuple[str, ...]] = MappingProxyType({})
    below: tuple[str, ...] = ()
    doubtful: Mapping[str, int] = MappingProxyType({})


class CommentLines(NamedTuple):
    """What became of a file's comments: the number of lines by place, of those kept, and of those left out by the reason.

    A place is in words.
    """

    kept: Mapping[str, int] = MappingProxyType({})
    left: Mapping[str, Mapping[str, int]] = MappingProxyType({})

    def with_those_of(self, other: "CommentLines") -> "CommentLines":
        """These and those of another environment, which got the same file."""
        left = {why: {**self.left.get(why, {}), **other.left.get(why, {})} for why in {**self.left, **other.left}}
        return CommentLines({**self.kept, **other.kept}, left)


def take(
    edit: Change,
    items: Iterable[ImportedValue],
    comments: Comments,
    *,
    plain: bool = False,
    plain_names: Collection[NamePath] = (),
    untyped: Collection[NamePath] = (),
    pulled: Mapping[NamePath, bytes] = MappingProxyType({}),
) -> list[SetResult]:
    """Sets the values. New names come in the order of the items, each below its comments.

    `plain` is as `Change.put` has it, for all of them or for `plain_names`. Comments behind the last value come along if the
    environment had no names before. `untyped` are names that come from a format without types. `pulled` are the texts that a
    file got from this environment: a value that still is so was not changed by anybody, and stays as it is stored.
    """
    items = list(items)
    below = () if edit.document.entries else comments.below

    def put(item: ImportedValue, rank: int) -> SetResult:
        content = item.value.reveal()
        if pulled.get(item.path) == content:
            return SetResult(edit.environment, path_text(item.path), Outcome.UNCHANGED, not content)
        return edit.set_named(
            item.path,
            edit.stored_form(item.path, item.value),
            plain=plain or item.path in plain_names,
            comments=comments.above.get(item.path, ()),
            rank=rank,
            below=below if rank == len(items) - 1 else (),
            untyped=item.path in untyped,
        )

    return [put(item, rank) for rank, item in enumerate(items)]


def readable_comments(imported: Imported) -> Comments:
    """The comments that may stand readable, and how many may not."""
    if not imported.below and not any(item.comments for item in imported.items):
        return Comments()
    from gitseal.scan.readable_comments import readable

    values = [text for item in (*imported.items, *imported.overridden) for text in _texts(item.value)]
    above = {item.path: readable(item.comments, values) for item in imported.items if item.comments}
    below = readable(imported.below, values)
    missing = {_above(item.path): _lines(item.comments) - _lines(above.get(item.path, ())) for item in imported.items}
    missing[_BELOW] = _lines(imported.below) - _lines(below)
    return Comments(above, below, _counted(missing))


def _texts(value: TypedValue) -> list[str]:
    """The text of a value; of a list, those in it."""
    text = value.reveal().decode("utf-8", "replace")
    return re.split(r'[\s\[\]{},:]*+"[\s\[\]{},:]*+|[\s\[\]{},]++', text) if value.kind is ValueType.JSON else [text]


def comment_lines(edit: Change, comments: Comments) -> CommentLines:
    """What becomes of the comments in one environment, once `take` has put in what they stand beside.

    A comment that stands in the file already is neither kept nor left out.
    """
    if comments == Comments():
        return CommentLines()
    entries = edit.document.entries
    text = edit.document.serialise().decode()
    there = {line.strip() for line in text.splitlines() if line.lstrip().startswith("#")}
    kept: dict[str, int] = {}
    late: dict[str, int] = {}
    old = {_above(path) for path in entries}
    for place, lines in ((_BELOW, comments.below), *((_above(path), lines) for path, lines in comments.above.items())):
        if place in old or (place == _BELOW and entries):
            late[place] = _lines(line for line in lines if line not in there)
        else:
            kept[place] = _lines(lines)
    doubtful = {place: count for place, count in comments.doubtful.items() if place in kept}
    left = {"which may hold a value": doubtful, "since comments come with new names only": _counted(late)}
    return CommentLines(_counted(kept), {why: places for why, places in left.items() if places})


def _counted(places: Mapping[str, int]) -> dict[str, int]:
    return {place: count for place, count in places.items() if count}


def _above(path: NamePath) -> str:
    return f"above {path_text(path)}"


def _lines(lines: Iterable[str]) -> int:
    return sum(map(bool, lines))
