"""The texts that a commit brought, apart from sealed files: those of its files, and its message."""

from collections.abc import Iterator

from gitseal.git.log import LogQuery, history
from gitseal.git.repository import Repository
from gitseal.project.roots import is_in_secrets
from gitseal.records import NamedTuple


class CommitText(NamedTuple):
    """A text, and what stood at its place in the parents. `path` is `commit message` for that."""

    path: str
    before: bytes
    after: bytes


def texts_of(repository: Repository, commit: str) -> Iterator[CommitText]:
    """The regular files that a commit changed, and its message. Raises Error if an object is missing."""
    wanted = LogQuery((), lambda path: not is_in_secrets(path), raw=True, also=frozenset((commit,)))
    for logged in history(repository, wanted, (commit, "--no-walk")):
        yield CommitText("commit message", b"", logged.raw.partition(b"\n\n")[2])
        for file in logged.files:
            if file.after is not None:
                before = b"\n".join(content for content in file.before if content is not None)
                yield CommitText(file.path, before, file.after)
