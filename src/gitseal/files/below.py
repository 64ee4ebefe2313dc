"""Several files below one folder: no symlink on the way to any of them, and all or none."""

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from gitseal.errors import Error, os_reason, shell_quoted
from gitseal.files import atomic
from gitseal.files.reading import LIMIT

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PRIVATE_FOLDER = 0o700
_LONGEST_NAME = 200


class NewFile(NamedTuple):
    """A file to be: the parts of its path below the folder, its bytes, and its permissions, whatever the umask says."""

    path: tuple[str, ...]
    content: bytes
    mode: int

    def __repr__(self) -> str:
        return f"NewFile({'/'.join(self.path)}, …)"


@contextmanager
def staged(folder: Path, items: Sequence[NewFile]) -> Iterator[Callable[[], None]]:
    """Writes the items where nobody sees them yet; the function that it gives puts all of them in place.

    `folder` is made if it is missing, in one that is there. A folder on the way is made too, open to those who may read
    the files in it. Raises Error for a symlink on the way, for what is no regular file, and if something cannot be
    written; then all is as it was, and so it is if the block ends without that call. Only a kill between two renames
    leaves some of the files new and some old.
    """
    with ExitStack() as stack:
        stage = _Stage(folder, stack)
        try:
            stage.add(items)
            yield stage.put
        finally:
            stage.clear()


def holds(folder: Path, item: NewFile) -> bool:
    """True if the file is there with just these bytes and permissions, and through no symlink."""
    with ExitStack() as stack:
        try:
            at = os.open(folder, _FOLDER)
            stack.callback(os.close, at)
            for name, flags in (*((part, _FOLDER) for part in item.path[:-1]), (item.path[-1], _FILE)):
                at = os.open(name, flags, dir_fd=at)
                stack.callback(os.close, at)
            # Of the open file and not of its path, which may lead elsewhere by now.
            status = os.fstat(at)
            if not stat.S_ISREG(status.st_mode) or stat.S_IMODE(status.st_mode) != item.mode:
                return False
            with os.fdopen(at, "rb", closefd=False) as file:
                return file.read(len(item.content) + 1) == item.content
        except OSError:
            return False


class _Move(NamedTuple):
    """A written file that waits for its place, in the open folder `parent`.

    `descriptor` is -1 if it has its temporary name already. `old` is what stands in the place: None if nothing does
    (`is_new`), or it cannot be kept.
    """

    item: NewFile
    parent: int
    temporary: str
    descriptor: int
    is_new: bool = False
    old: NewFile | None = None


class _Stage:
    """The work of `staged`. Descriptors are closed by `stack`; `_at` is what is being worked on, for messages."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._at = self._folder = folder
        self._stack = stack
        self._folders: dict[tuple[str, ...], int] = {}
        self._made: list[tuple[int | None, str]] = []
        self._moves: list[_Move] = []
        self._is_put = False

    def add(self, items: Sequence[NewFile]) -> None:
        """Writes all items, none in its place."""
        try:
            for item in items:
                for depth in range(len(item.path)):
                    self._enter(item.path[:depth], item.mode)
                self._at = self._folder.joinpath(*item.path)
                self._moves.append(self._written(item, self._folders[item.path[:-1]]))
        except OSError as error:
            raise self._failed(error) from None

    def put(self) -> None:
        """Puts every item in its place. If one fails, those before it are put back as they were."""
        done: list[_Move] = []
        try:
            for move in self._moves:
                self._at = self._folder.joinpath(*move.item.path)
                # Noted first: a rename that was interrupted may have happened.
                done.append(move)
                _put(move)
            for parent in self._folders.values():
                os.fsync(parent)
        except BaseException as error:
            for move in reversed(done):
                with suppress(OSError):
                    self._restore(move)
            if isinstance(error, OSError):
                raise self._failed(error) from None
            raise
        self._is_put = True

    def clear(self) -> None:
        """Removes what is not in its place, and the folders that were made for nothing."""
        # After `put` these names are gone already; after a failure they may hold plaintext.
        for move in self._moves:
            with suppress(OSError):
                os.unlink(move.temporary, dir_fd=move.parent)
        if not self._is_put:
            for parent, name in reversed(self._made):
                with suppress(OSError):
                    os.rmdir(name, dir_fd=parent)

    def _enter(self, way: tuple[str, ...], mode: int) -> None:
        """Opens the folder at `way` below the top one, and makes it if it is missing."""
        self._at = self._folder.joinpath(*way)
        parent, name = (self._folders[way[:-1]], way[-1]) if way else (None, str(self._folder))
        if way not in self._folders:
            try:
                os.mkdir(name, _PRIVATE_FOLDER, dir_fd=parent)
                self._made.append((parent, name))
            except FileExistsError:
                pass
            self._folders[way] = self._opened(name, parent)
        if (parent, name) in self._made:
            # Open to those who may read one of its files.
            readable = mode & 0o044
            now = stat.S_IMODE(os.fstat(self._folders[way]).st_mode)
            os.fchmod(self._folders[way], now | readable | readable >> 2)

    def _opened(self, name: str, parent: int | None) -> int:
        try:
            descriptor = os.open(name, _FOLDER, dir_fd=parent)
        except NotADirectoryError:  # what O_DIRECTORY makes of a symlink too
            raise self._in_the_way(os.stat(name, dir_fd=parent, follow_symlinks=False)) from None
        self._stack.callback(os.close, descriptor)
        return descriptor

    def _written(self, item: NewFile, parent: int) -> _Move:
        """A file with an item's bytes and permissions that is not in its place."""
        name = item.path[-1]
        old: NewFile | None = None
        try:
            status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            is_new = True
        else:
            is_new, old = False, self._kept(item, parent, status)
        temporary = atomic.temporary_name(name[:_LONGEST_NAME])
        atomic.sweep_dead(parent, name[:_LONGEST_NAME])
        descriptor = atomic.open_unnamed(".", item.mode, dir_fd=parent)
        if descriptor is not None:
            self._stack.callback(os.close, descriptor)
            _fill(descriptor, item)
            return _Move(item, parent, temporary, descriptor, is_new, old)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=parent)
        try:
            _fill(descriptor, item)
        except BaseException:
            os.unlink(temporary, dir_fd=parent)
            raise
        finally:
            os.close(descriptor)
        return _Move(item, parent, temporary, -1, is_new, old)

    def _kept(self, item: NewFile, parent: int, status: os.stat_result) -> NewFile | None:
        """The file that stands in an item's place, to be put back if need be. Raises Error if it is no regular file."""
        if not stat.S_ISREG(status.st_mode):
            raise self._in_the_way(status)
        try:
            descriptor = os.open(item.path[-1], _FILE, dir_fd=parent)
        except PermissionError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(LIMIT + 1)
        return NewFile(item.path, content, stat.S_IMODE(status.st_mode)) if len(content) <= LIMIT else None

    def _restore(self, move: _Move) -> None:
        if move.is_new:
            os.unlink(move.item.path[-1], dir_fd=move.parent)
        elif move.old is not None:
            back = self._written(move.old, move.parent)
            self._moves.append(back)
            _put(back)

    def _in_the_way(self, status: os.stat_result) -> Error:
        if stat.S_ISLNK(status.st_mode):
            return Error(
                f'"{self._at}" is a symbolic link, which gitseal does not write through',
                f"see where it leads, and remove it: ls -l {shell_quoted(self._at)}",
            )
        return Error(
            f'"{self._at}" is in the way of a file that is to be written', f"look at: ls -ld {shell_quoted(self._at)}"
        )

    def _failed(self, error: OSError) -> Error:
        if error.errno == errno.ENOENT and self._at == self._folder:
            return Error(f'"{self._at.parent}" is not there', f"make it: mkdir -p {shell_quoted(self._at.parent)}")
        reason = os_reason(error)
        return Error(f'"{self._at}" cannot be written: {reason}', f"look at: ls -ld {shell_quoted(self._at.parent)}")


def _fill(descriptor: int, item: NewFile) -> None:
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(item.content)
    os.fchmod(descriptor, item.mode)
    os.fsync(descriptor)


def _put(move: _Move) -> None:
    """Gives a written file its name; what has that name is replaced in one step."""
    if move.descriptor >= 0:
        # A folder makes Python call linkat(2), which follows the link.
        os.link(f"/proc/self/fd/{move.descriptor}", move.temporary, dst_dir_fd=move.parent, follow_symlinks=True)
    os.replace(move.temporary, move.item.path[-1], src_dir_fd=move.parent, dst_dir_fd=move.parent)
