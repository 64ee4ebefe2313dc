"""An environment file with a conflict in it: both sides name by name, and the headers and keys that open their values."""

from typing import NamedTuple

from gitseal.conflict import stages
from gitseal.conflict.merge_files import three_way
from gitseal.crypto.datakey import DataKey
from gitseal.document import document
from gitseal.document.document import Document, Entry
from gitseal.document.header import Access, Header
from gitseal.document.merging import conflict
from gitseal.document.merging.conflict import How, Hunk
from gitseal.document.merging.decisions import content
from gitseal.document.value import TypedValue
from gitseal.errors import Error, Malformed, NotForYou, UnknownVersion, shell_quoted
from gitseal.files.reading import read_regular
from gitseal.git import conflicts
from gitseal.git.conflicts import Operation
from gitseal.project import keys
from gitseal.project.belief.trust import Trust
from gitseal.project.project import Project
from gitseal.report.hints import pathspec
from gitseal.yamltext.tree import NamePath

OURS, THEIRS = "ours", "theirs"


class ConflictedFile(NamedTuple):
    """A file in conflict. `text` is what it is resolved from; `written` what lies on the disk.

    `sides` are the documents that come out if every conflict is decided for one side; `whole` the files of both sides
    as they were before the merge, if Git still knows them, and `base` that of their base. `words` are the names of the sides
    for people, in the same order.
    """

    environment: str
    text: bytes
    written: bytes
    sides: tuple[Document, Document]
    whole: tuple[Document | None, Document | None]
    base: Document | None
    operation: Operation
    words: tuple[str, str] = (OURS, THEIRS)

    @property
    def names(self) -> tuple[NamePath, ...]:
        """The names that the sides differ in, in the order of ours, then theirs."""
        ours, theirs = self.sides
        every = dict.fromkeys([*ours.entries, *theirs.entries])
        return tuple(path for path in every if _held(ours, path) != _held(theirs, path))

    @property
    def groups(self) -> tuple[str, ...]:
        """The access groups that the sides differ in."""
        ours, theirs = (side.header.access for side in self.sides)
        return tuple(
            group for group in sorted({*ours, *theirs}) if _block(ours.get(group)) != _block(theirs.get(group))
        )

    @property
    def is_two_files(self) -> bool:
        """True if the sides are two files that only share their place: each made the environment for itself."""
        return self.sides[0].header.id != self.sides[1].header.id

    def swapped(self) -> "ConflictedFile":
        """The same with the sides the other way round."""
        parts = [
            Hunk(part.theirs, part.ours, part.labels) if isinstance(part, Hunk) else part
            for part in conflict.split(self.text)
        ]
        text = b"".join(
            conflict.whole(b"".join(part.ours), b"".join(part.theirs), How()) if isinstance(part, Hunk) else part
            for part in parts
        )
        return self._replace(text=text, sides=self.sides[::-1], whole=self.whole[::-1], words=self.words[::-1])


def _held(side: Document, path: NamePath) -> object:
    entry = side.entries.get(path)
    return content(entry.node) if entry is not None else None


def _block(access: Access | None) -> object:
    return (access.public.raw, access.succeeds, access.stanzas) if access is not None else None


def in_conflict(project: Project) -> list[str]:
    """The environments whose files are in conflict: by their markers, or by Git's index."""
    waiting = conflicts.unmerged(project.git(), project.folder)
    whole = []
    for environment in project.environments:
        path = project.path(environment)
        if project.relative(path) in waiting or conflict.sides(read_regular(path)) is not None:
            whole.append(environment)
    return whole


def taken_out_by(project: Project, environment: str) -> str | None:
    """The name, as people say it, of the side that deleted the file while the other changed it; None if both have it."""
    name = project.relative(project.path(environment))
    stages = conflicts.unmerged(project.git(), project.folder).get(name)
    if stages is None or not stages.base or (stages.ours and stages.theirs):
        return None
    sides = conflicts.operation(project.git())
    return sides.theirs if stages.ours else sides.ours


def load(project: Project, environment: str) -> ConflictedFile | bytes | None:
    """The conflict of a file; its bytes if a merge by name has none; None if the file shows no conflict.

    Raises Error if the markers in it do not hold together any more.
    """
    path = project.path(environment)
    name = project.relative(path)
    written = read_regular(path)
    if conflict.sides(written) is None:
        # Somebody decided it in an editor. What is no sound file after that is told here, before it is staged.
        project.parse(environment, written)
        return None
    base, ours, theirs = sides = stages.contents(project, name)
    text = written
    if ours and theirs:
        merged = three_way(base, ours, theirs, How())
        if stages.is_by_lines(written, sides):
            # Git merged this by its lines: there was no driver here. By name fewer are left.
            if not merged.conflicts:
                return merged.data
            text = merged.data
    parsed = [_parsed(side) for side in conflict.sides(text) or (text, text)]
    if parsed[0] is None or parsed[1] is None:
        raise Error(
            f'the conflict in "{name}" cannot be read: its two sides are no sealed files',
            f"bring it back as Git left it: git checkout -m -- {shell_quoted(pathspec(name))}",
        )
    whole = (_parsed(ours), _parsed(theirs))
    return ConflictedFile(
        environment,
        text,
        written,
        (parsed[0], parsed[1]),
        whole,
        _parsed(base),
        conflicts.operation(project.git()),
    )


def _parsed(data: bytes) -> Document | None:
    try:
        return document.parse(data) if data else None
    except (Malformed, UnknownVersion):
        return None


class Openings:
    """Values of a file in conflict, opened under whichever of its data keys they were sealed with."""

    def __init__(self, trust: Trust, file: ConflictedFile) -> None:
        self._trust = trust
        self._file = file
        self._keys: dict[tuple[str, str, str], DataKey | None] = {}

    def header(self, side: int, entry: Entry) -> Header | None:
        """A header that has the data key of an entry of a side, or None if none is found."""
        token = entry.token
        file = self._file
        if token is None:
            return file.sides[side].header
        # The side's own header first. A merge may have put a token of one side under the header of the other.
        for environment in (file.whole[side], file.sides[side], file.base, *file.whole, *file.sides):
            if environment is None or environment.header.id != self._file_id(side):
                continue
            if environment.header.has_key_of(token):
                return environment.header
        current = file.sides[side].header
        return self._trust.block(current, token.group, token.key_id)

    def _file_id(self, side: int) -> str:
        environment = self._file.whole[side] or self._file.sides[side]
        return environment.header.id

    def value(self, side: int, entry: Entry) -> TypedValue:
        """The value of an entry of a side. Raises NotForYou if no identity at hand opens it, and what opening raises."""
        token = entry.token
        if token is None:
            return document.plain_value(entry)
        header = self.header(side, entry)
        key = self._key(header, token.group, token.key_id) if header is not None else None
        if header is None or key is None:
            raise NotForYou(
                f'"{entry.name}" of {(OURS, THEIRS)[side]} opens for no identity at hand',
            )
        # The entry as its own side had it: opened under another header it would be bound to another place.
        alone = self._file.sides[side]
        return document.open_entry(alone.under_header(header), entry, {token.group: key})

    def base_value(self, path: NamePath) -> TypedValue | None:
        """The value that a name had in the base, None if it had none. Raises as `value` does."""
        base = self._file.base
        entry = base.entries.get(path) if base is not None else None
        if base is None or entry is None:
            return None
        group = entry.token.group if entry.token is not None else ""
        key = self._key(base.header, group, base.header.access[group].key_id) if group in base.header.access else None
        return document.open_entry(base, entry, {group: key} if key is not None else {})

    def _key(self, header: Header, group: str, key_id: str) -> DataKey | None:
        place = (header.id, group, key_id)
        if place not in self._keys:
            access = header.access[group]
            self._keys[place] = keys.unwrap(
                header.scope(group), key_id, access.by_recipient(), self._trust.workspace.keyring
            )
        return self._keys[place]


def is_fresh(side: Document, entry: Entry, header: Header) -> bool:
    """True if a token of a side is sealed under the data key that a header has now."""
    if entry.token is None:
        return True
    # Another file's tokens are bound to that file's id, whatever the key.
    return side.header.id == header.id and header.has_key_of(entry.token)
