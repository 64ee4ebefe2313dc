"""policy.yaml and manifest.yaml merged by structure, as `document.merging.three_way` merges sealed files by name.

If Git's own merge of the lines is clean and means just what the entries decide, that is the result, byte for byte: a host that
has no driver then does the same.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gitseal.document.merging import conflict
from gitseal.document.merging.conflict import How, Merged, MergedLines, undisputed
from gitseal.errors import Malformed, UnknownVersion
from gitseal.policy import parser
from gitseal.policy.merging import answers, blocks
from gitseal.policy.merging.answers import Concern
from gitseal.policy.merging.blocks import File
from gitseal.policy.merging.decisions import changed, decide
from gitseal.policy.merging.placing import place
from gitseal.policy.merging.values import Path, Value, of
from gitseal.records import NamedTuple
from gitseal.yamltext import reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.document.merging.conflict import LineMerge

POLICY, MANIFEST = "policy.yaml", "manifest.yaml"


class Kind(NamedTuple):
    """A file that is merged by structure: its parser, and what tells of an answer that the merge alone gives."""

    parse: Callable[[bytes], Any]
    concern: Callable[..., Concern | None]


def kind_of(name: str) -> Kind | None:
    """The way in which a file of `.secrets` with this name is merged by structure; None for every other file."""
    if name == POLICY:
        return Kind(parser.parse, answers.policy_concern)
    if name == MANIFEST:
        from gitseal.policy import manifest_parser

        return Kind(manifest_parser.parse, answers.manifest_concern)
    return None


class _Text(NamedTuple):
    """One of the texts: its lines as blocks, and what it says; None if it is no file at all."""

    file: File
    parsed: Any


def three_way(
    kind: Kind, base: bytes, ours: bytes, theirs: bytes, lines: "LineMerge", how: How | None = None
) -> Merged:
    """The merge of two texts since their base, which is empty if both sides added the file.

    The result is a good file of its kind that widens nothing which neither side widened, or it shows a conflict. The
    conflicts are named by their entries' paths. Never raises for what the texts hold.
    """
    one_sided = undisputed(base, ours, theirs)
    if one_sided is not None:
        return one_sided
    how = how or How()
    text = lines(ours, base, theirs)
    try:
        sides = _Sides(kind, *(_read(kind, side) for side in (base, ours, theirs)))
    except (Malformed, UnknownVersion):
        # What nobody can read nobody can judge: a clean merge of lines would be believed.
        is_shown = text is not None and not text.is_clean
        return Merged(text.data if text is not None and is_shown else conflict.whole(ours, theirs, how), ("",))
    return sides.merge(text, how) or Merged(conflict.whole(ours, theirs, how), ("",))


def _read(kind: Kind, data: bytes) -> _Text:
    return _Text(blocks.read(reader.parse(data, policy=True)), kind.parse(data)) if data else _Text(blocks.EMPTY, None)


class _Sides:
    """The three texts of one merge."""

    def __init__(self, kind: Kind, base: _Text, ours: _Text, theirs: _Text) -> None:
        self.kind = kind
        self.files = (base.file, ours.file, theirs.file)
        self.values = (base.file.root.value, ours.file.root.value, theirs.file.root.value)
        self.parsed = (base.parsed, ours.parsed, theirs.parsed)

    def merge(self, text: MergedLines | None, how: How) -> Merged | None:
        """The merge, given Git's merge of the lines; None if only the texts as a whole can be in conflict."""
        base, ours, theirs = self.values
        decided = decide(base, ours, theirs)
        if decided.conflicts:
            return self.written(decided.value, decided.conflicts, how)
        if text is not None and text.is_clean and self.concern(text.data, decided.value) is None:
            return Merged(text.data, ())
        clean = self.written(decided.value, (), how)
        if clean is None or clean.conflicts:
            return clean
        concern = self.concern(clean.data, decided.value)
        if concern is None:
            return clean
        decided = decide(base, ours, theirs, self.causes(concern))
        merged = self.written(decided.value, decided.conflicts, how)
        return (
            merged._replace(conflicts=(concern.words, *merged.conflicts))
            if merged is not None and merged.conflicts
            else None
        )

    def written(self, value: Value, contested: Sequence[Path], how: How) -> Merged | None:
        base, ours, theirs = self.files
        placed = place(base, ours, theirs, value, contested, how)
        if conflict.sides(placed.data) is None and placed.conflicts:
            return None
        return Merged(placed.data, tuple("/".join(path) for path in placed.conflicts))

    def concern(self, data: bytes, value: Value) -> Concern | None:
        """The reason why a merged text does not hold just this value."""
        try:
            tree = reader.parse(data, policy=True)
            merged = self.kind.parse(data)
        except Malformed as error:
            return Concern(f"the two sides do not fit together: {error.reason}", (_place(data, error.line),))
        except UnknownVersion:
            return Concern("the two sides do not fit together", ())
        if of(tree.root) != value:
            return Concern("the lines of the two sides do not fit together", ())
        return self.kind.concern(*self.parsed, merged)

    def causes(self, concern: Concern) -> Iterable[Path]:
        """The entries that a side changed at the places of a concern; all that were changed if there are none."""
        every = [*changed(*self.values)]
        for places in concern.places:
            near = [path for path in every if any(_is_within(path, place) for place in places)]
            if near:
                return near
        return every


def _is_within(path: Path, place: Path) -> bool:
    """True if one of two paths lies in the other."""
    return all(one == other for one, other in zip(path, place, strict=False))


def _place(data: bytes, line: int | None) -> tuple[Path, ...]:
    """The entry that an error's line, counted from 1, stands in."""
    try:
        root = reader.parse(data, policy=True).root
    except Malformed:
        return ()
    for section, node in root.children.items():
        keys = [*inner] if isinstance(inner := of(node), dict) else []
        nodes = node.items or [*node.children.values()]
        for key, child in zip(keys, nodes, strict=False):
            if line is not None and child.line < line <= child.end:
                return ((section, key),)
        if line is not None and node.line < line <= node.end:
            return ((section,),)
    return ()
