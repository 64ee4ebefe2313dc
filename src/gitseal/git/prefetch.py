"""Many objects whose order is known a little ahead, by one `git cat-file --batch` that is kept at work meanwhile.

`blobs.py` streams blobs of any size once each; here contents are kept for as long as they are going to be used again.
"""

import fcntl
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable
from contextlib import suppress

from gitseal.errors import Error
from gitseal.git import run
from gitseal.git.repository import Repository

# Requests without an answer yet: they have to fit into a pipe (16 KiB on macOS) that nobody empties meanwhile.
_AHEAD = 200
_KEPT_BYTES = 1 << 23
# Git works ahead by as much as its pipe holds: the usual 64 KiB are a file or two.
_PIPE = 1 << 20


class Objects:
    """Objects in the order in which they were announced, by one `git cat-file --batch` that runs ahead.

    A content is kept for as long as an announced use is to come; a few more are kept, since the older side of one commit is
    mostly the newer side of the next.
    """

    def __init__(self, repository: Repository) -> None:
        self._running = run.start(repository.top, "cat-file", "--batch", in_hook=repository.in_hook)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with suppress(OSError):  # a system may allow less; it only takes longer then
                fcntl.fcntl(self._running.stdout, fcntl.F_SETPIPE_SZ, _PIPE)
        self._uses: Counter[bytes] = Counter()
        self._held: dict[bytes, bytes] = {}
        self._recent: OrderedDict[bytes, bytes] = OrderedDict()
        self._kept = 0
        self._queue: deque[bytes] = deque()
        self._asked: deque[bytes] = deque()

    def announce(self, ids: Iterable[bytes]) -> None:
        """What is going to be taken next, in that order, each as often as it is named."""
        for each in ids:
            if not self._uses[each]:
                if each in self._recent:
                    self._held[each] = self._recent.pop(each)
                    self._kept -= len(self._held[each])
                else:
                    self._queue.append(each)
            self._uses[each] += 1

    def take(self, object_id: bytes) -> bytes:
        """A content. Raises Error where the repository lacks it."""
        while object_id not in self._held:
            self._ask()
            arrived = self._asked.popleft()
            self._held[arrived] = self._answer()
        self._uses[object_id] -= 1
        content = self._held[object_id]
        if not self._uses[object_id]:
            self._recent[object_id] = self._held.pop(object_id)
            self._kept += len(content)
            while self._kept > _KEPT_BYTES:
                self._kept -= len(self._recent.popitem(last=False)[1])
        return content

    def _ask(self) -> None:
        """Keeps Git at work: half of what may be on its way is asked for at once."""
        if len(self._asked) > _AHEAD // 2 or not self._queue:
            return
        ids = [self._queue.popleft() for _ in range(min(_AHEAD - len(self._asked), len(self._queue)))]
        self._asked.extend(ids)
        self._running.stdin.write(b"".join(b"%b\n" % each for each in ids))
        self._running.stdin.flush()

    def _answer(self) -> bytes:
        answers = self._running.stdout
        head = answers.readline().split(b" ")
        if len(head) != 3:  # noqa: PLR2004 - id, kind, size; else it is missing
            raise unreadable()
        size = int(head[2])
        content = answers.read(size)
        if len(content) != size:
            raise unreadable()
        answers.read(1)
        return content

    def close(self) -> None:
        """Ends Git, whatever it is at."""
        self._running.kill()
        self._running.end()


def unreadable() -> Error:
    """Git has not what history names."""
    return Error(
        "Git cannot show the whole history of the sealed files",
        "see what is missing: git fsck; in a partial clone: git fetch --refetch",
    )
