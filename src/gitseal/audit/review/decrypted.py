"""What only an identity can add to a review: which values really changed, which are equal, weak or of another type.

Values stay in the model only if they were asked for, and if the policy of both ends lets them be shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitseal.audit.review.states import FolderState
from gitseal.document import document
from gitseal.document.document import Document
from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Error
from gitseal.policy.manifest import EMPTY, Manifest
from gitseal.project.belief.succession import is_proof
from gitseal.project.keys import Keys
from gitseal.report.escaping import value_on_one_line
from gitseal.report.sentences import Sentence, sentence
from gitseal.resolve import requirements
from gitseal.resolve.problems import REQUIRED
from gitseal.review.model import ADDED, NO, PASSED, REMOVED, YES, EnvironmentReview, KeyChange, NameChange, ValueInsight
from gitseal.scan.placeholders import is_placeholder
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

if TYPE_CHECKING:
    from gitseal.identities import Keyring

_WEAK = 8  # bytes: shorter ones are found by trying


class BothEnds(NamedTuple):
    """One folder at both ends of the range."""

    old: FolderState
    new: FolderState


class ValueOpener:
    """Opens values with the identities at hand, each file's keys once. `opened` counts what opened: sealed values and claims."""

    def __init__(self, keyring: "Keyring", *, show_values: bool) -> None:
        self.opened = 0
        self._keyring = keyring
        self._show = show_values
        self._files: dict[tuple[int, str], tuple[Document, Keys] | None] = {}

    def environment(self, environment: EnvironmentReview, folder: BothEnds) -> EnvironmentReview:
        """The environment, with insight into the names that changed and could be opened."""
        changed = [self._change(change, environment.name, folder) for change in environment.names]
        keys = tuple(self._proved(key, environment.name, folder) for key in environment.keys)
        return environment._replace(names=tuple(self._renamed(changed, environment.name, folder)), keys=keys)

    def _proved(self, change: KeyChange, environment: str, folder: BothEnds) -> KeyChange:
        """The change of a key, with what its claim is worth. Of several steps only the last is at hand: that stays open."""
        old, new = self._file(folder.old, environment), self._file(folder.new, environment)
        if old is None or new is None or not (change.before and change.after and change.succeeds):
            return change
        access = new[0].header.access.get(change.access)
        try:
            key = old[1].get(change.access)
        except Error:
            return change
        if access is None or access.succeeds is None or key is None or access.succeeds.key_id != change.before:
            return change
        self.opened += 1
        return change._replace(proved=YES if is_proof(access.succeeds, key, access.public) else NO)

    def _change(self, change: NameChange, environment: str, folder: BothEnds) -> NameChange:
        if change.action == PASSED:
            return change
        path = _path(change)
        before, after = self._value(folder.old, environment, path), self._value(folder.new, environment, path)
        if before is not None and after is not None:
            change = change._replace(value_changed=NO if before == after else YES)
        shows = self._show and _may_show(folder, environment)
        equals = tuple(self._equals(after, environment, path, folder.new)) if after is not None else ()
        problems = tuple(_problems(folder.new, environment, path, after)) if after is not None else ()
        is_sealed = change.after is not None and change.after.kind != "plain"
        problems += tuple(_weak(after)) if after is not None and is_sealed else ()
        return change._replace(
            opened=ValueInsight(equals, problems, _shown(before) if shows else None, _shown(after) if shows else None)
        )

    def _renamed(self, changed: Sequence[NameChange], environment: str, folder: BothEnds) -> Iterator[NameChange]:
        """New names whose value was that of one that is gone."""
        gone = [
            (change.name, value)
            for change in changed
            if change.action == REMOVED and (value := self._value(folder.old, environment, _path(change)))
        ]
        for change in changed:
            value = self._value(folder.new, environment, _path(change)) if change.action == ADDED else None
            was = next((pair for pair in gone if pair[1] == value), None) if value is not None else None
            if was is not None:
                gone.remove(was)
                change = change._replace(was=was[0])  # noqa: PLW2901 - the same change, told better
            yield change

    def _equals(self, value: TypedValue, environment: str, path: NamePath, side: FolderState) -> Iterator[str]:
        """The other environments in which the name has the same value."""
        for other in sorted(side.environments - {environment}):
            if self._value(side, other, path) == value:
                yield f"{other}:{path_text(path)}"

    def _file(self, side: FolderState, environment: str) -> tuple[Document, Keys] | None:
        key = (id(side), environment)
        if key not in self._files:
            self._files[key] = self._load(side, environment)
        return self._files[key]

    def _value(self, side: FolderState, environment: str, path: NamePath) -> TypedValue | None:
        loaded = self._file(side, environment)
        entry = loaded[0].entries.get(path) if loaded is not None else None
        if loaded is None or entry is None:
            return None
        try:
            value = document.open_entry(loaded[0], entry, loaded[1])
        except Error:
            return None
        self.opened += entry.token is not None
        return value

    def _load(self, side: FolderState, environment: str) -> tuple[Document, Keys] | None:
        if side.project is None or environment not in side.environments:
            return None
        try:
            file = side.project.read(environment)
        except Error:
            return None
        return file, Keys(file.header, self._keyring)


def _path(change: NameChange) -> NamePath:
    return tuple(change.name.split("/"))


def _may_show(folder: BothEnds, environment: str) -> bool:
    """Both ends have to let it be seen: a branch cannot loosen that for its own review."""
    sides = (side.policy.environments.get(environment) for side in folder)
    return all(rule.reveal for rule in sides if rule is not None)


def _problems(side: FolderState, environment: str, path: NamePath, value: TypedValue) -> Iterator[Sentence]:
    declared = side.manifest.secrets.get(path)
    alone = Manifest({path: declared}, {}) if declared is not None else EMPTY
    view: Mapping[NamePath, TypedValue] = {path: value}
    for problem in requirements.problems(alone, environment, view):
        if problem.kind != REQUIRED:
            yield problem.reason


def _weak(value: TypedValue) -> Iterator[Sentence]:
    content = value.reveal()
    if not content:
        yield sentence("is empty")
    elif is_placeholder(content.decode("utf-8", "replace")):
        yield sentence("looks like a placeholder or a reference")
    elif len(content) < _WEAK and value.kind in {ValueType.TEXT, ValueType.BYTES}:
        yield sentence("is weak: shorter than {} bytes", _WEAK)


def _shown(value: TypedValue | None) -> str | None:
    return value_on_one_line(value.reveal()) if value is not None else None
