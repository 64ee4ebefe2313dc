"""The one reader of Git's objects: a `git cat-file --batch` that is started once for a command, and what it answered.

Whatever a command wants of the object database goes through here: names become ids, trees are taken apart, and answers
are kept for whoever asks next. Git is asked ahead: `find_all` for many objects, `prefetch.Announced` for a reader who
learns bit by bit what it needs. `ObjectReader.stream` gives contents in chunks, for a blob may be larger than memory.
"""

import os
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator

from gitseal.errors import Error
from gitseal.git import ahead, run
from gitseal.git.child import enlarge
from gitseal.git.object_types import GitObject, StreamedObject, TreeEntry, parse_tree
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.git.child import Running

CHUNK = 1 << 20
# Requests without an answer have to fit into a pipe that Git does not empty while it writes: 16 KiB on macOS.
_UNANSWERED_BYTES = 1 << 13
_KEPT_BYTES = 1 << 25
_KEPT_TREES = 512
# Git works ahead by as much as its pipe holds: the usual 64 KiB are a file or two.
_PIPE_BYTES = 1 << 20
_MISSING = "missing"


class _Request(NamedTuple):
    size: int
    take: Callable[[GitObject | None], None]


class _Head(NamedTuple):
    """The line that an answer begins with."""

    id: str
    kind: str
    size: int


_NOTHING = _Head("", _MISSING, 0)


class ObjectReader:
    """Reads objects of the repository at `top`. Git is started by the first question, and lives until `close`.

    A name can be whatever git-rev-parse(1) takes for one object. Raises Error if Git ends before it has answered, and if
    it distrusts the repository; a folder that is no repository has no objects. Without `fetches` an object that a partial
    clone left out is not there.
    """

    def __init__(self, top: str, *, in_hook: bool, begun: "Running | None" = None, fetches: bool = True) -> None:
        self._top = top
        self._in_hook = in_hook
        self._fetches = fetches
        self._running = begun
        self._has_answered = False
        self._requests: deque[_Request] = deque()
        self._unanswered = 0
        self._kept: OrderedDict[str, GitObject] = OrderedDict()
        self._kept_bytes = 0
        self._roots: dict[str, str] = {}
        self._trees: OrderedDict[str, dict[bytes, TreeEntry]] = OrderedDict()
        self._is_streaming = False
        self._second: ObjectReader | None = None

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Ends Git, whatever it is at, and forgets what was asked for. The next question starts another."""
        running, self._running = self._running, None
        self._requests.clear()
        self._unanswered = 0
        if running is not None:
            running.kill()
            running.end()

    def find(self, name: str) -> GitObject | None:
        """The object of a name, None if there is none."""
        return next(self.find_all([name]))

    def find_all(self, names: Iterable[str]) -> Iterator[GitObject | None]:
        """The objects of many names, in their order; Git is asked ahead."""
        if self._is_streaming:
            # Behind the contents that are on their way, which may be larger than memory, an answer would be long in coming.
            self._second = self._second or ObjectReader(self._top, in_hook=self._in_hook)
            yield from self._second.find_all(names)
            return
        answers: deque[list[GitObject | None]] = deque()
        for name in names:
            answers.append([])
            self.request(name, answers[-1].append)
            while answers and answers[0]:
                yield answers.popleft()[0]
        while answers:
            while not answers[0]:
                self.receive()
            yield answers.popleft()[0]

    def commit(self, revision: str) -> str | None:
        """The full id of the commit that a revision names, or None."""
        object_ = self.find(f"{revision}^{{commit}}")
        return object_.id if object_ is not None else None

    def blobs(self, object_ids: Iterable[str]) -> Iterator[bytes | None]:
        """The contents of blobs in their order, None for what is no blob or not there."""
        for object_ in self.find_all(object_ids):
            yield object_.content if object_ is not None and object_.kind == "blob" else None

    def tree(self, tree_id: str) -> dict[bytes, TreeEntry]:
        """The entries of a tree by its full id, by name. Raises Error if the repository has lost it."""
        if tree_id not in self._trees:
            object_ = self.find(tree_id)
            if object_ is None or object_.kind != "tree":
                raise Error(f"Git cannot show the tree {tree_id}", "see what is missing with: git fsck")
            self._trees[tree_id] = parse_tree(object_)
            if len(self._trees) > _KEPT_TREES:
                self._trees.popitem(last=False)
        return self._trees[tree_id]

    def entry(self, commit: str, path: str) -> TreeEntry | None:
        """The entry that a commit, by its full id, has at a path from the top, parts apart by `/`; None if nothing is there."""
        *folders, name = os.fsencode(path).split(b"/")
        if commit not in self._roots:
            root = self.find(f"{commit}^{{tree}}")
            if root is None:
                return None
            self._roots[commit] = root.id
        tree = self.tree(self._roots[commit])
        for folder in folders:
            place = tree.get(folder)
            # A file has no entries, and the commit of a submodule is not in this repository.
            if place is None or not place.is_folder:
                return None
            tree = self.tree(place.object_id)
        return tree.get(name)

    def stream(self, names: Iterable[str]) -> Iterator[StreamedObject]:
        """The objects of names in their order, in chunks. What is left unread of one is passed over.

        One at a time; other questions may be asked meanwhile.
        """
        while self._requests:
            self.receive()
        self._is_streaming = True
        try:
            yield from self._stream(iter(names))
        except BaseException:
            # What was not read would be taken for the answer to the next question.
            self.close()
            raise
        finally:
            self._is_streaming = False

    def _stream(self, names: Iterator[str]) -> Iterator[StreamedObject]:
        asked: deque[int] = deque()
        is_more = True
        while True:
            # Ahead of the answers, so that Git never waits for us; bounded, so that neither side fills its pipe and waits.
            while is_more and self._unanswered < _UNANSWERED_BYTES // 2:
                name = next(names, None)
                is_more = name is not None
                if name is not None:
                    asked.append(self._write(name))
            if not asked:
                return
            head = self._head()
            self._unanswered -= asked.popleft()
            chunks = self._chunks(head)
            yield StreamedObject(head.kind, head.size, chunks)
            # Whatever the caller left would be read as the head of the next answer.
            for _rest in chunks:
                pass

    def request(self, name: str, take: Callable[[GitObject | None], None]) -> None:
        """Asks for an object. `take` is called with the answer: at once if it is known, else by some later `receive`."""
        name = self._askable(name)
        if name in self._kept:
            self._kept.move_to_end(name)
            take(self._kept[name])
        elif not name:
            take(None)
        else:
            self._requests.append(_Request(self._write(name), take))
            if self._unanswered > _UNANSWERED_BYTES:
                while self._unanswered > _UNANSWERED_BYTES // 2:
                    self.receive()

    def receive(self) -> None:
        """Reads one answer and gives it to whoever asked."""
        if not self._requests:
            raise _broken()
        waiting = list(self._requests)[1:] if not self._has_answered else []
        request = self._requests[0]
        head = self._head()
        received = None
        if head.kind != _MISSING:
            received = GitObject(head.id, head.kind, self._whole(head))
            self._keep(received)
        if self._requests:
            self._requests.popleft()
            self._unanswered -= request.size
        else:  # Git has ended, and has an answer for nobody
            for other in waiting:
                other.take(None)
        request.take(received)

    def _keep(self, object_: GitObject) -> None:
        if object_.id not in self._kept:
            self._kept[object_.id] = object_
            self._kept_bytes += len(object_.content)
        # What was not asked for in the longest time goes first.
        while self._kept_bytes > _KEPT_BYTES:
            self._kept_bytes -= len(self._kept.popitem(last=False)[1].content)

    def _askable(self, name: str) -> str:
        """A name for a line of its own; nothing for what names nothing."""
        if "\0" in name:
            return ""
        if "\n" in name:  # such as HEAD^{/two lines of a message}
            words = ("rev-parse", "--verify", "--quiet", "--end-of-options", name)
            answer = run.git(self._top, *words, in_hook=self._in_hook)
            return answer.decode().rstrip("\n") if answer is not None else ""
        return name

    def _write(self, name: str) -> int:
        """Asks Git without waiting for an answer; the number of bytes that this took."""
        if self._running is None:
            self._running = run.start(self._top, *ahead.OBJECTS, in_hook=self._in_hook, fetches=self._fetches)
            self._has_answered = False
            enlarge(self._running.stdout, _PIPE_BYTES)
        line = name.encode("utf-8", "surrogateescape") + b"\n"
        self._running.stdin.write(line)
        self._unanswered += len(line)
        return len(line)

    def _head(self) -> _Head:
        if self._running is None:
            raise _broken()
        try:
            self._running.stdin.flush()
            line = self._running.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            self._ended()
            return _NOTHING
        self._has_answered = True
        # `NAME missing` and `NAME ambiguous` have no size; there may be blanks in the name.
        fields = line.rstrip(b"\n").rsplit(b" ", 2)
        return _Head(fields[0].decode(), fields[1].decode(), int(fields[2])) if fields[-1].isdigit() else _NOTHING

    def _ended(self) -> None:
        """Git has ended before its answer: it has none for a folder that is no repository, and all else is an error."""
        has_answered = self._has_answered
        self.close()
        # The question raises Error itself if Git distrusts the owner.
        if has_answered or run.git(self._top, "rev-parse", "--git-dir", in_hook=self._in_hook) is not None:
            raise _broken()

    def _whole(self, head: _Head) -> bytes:
        """The content of an answer as one: most are small, and there are many of them."""
        if self._running is None or head.size > CHUNK:
            return b"".join(self._chunks(head))
        content = self._running.stdout.read(head.size + 1)
        if len(content) <= head.size:
            self.close()
            raise _broken()
        return content[:-1]

    def _chunks(self, head: _Head) -> Iterator[bytes]:
        """The content of an answer; a line feed follows it."""
        if head.kind == _MISSING:
            return
        if self._running is None:
            raise _broken()
        answers, size = self._running.stdout, head.size
        while size:
            chunk = answers.read(min(size, CHUNK))
            if not chunk:
                self.close()
                raise _broken()
            size -= len(chunk)
            yield chunk
        answers.read(1)


def _broken() -> Error:
    return Error("Git ended in the middle of a file", "see what is missing with: git fsck")
