"""Contents whose order is known a little ahead of their use: Git is kept at work meanwhile."""

from collections import Counter, deque
from collections.abc import Iterable
from functools import partial

from gitseal.errors import Error
from gitseal.git.object_reader import ObjectReader
from gitseal.git.object_types import GitObject

# As soon as half of these have come, others are asked for.
_AHEAD = 200


class Announced:
    """Objects in the order in which they were announced. A content is held for as long as an announced use is to come."""

    def __init__(self, reader: ObjectReader) -> None:
        self._reader = reader
        self._uses: Counter[bytes] = Counter()
        self._held: dict[bytes, GitObject | None] = {}
        self._queue: deque[bytes] = deque()
        self._asked = 0

    def announce(self, ids: Iterable[bytes]) -> None:
        """The objects that are going to be taken next, in that order, each as often as it is named."""
        for object_id in ids:
            if not self._uses[object_id]:
                self._queue.append(object_id)
            self._uses[object_id] += 1

    def take(self, object_id: bytes) -> bytes:
        """A content. Raises Error if the repository lacks it."""
        while object_id not in self._held:
            if self._asked <= _AHEAD // 2:
                self._ask()
            if object_id not in self._held:
                self._reader.receive()
        self._uses[object_id] -= 1
        # What is used up stays in the reader for a while: the older side of a commit is mostly the newer side of the next.
        held = self._held[object_id] if self._uses[object_id] else self._held.pop(object_id)
        # Told to whoever takes it, and not when it comes: the uses before it are as good as ever.
        if held is None:
            raise unreadable()
        return held.content

    def _ask(self) -> None:
        while self._queue and self._asked < _AHEAD:
            self._asked += 1
            object_id = self._queue.popleft()
            self._reader.request(object_id.decode(), partial(self._hold, object_id))

    def _hold(self, object_id: bytes, object_: GitObject | None) -> None:
        self._asked -= 1
        self._held[object_id] = object_


def unreadable() -> Error:
    """Git does not have what history names."""
    return Error(
        "Git cannot show the whole history of the sealed files",
        "see what is missing: git fsck; in a partial clone: git fetch --refetch",
    )
