"""A merge, rebase or pick that waits: its files in conflict, the names of its two sides, and who changed what on each."""

from pathlib import Path
from typing import NamedTuple

from gitseal.git import index
from gitseal.git.repository import Repository

# What each operation leaves while it waits, and what it calls the commit that it brings (git-rebase(1), git-merge(1) ...).
_HEADS = {"MERGE_HEAD": "merge", "CHERRY_PICK_HEAD": "cherry-pick", "REVERT_HEAD": "revert"}


class Stages(NamedTuple):
    """A file in conflict: the object ids of the base and of both sides, empty if one has no file."""

    base: str
    ours: str
    theirs: str


class Operation(NamedTuple):
    """The operation that Git is in the midst of. `ours` and `theirs` name the sides in words; `revisions` are their commits.

    Ours is always what was here: in a rebase that is the branch onto which one's own commits are put.
    """

    kind: str
    ours: str
    theirs: str
    revisions: tuple[str, str]


class ConflictOrigin(NamedTuple):
    """The author, the time (ISO 8601) and the short id of a commit that brought something in."""

    who: str
    when: str
    commit: str


def unmerged(repository: Repository, folder: Path) -> dict[str, Stages]:
    """The files below a folder that the index has in conflict, by their path from the top."""
    stages: dict[str, dict[str, str]] = {}
    for entry in index.entries_at(repository, str(folder)):
        if entry.stage != index.MERGED and entry.is_file:
            path = entry.path.decode("utf-8", "surrogateescape")
            stages.setdefault(path, {})[entry.stage] = entry.object_id
    sides = (index.BASE, index.OURS, index.THEIRS)
    return {path: Stages(*(ids.get(side, "") for side in sides)) for path, ids in stages.items()}


def operation(repository: Repository) -> Operation:
    """The operation that goes on in this worktree."""
    # A rebase first: it picks commits one by one, and leaves CHERRY_PICK_HEAD lying about while it does.
    here = _branch(repository) or _named(repository, "HEAD")
    rebased = _rebased(repository)
    if rebased is not None:
        theirs = _named(repository, "REBASE_HEAD")
        return Operation(
            "rebase",
            f"{_onto(repository)}, onto which {rebased} goes",
            f"{theirs} of {rebased}",
            ("HEAD", "REBASE_HEAD"),
        )
    for head, kind in _HEADS.items():
        if repository.commit(head) is not None:
            named = _named(repository, head)
            words = {"merge": named, "cherry-pick": f"{named}, picked", "revert": f"what was before {named}"}[kind]
            return Operation(kind, here, words, ("HEAD", f"{head}^" if kind == "revert" else head))
    if repository.commit("refs/stash") is not None:
        return Operation("stash", here, "the stash", ("HEAD", "refs/stash"))
    return Operation("", here, "the other side", ("HEAD", ""))


def told(repository: Repository, commit: str) -> ConflictOrigin | None:
    """The author, time and short id of a commit; None if it is not there."""
    shown = repository.git("log", "-1", "--no-show-signature", "--no-patch", "--format=%an%x00%aI%x00%h", commit)
    fields = (shown or b"").decode("utf-8", "replace").rstrip("\n").split("\0")
    return ConflictOrigin(*fields) if len(fields) == len(ConflictOrigin._fields) else None


def _rebased(repository: Repository) -> str | None:
    """The branch that is being rebased, or None."""
    for folder in ("rebase-merge", "rebase-apply"):
        place = _path(repository, f"{folder}/head-name")
        if place.is_file():
            return _short(place.read_text(errors="replace"))
    return None


def _onto(repository: Repository) -> str:
    place = _path(repository, "rebase-merge/onto")
    return _named(repository, place.read_text(errors="replace").strip()) if place.is_file() else "what is here"


def _path(repository: Repository, name: str) -> Path:
    answer = repository.git("rev-parse", "--git-path", name) or b""
    return repository.top / answer.decode("utf-8", "surrogateescape").rstrip("\n")


def _branch(repository: Repository) -> str:
    answer = repository.git("symbolic-ref", "--quiet", "HEAD")
    return _short(answer.decode("utf-8", "replace")) if answer is not None else ""


def _named(repository: Repository, revision: str) -> str:
    """A branch that is at a commit, or else the commit's short id."""
    commit = repository.commit(revision)
    if commit is None:
        return "a commit"
    refs = ("refs/heads", "refs/remotes", "refs/tags")
    answer = repository.git("for-each-ref", f"--points-at={commit}", "--format=%(refname)", *refs) or b""
    names = [_short(name) for name in answer.decode("utf-8", "replace").split() if not name.endswith("/HEAD")]
    short = repository.git("rev-parse", "--short", commit) or b""
    return names[0] if names else short.decode().strip()


def _short(ref: str) -> str:
    name = ref.strip()
    for start in ("refs/heads/", "refs/remotes/", "refs/tags/"):
        name = name.removeprefix(start)
    return name
