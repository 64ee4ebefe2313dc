"""The texts that a commit brought, apart from sealed files: those of its files, with their names, and its message."""

from collections.abc import Iterator

from gitseal.git.log import LogQuery, history
from gitseal.git.repository import Repository
from gitseal.project.roots import is_in_secrets
from gitseal.records import NamedTuple


class CommitText(NamedTuple):
    """A text, and what stood at its place in the parents. `path` is `commit message` for that.

    The text of a link is where it leads. `is_new`: no parent has the path.
    """

    path: str
    before: bytes
    after: bytes
    is_new: bool


def texts_of(repository: Repository, commit: str) -> Iterator[CommitText]:
    """The files and links that a commit changed, and its message. Raises Error if an object is missing."""
    wanted = LogQuery((), lambda path: not is_in_secrets(path), raw=True, links=True, also=frozenset((commit,)))
    for logged in history(repository, wanted, (commit, "--no-walk")):
        yield CommitText("commit message", b"", logged.raw.partition(b"\n\n")[2], is_new=False)
        for file in logged.files:
            if file.modes[-1]:
                *links, leads = file.targets
                before = b"\n".join(content for content in (*file.before, *links) if content is not None)
                yield CommitText(file.path, before, file.after or leads or b"", file.is_new)
