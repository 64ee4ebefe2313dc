"""Many blobs from one `git cat-file --batch`, in chunks: a blob may be larger than memory."""

import threading
from collections.abc import Iterable, Iterator
from typing import IO, NamedTuple

from gitseal.errors import Error
from gitseal.git import run
from gitseal.git.repository import Repository

CHUNK = 1 << 20


class Blob(NamedTuple):
    """What Git has for a request: `size` bytes in `chunks`, which must be read before the next blob is asked for.

    `kind` is `blob`, another kind of object, or `missing`.
    """

    kind: str
    size: int
    chunks: Iterator[bytes]

    def read(self) -> bytes:
        """All bytes."""
        return b"".join(self.chunks)


def stream(repository: Repository, requests: Iterable[str]) -> Iterator[Blob]:
    """The objects of `requests` in their order: ids, or `:PATH` for the index.

    What is left unread of one is passed over. Raises Error where Git ends before its answer does.
    """
    running = run.start(repository.top, "cat-file", "--batch", "--buffer", in_hook=repository.in_hook)
    # Git answers while it is still asked: without a thread both would wait, each with a full pipe.
    asking = threading.Thread(target=_ask, args=(running.stdin, requests), daemon=True)
    asking.start()
    whole = False
    try:
        yield from _answers(running.stdout)
        whole = True
    finally:
        # Only then may the pipe be closed that the thread still writes to.
        if not whole:
            running.kill()
        asking.join()
        status = running.end()
    if status != 0:
        raise _broken()


def _ask(stdin: IO[bytes], requests: Iterable[str]) -> None:
    try:
        with stdin:
            for request in requests:
                stdin.write(request.encode("utf-8", "surrogateescape") + b"\n")
    except BrokenPipeError:
        pass  # whoever reads was content with less


def _answers(answers: IO[bytes]) -> Iterator[Blob]:
    while head := answers.readline():
        fields = head.rstrip(b"\n").rsplit(b" ", 2)
        # `OBJECT missing` and `OBJECT ambiguous` have no size; a path in them may hold blanks.
        if fields[-1] in {b"missing", b"ambiguous"} or not fields[-1].isdigit():
            yield Blob("missing", 0, iter(()))
            continue
        size = int(fields[-1])
        chunks = _chunks(answers, size)
        yield Blob(fields[-2].decode(), size, chunks)
        for _rest in chunks:
            pass
        answers.read(1)


def _chunks(answers: IO[bytes], size: int) -> Iterator[bytes]:
    while size:
        chunk = answers.read(min(size, CHUNK))
        if not chunk:
            raise _broken()
        size -= len(chunk)
        yield chunk


def _broken() -> Error:
    return Error("Git ended in the middle of a file", "see what is missing with: git fsck")
