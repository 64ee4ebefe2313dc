"""Comparing commits, and how they descend from each other."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git import refs
from gitseal.git.repository import LITERAL, Repository

# A path that is not there, in a raw diff.
ABSENT = "000000"


class PathChange(NamedTuple):
    """A path that differs between two commits, relative to the top, with bytes that are no UTF-8 as surrogates.

    `old` and `new` are the mode and the object id, `ABSENT` and zeros if nothing is there.
    """

    path: str
    old: str
    new: str

    @property
    def removes(self) -> bool:
        """True if the path is gone."""
        return self.new.startswith(ABSENT)

    @property
    def adds(self) -> bool:
        """True if the path was not there."""
        return self.old.startswith(ABSENT)


class RangeWords(NamedTuple):
    """A range as somebody gave it: `base`, `dots` (`..`, `...`, or nothing for one revision) and `head`, empty if left out."""

    base: str
    dots: str
    head: str


def parse_range(words: str) -> RangeWords:
    """Takes `BASE..HEAD`, `BASE...HEAD` or one revision apart; see gitrevisions(7)."""
    return RangeWords(*(words.partition("...") if "..." in words else words.partition("..")))


def named_commit(repository: Repository, revision: str) -> str:
    """The full id of the commit that a person named (see `refs`). Raises Error, which says if a shallow clone may lack it."""
    commit = refs.commit(repository, revision)
    if commit is None:
        whole, shallow = "see them with: git log --oneline", "fetch it with: git fetch --unshallow"
        raise Error(f'there is no commit "{revision}"', shallow if repository.is_shallow() else whole)
    return commit


def differences(repository: Repository, pairs: Sequence[tuple[str, str]]) -> Iterator[list[PathChange]]:
    """The changes from the second to the first commit of each pair; an empty second stands for an empty tree."""
    # ignore-submodules: a branch's .gitmodules could hide one otherwise.
    answer = repository.git(
        "diff-tree",
        "--stdin",
        "--always",
        "--root",
        "-r",
        "-z",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--ignore-submodules=none",
        stdin="".join(f"{commit} {parent}".rstrip() + "\n" for commit, parent in pairs).encode(),
    )
    if answer is None:
        raise Error("Git cannot compare these commits", "see what is missing with: git fsck")
    changed: list[PathChange] | None = None
    fields = iter(answer.split(b"\0")[:-1])
    for field in fields:
        if not field.startswith(b":"):
            if changed is not None:
                yield changed
            changed = []
        elif changed is not None:
            changed.append(parse_change(field, next(fields)))
    if changed is not None:
        yield changed


def parse_change(field: bytes, path: bytes) -> PathChange:
    """One entry of `git diff --raw --no-abbrev` between two commits, and the path that follows it."""
    old_mode, new_mode, old, new, _status = field[1:].decode().split(" ")
    return PathChange(path.decode("utf-8", "surrogateescape"), f"{old_mode} {old}", f"{new_mode} {new}")


def merge_bases(repository: Repository, one: str, other: str) -> tuple[str, ...]:
    """All best common ancestors of two commits; none if their histories have nothing in common."""
    answer = repository.git("merge-base", "--all", one, other)
    return tuple(answer.decode().split()) if answer is not None else ()


def descends(repository: Repository, head: str, base: str) -> bool:
    """True if `base` is `head` or an ancestor of it."""
    return repository.git("merge-base", "--is-ancestor", base, head) is not None


def outside(repository: Repository, tip: str, commits: Sequence[str]) -> list[str]:
    """Those commits that are in no history of `tip`, newest first. What is not here is left out."""
    if not commits:
        return []
    wanted = "".join(f"{commit}\n" for commit in (*commits, f"^{tip}"))
    answer = repository.git("rev-list", "--ignore-missing", "--stdin", stdin=wanted.encode()) or b""
    asked = set(commits)
    return [commit for commit in answer.decode().split() if commit in asked]


def is_same_along(repository: Repository, base: str, head: str, paths: Sequence[str]) -> bool:
    """True if these paths have the same content in `base`, in `head` and in every commit that lies between the two.

    False if Git cannot tell.
    """
    if not descends(repository, head, base):
        return False
    # Not by the paths of `rev-list`: it leaves out what a merge took back.
    answer = repository.git("rev-list", "--ancestry-path", f"{base}..{head}")
    if answer is None:
        return False
    pairs = "".join(f"{commit} {base}\n" for commit in answer.decode().split())
    names = ("diff-tree", "--stdin", "-r", "--name-only", "--no-renames", "--ignore-submodules=none")
    return repository.git(LITERAL, *names, "--", *paths, stdin=pairs.encode()) == b""


def forced_away(repository: Repository, ref: str, tip: str) -> tuple[list[str], list[str]]:
    """The commits that a ref named before, by its reflog and without `tip`; and those of them that are in no history of `tip`."""
    answer = repository.git("log", "--walk-reflogs", "--no-show-signature", "--format=%H", ref, "--") or b""
    named = [commit for commit in dict.fromkeys(answer.decode().split()) if commit != tip]
    return named, outside(repository, tip, named)
