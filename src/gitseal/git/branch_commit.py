"""A commit of one file on a branch that nobody has checked out: index and working tree stay as they are.

pygit2 writes the objects. The binary does if pygit2 cannot open the repository (SHA-256, reftables, a partial clone), and if
the person has Git sign their commits, which pygit2 does not.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

from gitseal.errors import Busy, Error, shell_quoted
from gitseal.git import refs
from gitseal.git.object_types import FILE
from gitseal.git.objects import library_repository
from gitseal.git.repository import Repository
from gitseal.git.run import NO_HOOKS

if TYPE_CHECKING:  # 90 ms, paid by `commit_file`
    import pygit2

_MODE = FILE | 0o644
_TREE = "040000"
_FSCK = "see what is wrong with: git fsck"
# `Bob <bob@example.com> 1700000000 +0100`, as `git var` writes it.
_IDENT = re.compile(
    r"(?P<name>.*?) <(?P<email>[^<>]*)> (?P<time>[0-9]+) (?P<sign>[+-])(?P<hours>[0-9]{2})(?P<minutes>[0-9]{2})"
)


class FileInFolder(NamedTuple):
    """A file in a folder at the repository's top, with its bytes."""

    folder: str
    name: str
    content: bytes


def commit_file(repository: Repository, branch: str, parent: str, file: FileInFolder, message: str) -> str:
    """Commits a file on top of `parent`, and makes `branch`, by its full name, name that commit. Gives its full id.

    Raises Error if the branch is checked out, if something else has the folder's place, and if Git does not know who commits;
    Busy if the branch moved meanwhile.
    """
    before = refs.exact(repository, [branch]).get(branch, "")
    _refuse_checked_out(repository, branch)
    place = repository.objects.entry(parent, file.folder)
    if place is not None and not place.is_folder:
        raise Error(
            f'"{file.folder}" is no folder on {branch}',
            f"look at: git ls-tree {shell_quoted(parent)} -- {shell_quoted(file.folder)}",
        )
    people = [_ident(repository, role) for role in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")]
    is_signed = (repository.git("config", "--type=bool", "--get", "commit.gpgSign") or b"").strip() == b"true"
    library = None if is_signed else library_repository(repository.top)
    if library is not None:
        commit = _by_library(library, people, parent, file, message)
    else:
        commit = _by_binary(repository, parent, file, message, is_signed=is_signed)
    if not refs.write(repository, branch, commit, message, before):
        short = branch.removeprefix("refs/heads/")
        raise Busy(
            f"Git refuses to move the branch {short}",
            f"see what is in its way: git branch --list {shell_quoted(short.split('/')[0] + '*')}",
        )
    return commit


def _refuse_checked_out(repository: Repository, branch: str) -> None:
    """A branch that moved below a working tree would make that one look changed."""
    answer = repository.git("for-each-ref", "--format=%(refname) %(worktreepath)", branch) or b""
    name, _, worktree = answer.decode("utf-8", "surrogateescape").rstrip("\n").partition(" ")
    # The branch of HEAD may be unborn, and then it is in no list.
    if (name == branch and worktree) or refs.head(repository).name == branch:
        raise Error(
            f"{branch.removeprefix('refs/heads/')} is checked out, and its files would not follow",
            "go to another branch first: git switch -",
        )


def _ident(repository: Repository, role: str) -> re.Match[str]:
    answer = repository.git("var", role)
    ident = _IDENT.fullmatch(answer.decode("utf-8", "replace").rstrip("\n")) if answer is not None else None
    if ident is None:
        raise Error("Git does not know who you are", "tell it: git config user.email you@example.com")
    return ident


def _by_library(
    library: "pygit2.Repository", people: list[re.Match[str]], parent: str, file: FileInFolder, message: str
) -> str:
    import pygit2

    author, committer = (_signature(person) for person in people)
    root = library[parent].peel(pygit2.Tree)
    inner = library.TreeBuilder(root[file.folder].peel(pygit2.Tree)) if file.folder in root else library.TreeBuilder()
    inner.insert(file.name, library.create_blob(file.content), pygit2.enums.FileMode.BLOB)
    outer = library.TreeBuilder(root)
    outer.insert(file.folder, inner.write(), pygit2.enums.FileMode.TREE)
    made = library.create_commit(None, author, committer, message + "\n", outer.write(), [library[parent].id])
    return str(made)


def _signature(ident: re.Match[str]) -> "pygit2.Signature":
    import pygit2

    offset = int(ident["hours"]) * 60 + int(ident["minutes"])
    return pygit2.Signature(
        ident["name"], ident["email"], int(ident["time"]), -offset if ident["sign"] == "-" else offset
    )


def _by_binary(repository: Repository, parent: str, file: FileInFolder, message: str, *, is_signed: bool) -> str:
    """By plumbing alone: a tree is made from its listing, so that no index is needed."""
    blob = _id(repository.git("hash-object", "-w", "--stdin", "--no-filters", stdin=file.content))
    place = repository.objects.entry(parent, file.folder)
    inner = _tree(repository, place.object_id if place else "", file.name, f"{_MODE:06o} blob {blob}")
    root = _id(repository.git("rev-parse", "--verify", "--quiet", f"{parent}^{{tree}}"))
    outer = _tree(repository, root, file.folder, f"{_TREE} tree {inner}")
    sign = ("-S",) if is_signed else ()
    made = repository.git(*NO_HOOKS, "commit-tree", *sign, "-p", parent, "-m", message, outer)
    if made is None:
        hint = "see why, with what Git itself says: git commit-tree -S -m test 'HEAD^{tree}'" if is_signed else _FSCK
        raise Error("Git made no commit", hint)
    return _id(made)


def _tree(repository: Repository, before: str, name: str, entry: str) -> str:
    """The id of a tree that has an entry, and the others of the tree `before`, if there is one."""
    listed = (repository.git("ls-tree", "-z", before) or b"") if before else b""
    # Only the first tab divides: what follows it is a name, which may have tabs of its own.
    kept = [line for line in listed.split(b"\0") if line and line.partition(b"\t")[2] != name.encode()]
    lines = b"".join(line + b"\0" for line in [*kept, f"{entry}\t{name}".encode()])
    return _id(repository.git("mktree", "-z", "--missing", stdin=lines))


def _id(answer: bytes | None) -> str:
    if answer is None:
        raise Error("Git refuses to write to the repository", _FSCK)
    return answer.decode().strip()
