"""A made-up leak that no commit ever holds: objects and an index in a folder that is gone afterwards.

Git reads the real objects beside them (gitrepository-layout(5), objects/info/alternates) and writes nothing there.
"""

import os
import tempfile
from binascii import b2a_base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.git.run import NO_HOOKS, environment, finish, git

# A name that no one has, in the list of names that are always blocked.
NAME = "gitseal-canary.env"
_NOBODY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "gitseal"), ("EMAIL", "canary@invalid"), ("DATE", "2000-01-01T00:00:00Z"))
}


class Canary(NamedTuple):
    """`variables` let Git see it staged; `refs` is a file with the line by which a pushed branch brings it.

    `message` is a file with a commit's message that holds a made-up key, and is called `NAME`.
    """

    variables: dict[str, str]
    refs: Path
    message: Path


@contextmanager
def canary(repository: Repository, *, received: bool) -> Iterator[Canary]:
    """A plain value, staged beside what HEAD has, and in a commit. `received`: `refs` as pre-receive reads it, not pre-push.

    Raises Error if Git refuses.
    """
    with tempfile.TemporaryDirectory(prefix="gitseal-canary-") as scratch:
        folder = Path(scratch)
        made = _Maker(repository, folder)
        # Random, or a hook that was told to let this one content pass would look as if it let everything pass.
        blob = made.git("hash-object", "-w", "--stdin", stdin=f"CANARY={os.urandom(16).hex()}\n".encode())
        if not received:
            # Of what is staged nothing: it may be much, or in conflict, or itself be blocked.
            if git(repository.top, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") is not None:
                made.git("read-tree", "HEAD")
            made.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{NAME}")
        tree = made.git("mktree", "-z", stdin=f"100644 blob {blob}\t{NAME}\0".encode())
        commit = made.git("commit-tree", "--no-gpg-sign", "-m", "canary", tree)
        nothing, ref = "0" * len(commit), "refs/heads/gitseal-canary"
        refs = folder / "refs"
        refs.write_text(f"{nothing} {commit} {ref}\n" if received else f"{ref} {commit} {ref} {nothing}\n")
        message = folder / NAME
        message.write_text(f"canary\n\n-----BEGIN PRIVATE KEY-----\n{_made_up()}\n-----END PRIVATE KEY-----\n")
        yield Canary(made.variables, refs, message)


def _made_up() -> str:
    """What looks like a key and is none: longer than the shortest one, because a `+` at its ends is taken for no part of it."""
    return b2a_base64(os.urandom(96), newline=False).decode()


class _Maker:
    """Runs Git so that what it writes lands in a folder."""

    def __init__(self, repository: Repository, folder: Path) -> None:
        self._top = repository.top
        self.variables = {"GIT_OBJECT_DIRECTORY": str(folder / "objects"), "GIT_INDEX_FILE": str(folder / "index")}
        info = folder / "objects" / "info"
        info.mkdir(parents=True)
        (info / "alternates").write_bytes(os.fsencode(self._path("objects")) + b"\n")

    def _path(self, name: str) -> Path:
        answer = git(self._top, "rev-parse", "--git-path", name)
        if answer is None:
            raise Error(f'"{self._top}" is no Git repository', "run: git init")
        return (self._top / os.fsdecode(answer.removesuffix(b"\n"))).absolute()

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        environ = environment(in_hook=False) | self.variables | _NOBODY
        command = (*NO_HOOKS, "-c", "core.splitIndex=false", *arguments)
        done = finish(self._top, *command, stdin=stdin, environ=environ)
        if done.status != 0:
            raise Error(f"Git cannot stage a made-up file: git {arguments[0]} fails", "look at: git fsck; git status")
        return done.stdout.decode().strip()
