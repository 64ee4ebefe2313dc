"""The entries of a range: what its commits, its merges and the working tree did to covered files, read in the one walk."""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from gitseal.audit.review.range import ReviewRange
from gitseal.audit.verify.evidence.touched import covered, folded, steering_merges, touched
from gitseal.errors import Error
from gitseal.files.reading import read_regular
from gitseal.git import ranges
from gitseal.git.log import ChangedFile, LoggedCommit
from gitseal.git.object_types import SUBMODULE
from gitseal.git.repository import Repository
from gitseal.project.project import FOLDER
from gitseal.review.entries.entries_of import Context, StepEntries, units_of_kind
from gitseal.review.entries.entry import ABSENT, PathState, ReviewEntry, Step
from gitseal.review.entries.kinds import kind_of
from gitseal.review.entries.merges import by_itself
from gitseal.review.model import By

_MODULES = ".gitmodules"
_PAIR = 2
_LINK = "120000"


class ToldEntry(NamedTuple):
    """An entry, and by whom."""

    by: By
    entry: ReviewEntry


class ChangedLines:
    """Collects the entries of a range. `merges` are those that answer for something themselves."""

    def __init__(self, repository: Repository, span: ReviewRange, context: Context) -> None:
        self._newest_first: list[list[ToldEntry]] = []
        self._repository = repository
        self._context = context
        self._parents = span.walked.parents
        has_merges = any(len(parents) > 1 for parents in self._parents.values())
        own = (*touched(repository, span.walked), *steering_merges(repository, span.walked)) if has_merges else ()
        self.merges: dict[str, tuple[str, ...]] = {}
        for commit, changes in own:
            if len(self._parents[commit]) > 1:
                paths = (*self.merges.get(commit, ()), *(change.path for change in changes))
                self.merges[commit] = tuple(dict.fromkeys(paths))

    def add(self, commit: LoggedCommit, by: Callable[[str], By]) -> None:
        """Adds what a commit did; `by` tells who, by a path."""
        if len(commit.parents) > 1:
            # `touched` leaves out what takes nobody's signature. Of that, a merge made what no parent has so.
            others = [file.path for file in commit.files if is_covered(file) and not covered(file.path)]
            own = dict.fromkeys((*self.merges.get(commit.id, ()), *others))
            steps = (step for step in (self._of_merge(commit.id, path) for path in own) if _is_told(step))
        else:
            steps = (_of_file(commit.id, file) for file in commit.files if is_covered(file))
        self._newest_first.append([told for step in steps for told in self._entries(step, by(step.path))])

    def add_working_tree(self, head: str, staged: Mapping[str, PathState]) -> None:
        """Adds what is not committed yet; of what is `staged` otherwise than it lies there, both steps."""
        uncommitted = dict(_uncommitted(self._repository))
        top = self._repository.top
        uncommitted |= {path: _on_disk(top / path, "") for path in staged if path not in uncommitted}
        steps = [Step("", path, staged.get(path, self._at(head, path)), after) for path, after in uncommitted.items()]
        steps += [Step("", path, self._at(head, path), state) for path, state in staged.items()]
        self._newest_first.insert(0, [told for step in steps for told in self._entries(step, By())])

    @property
    def told(self) -> list[ToldEntry]:
        """The entries, those of the oldest commit first."""
        return [told for of_commit in reversed(self._newest_first) for told in of_commit]

    def _entries(self, step: Step, by: By) -> Iterator[ToldEntry]:
        for entry in StepEntries(step, self._context).entries:
            yield ToldEntry(by, entry)

    def _of_merge(self, commit: str, path: str) -> Step:
        """What a merge did itself: its file against what its sides come to."""
        parents = self._parents[commit]
        result = self._at(commit, path)
        if len(parents) != _PAIR:
            return Step(commit, path, self._at(parents[0], path), result)
        bases = ranges.merge_bases(self._repository, *parents)
        base = self._at(bases[0], path) if bases else ABSENT
        ours, theirs = (self._at(parent, path) for parent in parents)
        kind = kind_of(path, is_disguised=self._context.is_disguised(path))
        sides = base, ours, theirs
        return Step(commit, path, by_itself(*sides, units_of_kind(kind)), result, sides if _is_plain(sides) else ())

    def _at(self, commit: str, path: str) -> PathState:
        entry = self._repository.objects.entry(commit, path)
        if entry is None or entry.is_folder:
            return ABSENT
        data = None if entry.mode == SUBMODULE else next(self._repository.blobs([entry.object_id]))
        return PathState(f"{entry.mode:06o}", data)


def is_disguised(path: str) -> bool:
    """True if some file system or program would take a path for `.secrets` or below it, though it is not."""
    parts = path.split("/")
    return folded(parts[-1]) == FOLDER or any(part != FOLDER and folded(part) == FOLDER for part in parts)


def is_covered(file: ChangedFile) -> bool:
    """True if every changed line of a file is told: sealed files and what steers them, and links that lead there."""
    return covered(file.path) or _is_modules(file.path) or any(map(_leads_in, filter(None, file.targets)))


def is_read(path: str) -> bool:
    """True if the contents of a path are wanted, whatever they are."""
    return covered(path) or _is_modules(path)


def _is_told(step: Step) -> bool:
    """As `is_covered`, of what a merge did itself."""
    return is_read(step.path) or any(
        state.mode == _LINK and state.data is not None and _leads_in(state.data) for state in (step.before, step.after)
    )


def _is_modules(path: str) -> bool:
    return folded(path) == _MODULES


def _leads_in(target: bytes) -> bool:
    return any(folded(part) == FOLDER for part in os.fsdecode(target).split("/"))


def _of_file(commit: str, file: ChangedFile) -> Step:
    contents = zip(file.modes, (*file.before, file.after), file.targets, strict=True)
    before, after = [PathState(mode, data if data is not None else target) for mode, data, target in contents]
    return Step(commit, file.path, before, after)


def _is_plain(sides: tuple[PathState, ...]) -> bool:
    return all(side.is_file or side == ABSENT for side in sides)


def _uncommitted(repository: Repository) -> Iterator[tuple[str, PathState]]:
    """The covered paths of the working tree that may differ from HEAD, and those that Git would add."""
    listed = repository.git("diff-index", "-z", "--raw", "--no-renames", "--ignore-submodules=none", "HEAD", "--")
    others = repository.git("ls-files", "-z", "--others", "--exclude-standard")
    if listed is None or others is None:
        raise Error("Git cannot compare the working tree with HEAD", "look at: git status")
    fields = listed.split(b"\0")[:-1]
    modes = {
        os.fsdecode(path): entry.split(b" ")[1].decode() for entry, path in zip(fields[::2], fields[1::2], strict=True)
    }
    for path in (*modes, *map(os.fsdecode, others.split(b"\0")[:-1])):
        state = _on_disk(repository.top / path, modes.get(path, ""))
        is_link = state.mode == _LINK and state.data is not None and _leads_in(state.data)
        if is_read(path) or is_link:
            yield path, state


def _on_disk(place: Path, mode: str) -> PathState:
    """What lies there. `mode` is what Git makes of it, which may be set to look at no mode."""
    try:
        there = place.lstat().st_mode
    except OSError:
        return ABSENT
    if stat.S_ISLNK(there):
        return PathState(_LINK, os.fsencode(place.readlink()))
    if not stat.S_ISREG(there):
        return PathState(f"{SUBMODULE:06o}", None) if stat.S_ISDIR(there) else PathState(mode or _LINK, None)
    own = "100755" if there & stat.S_IXUSR else "100644"
    try:
        return PathState(mode if mode.startswith("100") else own, read_regular(place))
    except (Error, FileNotFoundError):
        return PathState(own, None)


def reformatted(told: list[ToldEntry]) -> int:
    """How many changed lines mean nothing."""
    return sum(each.entry.lines for each in told if each.entry.classified.is_neutral)
