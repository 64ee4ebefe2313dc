"""The journal of rotations in which a command has a part: the new value lies here, sealed, until the environment's file has it.

A provider may have taken a new password a moment before this machine stops. So the file as it is to be is on the disk before
the command begins, in the Git directory, and stays there until the value is in force or somebody drops it. It is found by the
file's own id: every worktree of the repository sees it.
"""

import json
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from gitseal.crypto.digest import sha256_hex
from gitseal.document import document as documents
from gitseal.document.document import Document
from gitseal.errors import Busy, Error, Malformed, UnknownVersion, shell_quoted
from gitseal.files import atomic
from gitseal.files.lock import locked
from gitseal.files.reading import read_regular
from gitseal.project import rotations
from gitseal.project.project import Project
from gitseal.records import Enum, NamedTuple
from gitseal.report.hints import set_aside
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_RECORD = "record"
_LIMIT = 256 * 1024 * 1024
_LOOK_SECONDS = 1.0


class CommandState(Enum):
    """What is known of a rotation's command. One that has begun may be running still: it outlives gitseal."""

    BEGUN = "begun"
    FAILED = "failed"
    SUCCEEDED = "succeeded"


_STATES = {state.value: state for state in CommandState}


class Waiting(NamedTuple):
    """A rotation that is not done: the environment's file as it was, and with the new value.

    `after` is None while a command is about to make the value: then nobody knows whether a provider has one.
    """

    path: NamePath
    before: Document
    after: Document | None
    state: CommandState = CommandState.BEGUN

    @property
    def environment(self) -> str:
        """The environment whose file it is."""
        return self.before.header.environment

    def changed(self) -> list[NamePath]:
        """The names that get a value: the one that is rotated, and those beside it."""
        after = self.after.entries if self.after is not None else {}
        old = self.before.entries
        return [path for path, entry in after.items() if path not in old or old[path].token != entry.token]

    def is_taken(self, file: Document) -> bool:
        """True if a file has the new value, so that only the end of the command was cut off."""
        after = self.after.entries if self.after is not None else {}
        there = [file.entries.get(path) for path in self.changed()]
        return bool(there) and all(entry is not None and entry.token == after[entry.path].token for entry in there)

    def told(self) -> Error:
        """The state in words, with the commands that end it."""
        name = path_text(self.path)
        what = f'a rotation of "{name}" in {self.environment}'
        rotate = f"gitseal rotate {shell_quoted(name)} -e {self.environment}"
        if self.after is None:
            return Error(
                f"{what} was cut off: its command may still be running, and its provider may have made a value",
                f"let the command end and look at the provider, then: {rotate} --abandon",
            )
        if self.state is CommandState.SUCCEEDED:
            return Error(
                f"the command of {what} succeeded, and its new value is kept, sealed, but not in the file",
                f"to put it there: {rotate} --resume",
            )
        ends = f"if the provider has the new value: {rotate} --resume; if it has the old one: {rotate} --abandon"
        if self.state is CommandState.BEGUN:
            return Error(
                f"{what} was cut off: its command may still be running, and its new value is kept, sealed",
                f"let the command end; {ends}",
            )
        return Error(f"{what} is not done, and its new value is kept, sealed", ends)


class Record:
    """The place of one rotation, held by this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, waits: Waiting) -> None:
        """Puts the rotation on the disk. Raises Error if that fails."""
        atomic.write(self._folder / _RECORD, _serialised(waits), private=True)

    def require(self, waits: Waiting | None) -> None:
        """Raises Error unless this rotation is here, or none: another process may have been at it since it was read."""
        there = self.read()
        if there is None and waits is not None:
            name, environment = path_text(waits.path), waits.environment
            raise Error(
                f'another process has ended the rotation of "{name}" in {environment}', see_log(waits.path, environment)
            )
        if there is not None and (waits is None or _serialised(there) != _serialised(waits)):
            raise there.told()

    def read(self) -> Waiting | None:
        """The rotation that waits here, or None. Raises Error if the record is damaged."""
        return _read(self._folder)

    def remove(self) -> None:
        """Forgets the rotation."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _serialised(waits: Waiting) -> bytes:
    after = waits.after.serialise() if waits.after is not None else None
    record = {
        "version": 1,
        "name": list(waits.path),
        "before": b64encode(waits.before.serialise()).decode("ascii"),
        "after": b64encode(after).decode("ascii") if after is not None else None,
        "state": waits.state.value,
    }
    return json.dumps(record).encode()


def _folder_name(file: Document, path: NamePath) -> str:
    return f"{rotations.PREFIX}{sha256_hex(json.dumps([file.header.id, *path]).encode())[:32]}"


def _under_way(file: Document, path: NamePath) -> Busy:
    told = f'a rotation of "{path_text(path)}" in {file.header.environment} is under way'
    return Busy(told, "try again when it is done")


def see_log(path: NamePath, environment: str) -> str:
    """The hint for whoever looks for a rotation that is not there."""
    return f"see who set it when: gitseal log {shell_quoted(path_text(path))} -e {environment}"


@contextmanager
def held(project: Project, file: Document, path: NamePath) -> Iterator[Record]:
    """The place of a name's rotation in the environment of a file, for this process alone.

    Raises Busy if another process is at it.
    """
    place = Path(rotations.home(project.git()))
    folder = place / _folder_name(file, path)
    atomic.make_folder(place)
    atomic.make_folder(folder)
    # The names of both folders are on the disk before a command is started.
    for made in (place, folder):
        atomic.sync_written(made)
    with ExitStack() as stack:
        try:
            # Whoever only looks whether something waits lets go at once.
            stack.enter_context(locked(folder, wait=_LOOK_SECONDS))
        except (Busy, FileNotFoundError):
            raise _under_way(file, path) from None
        atomic.sweep(folder)
        try:
            yield Record(folder)
        finally:
            # A folder with a record stays.
            with suppress(OSError):  # an empty one says nothing to anybody
                if not any(folder.iterdir()):
                    folder.rmdir()


def all_waiting(project: Project) -> list[Waiting | Error]:
    """The rotations of this project's environments that wait for somebody, and an error for each that cannot be read.

    A rotation that another process works on does not wait, and neither does one whose value the file has.
    """
    if project.repository is None or not project.source.is_working_tree:
        return []
    told: list[Waiting | Error] = []
    for folder in map(Path, rotations.folders(project.repository)):
        try:
            with locked(folder, wait=0):
                waits = _read(folder)
                if waits is not None and not _waits(project, waits, Record(folder)):
                    continue
        except (FileNotFoundError, Busy):
            continue
        except Error as error:
            told.append(error)
            continue
        if waits is not None:
            told.append(waits)
    return told


def refuse(project: Project, file: Document, paths: Iterable[NamePath]) -> None:
    """Raises Error if a rotation of one of these names waits in the environment of a file; Busy if one is under way.

    Its provider has the new value, or is about to: whatever else was set would be wrong, or in the way of that.
    """
    if project.repository is None or not (folders := rotations.folders(project.repository)):
        return
    rotated = {_folder_name(file, path): path for path in paths}
    for folder in map(Path, folders):
        if folder.name not in rotated:
            continue
        try:
            with locked(folder, wait=0):
                waits = _read(folder)
                if waits is not None and _waits(project, waits, Record(folder)):
                    raise waits.told()
        except FileNotFoundError:
            continue
        except Busy:
            raise _under_way(file, rotated[folder.name]) from None


def refuse_going(project: Project, environment: str) -> None:
    """Raises Error if a rotation waits in an environment that is about to go: nobody would see it any more."""
    for one in all_waiting(project):
        if isinstance(one, Waiting) and one.environment == environment:
            raise Error(f"a rotation waits in {environment}, and would be out of sight", one.told().hint)


def _waits(project: Project, waits: Waiting, record: Record) -> bool:
    """True for a rotation in an environment of this project. One whose value the file has is forgotten."""
    if waits.environment not in project.environments:
        return False
    file = project.read(waits.environment)
    if file.header.id != waits.before.header.id:
        return False
    if waits.is_taken(file):
        record.remove()
        return False
    return True


def _read(folder: Path) -> Waiting | None:
    path = folder / _RECORD
    try:
        record = json.loads(read_regular(path, _LIMIT))
        before = documents.parse(b64decode(record["before"], validate=True))
        after = record["after"]
        is_known = record["version"] == 1
        parsed = documents.parse(b64decode(after, validate=True)) if after is not None else None
        # A record of a version that had no stages tells nothing of its command.
        state = _STATES[record.get("state", CommandState.BEGUN.value)]
        waits = Waiting(tuple(map(str, record["name"])), before, parsed, state)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Malformed, UnknownVersion):
        is_known = False
    if not is_known or (parsed is not None and parsed.header.id != before.header.id):
        raise Error(
            f'"{path}", which holds the new value of a rotation, is damaged',
            f"set it aside, and rotate again: {set_aside(str(folder))}",
        )
    return waits
