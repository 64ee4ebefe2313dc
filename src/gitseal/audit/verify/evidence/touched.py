"""The commits of a range that change what `verify` covers, merges included."""

import re
from collections.abc import Iterator
from functools import lru_cache
from weakref import WeakKeyDictionary

from gitseal.git import ranges
from gitseal.git.ranges import PathChange
from gitseal.git.repository import Repository
from gitseal.git.walked_range import WalkedRange
from gitseal.project.project import FOLDER

Change = tuple[str, tuple[PathChange, ...]]
"""A commit, and the covered paths that it answers for."""

_ATTRIBUTES = ".gitattributes"
# Six letters and a number, or two with four digits of a hash, as Git knows them for its own files (path.c).
_SHORT_NAME = re.compile(r"(?:(gitatt|gi[0-9a-f]{4})|secret|se[0-9a-f]{4})~[0-9]+")
_TWO = 2
# What stands for a joined history: a path that every policy's own list is asked about.
_JOINED = PathChange(FOLDER, "000000 0", "040000 0")


_LINK, _SUBMODULE = "120000", "160000"
_MODULES = ".gitmodules"

# A review asks of one range several times: for its entries, for signatures and for approvals.
_KNOWN: WeakKeyDictionary[WalkedRange, tuple[tuple[Change, ...], tuple[Change, ...]]] = WeakKeyDictionary()


def touched(repository: Repository, commits: WalkedRange) -> tuple[Change, ...]:
    """The commits that change covered paths, none before its parents, each with the changes that are its own.

    A merge answers for each path that has not simply what a three-way merge gives without looking inside: if one side
    left the path as the merge base has it, the other side's state. So it answers for what it made itself, for a merge of
    two contents that Git or our driver would merge otherwise, for a change that it drops, and for an old state that it brings
    back.

    A history that has nothing in common with what lies before the range vouches for nothing here, whoever signed it: that
    was for another repository. The merge that joins it answers for all that it takes from there, and for `.secrets` if it
    takes nothing.
    """
    return _both(repository, commits)[0]


def steering_merges(repository: Repository, commits: WalkedRange) -> tuple[Change, ...]:
    """The merges that answer, as `touched` has it, for a link, a submodule or `.gitmodules` that is not covered."""
    return _both(repository, commits)[1]


def _both(repository: Repository, commits: WalkedRange) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    if commits not in _KNOWN:
        both = list(_touched(repository, commits))
        touching = ((commit, own) for commit, own, _ in both if own)
        steering = ((commit, others) for commit, _, others in both if others)
        _KNOWN[commits] = tuple(touching), tuple(steering)
    return _KNOWN[commits]


def _touched(
    repository: Repository, commits: WalkedRange
) -> Iterator[tuple[str, tuple[PathChange, ...], tuple[PathChange, ...]]]:
    pairs = [(commit, parent) for commit, parents in commits.parents.items() for parent in parents or ("",)]
    differences = commits.differences(pairs)
    merges = _Merges(repository, _strangers(commits))
    for commit, parents in commits.parents.items():
        sides = [{change.path: change for change in next(differences) if _counts(change)} for _ in parents or ("",)]
        if len(sides) > 1:
            yield commit, *merges.own(parents, sides)
        else:
            yield commit, tuple(change for change in sides[0].values() if covered(change.path)), ()


def _strangers(commits: WalkedRange) -> frozenset[str]:
    """The commits from which no line of parents leads out of the range: a history of its own."""
    strangers: set[str] = set()
    for commit, parents in commits.parents.items():  # none before its parents
        if strangers.issuperset(parents):
            strangers.add(commit)
    return frozenset(strangers)


def covered(path: str) -> bool:
    """True if a path is a `.gitattributes`, or `.secrets` or below one, in any writing that some file system takes for it."""
    parts = [folded(part) for part in path.split("/")]
    return FOLDER in parts or parts[-1] == _ATTRIBUTES


def _counts(change: PathChange) -> bool:
    return covered(change.path) or steers(change)


def steers(change: PathChange) -> bool:
    """True for what can put something else in the place of a covered file: links, submodules, and what says where those are."""
    is_special = change.old.startswith((_LINK, _SUBMODULE)) or change.new.startswith((_LINK, _SUBMODULE))
    return is_special or folded(change.path) == _MODULES


@lru_cache(4096)
def folded(name: str) -> str:
    """A file's name as a file system has it that knows no case, no compatibility forms and no invisible characters."""
    if name.isascii():
        lower = name.lower()
        # NTFS gives a file a second, short name, and whoever writes to that writes to the file.
        short = _SHORT_NAME.fullmatch(lower) if "~" in lower else None
        return (_ATTRIBUTES if short[1] else FOLDER) if short else lower
    import unicodedata  # few names need it, and the hook of a server asks for all

    visible = "".join(character for character in name if unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFKC", visible).casefold()


class _Merges:
    """Tells what merges answer for."""

    def __init__(self, repository: Repository, strangers: frozenset[str]) -> None:
        self._repository = repository
        self._strangers = strangers
        self._bases: dict[tuple[str, str], tuple[str, ...]] = {}
        self._changed: dict[tuple[str, str], frozenset[str]] = {}

    def own(
        self, parents: tuple[str, ...], sides: list[dict[str, PathChange]]
    ) -> tuple[tuple[PathChange, ...], tuple[PathChange, ...]]:
        """The changes of a merge, given what it has differently from each of its parents: the covered ones, and the others."""
        paths = dict.fromkeys(path for side in sides for path in side)
        changes = tuple(
            next(side[path] for side in sides if path in side)
            for path in paths
            if not (self._is_explained(parents, sides, path) or self._is_made_again(parents, sides, path))
        )
        strange = self._strangers.intersection(parents)
        is_joining = strange and not strange.issuperset(parents)
        own = tuple(change for change in changes if covered(change.path))
        others = tuple(change for change in changes if not covered(change.path))
        return own or ((_JOINED,) if is_joining else ()), others

    def _is_explained(self, parents: tuple[str, ...], sides: list[dict[str, PathChange]], path: str) -> bool:
        """True if the path is one parent's, and no other parent had changed it since they parted."""
        same = [parent for parent, side in zip(parents, sides, strict=True) if path not in side]
        others = [(parent, side[path]) for parent, side in zip(parents, sides, strict=True) if path in side]
        return all(any(self._left(other, parent, change) for parent in same) for other, change in others)

    def _left(self, other: str, parent: str, change: PathChange) -> bool:
        """True if `other` has the path as every merge base with `parent` has it."""
        bases = self._merge_bases(other, parent)
        if not bases:
            return parent not in self._strangers and (change.adds or other in self._strangers)
        return all(change.path not in self._changes_since(base, other) for base in bases)

    def _is_made_again(self, parents: tuple[str, ...], sides: list[dict[str, PathChange]], path: str) -> bool:
        """True if the path has just what a merge of the contents of both sides is: then nobody had a choice about it."""
        if len(parents) != _TWO or not covered(path):
            return False
        bases = self._merge_bases(*parents)
        if not bases:
            return False
        from gitseal.audit.verify.evidence import made_again  # few merges need it

        changes = [side.get(path) for side in sides]
        # Whoever could choose among the bases of criss-cross merges would choose what is kept.
        return all(made_again.is_merge(self._repository, base, parents, path, changes) for base in bases)

    def _merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        if (one, other) not in self._bases:
            self._bases[one, other] = ranges.merge_bases(self._repository, one, other)
        return self._bases[one, other]

    def _changes_since(self, base: str, commit: str) -> frozenset[str]:
        if (base, commit) not in self._changed:
            (differing,) = ranges.differences(self._repository, [(commit, base)])
            self._changed[base, commit] = frozenset(change.path for change in differing if _counts(change))
        return self._changed[base, commit]
