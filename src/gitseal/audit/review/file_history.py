"""Statements about a folder's policy, manifest and allowances, each with the commits of the range that brought it."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import TypeVar

from gitseal.audit.review.commits import Touched
from gitseal.audit.review.states import NOTHING, FolderState, within
from gitseal.errors import Error
from gitseal.policy import allow, parser
from gitseal.policy.allow import Allowed
from gitseal.policy.manifest import EMPTY, Manifest
from gitseal.policy.policy import Policy
from gitseal.project.roots import root_above
from gitseal.review.attribution import ComparedStatement, FileStep, SayAll, attributed, brought, claim, passing
from gitseal.review.entries.entry import PathState
from gitseal.review.manifest_changes import manifest_changes
from gitseal.review.model import By, Statement
from gitseal.review.policy.changes import NO_POLICY, policy_changes
from gitseal.review.saying import lines_of
from gitseal.yamltext.tree import NamePath

_Read = TypeVar("_Read", Policy, Manifest)


class FileHistory:
    """One folder over a range: both ends, the head's commit, and what commits made of its files between."""

    def __init__(
        self,
        root: str,
        ends: tuple[FolderState, FolderState],
        head: FolderState | None,
        touched: Touched,
        staged: Mapping[str, PathState],
    ) -> None:
        self._root = root
        self._old, self._new = ends
        self._head = head
        self._touched = touched
        self._staged = staged

    def policy(self) -> list[Statement]:
        """Statements about the policy; none if it cannot be read, which is a finding of check."""
        names, is_there = names_of(self._old, self._new), self._new.policy != NO_POLICY
        path, data = within(self._root, "policy.yaml"), self._new.read("policy.yaml")
        said = policy_changes(self._old.policy, self._new.policy, names, path, lines_of(data)) if is_there else []
        return self._with_passing(said, "policy.yaml", _of_policies(names))

    def manifest(self) -> list[Statement]:
        """Statements about the manifest."""
        names = {path for those in names_of(self._new, self._new).values() for path in those}
        path, data = within(self._root, "manifest.yaml"), self._new.read("manifest.yaml")
        said = manifest_changes(self._old.manifest, self._new.manifest, names, path, lines_of(data))
        return self._with_passing(said, "manifest.yaml", _of_manifests(names))

    def _with_passing(self, said: list[Statement], file: str, say: SayAll) -> list[Statement]:
        """The statements with who brought each, and those that only hold between two commits of the range."""
        drafts, data = self._drafts(file), self._new.read(file)

        def claims(before: bytes | None, after: bytes | None) -> set[ComparedStatement]:
            return set(map(claim, say(before, after)))

        return [*attributed(said, drafts, claims, data), *passing(said, drafts, say, data)]

    def allowances(self) -> list[tuple[Allowed, tuple[By, ...]]]:
        """The entries that the newer list of allowances has and the older has not."""
        known = {entry[:2] for entry in entries(self._old.allow)}
        new = [entry for entry in entries(self._new.allow) if entry[:2] not in known]
        steps = brought(self._drafts(allow.FILE), _new_entries) if new else []
        return [(entry, tuple(by for by, came in steps if _key(entry) in came)) for entry in new]

    def _drafts(self, file: str) -> list[FileStep]:
        """The commits' drafts, oldest first, and what the working tree has made of the last."""
        steps = list(self._touched.drafts.get(within(self._root, file), ()))
        if self._new.project is not None and self._new.project.source.is_working_tree:
            before, after = (side.read(file) if side is not None else None for side in (self._head, self._new))
            staged = self._staged.get(within(self._root, file))
            if staged is not None:
                steps.append(FileStep(By(), (before,), staged.data))
                before = staged.data
            steps += [FileStep(By(), (before,), after)] if before != after else []
        return steps


def entries(data: bytes | None) -> tuple[Allowed, ...]:
    """The entries of a list of allowances; none if it cannot be read."""
    try:
        return allow.parse(data).entries if data else ()
    except Error:
        return ()


def _key(entry: Allowed) -> tuple[str, str]:
    return os.fsdecode(entry.path), entry.sha256


def _new_entries(before: bytes | None, after: bytes | None) -> set[tuple[str, str]]:
    return {_key(entry) for entry in entries(after)} - {_key(entry) for entry in entries(before)}


def _of_policies(names: Mapping[str, Collection[NamePath]]) -> SayAll:
    return _saying(
        _reading(parser.parse, NO_POLICY), lambda old, new, after: policy_changes(old, new, names, "", lines_of(after))
    )


def _of_manifests(names: Collection[NamePath]) -> SayAll:
    from gitseal.policy import manifest_parser  # most changes are none of a manifest

    return _saying(
        _reading(manifest_parser.parse, EMPTY),
        lambda old, new, after: manifest_changes(old, new, names, "", lines_of(after)),
    )


def _saying(
    read: Callable[[bytes | None], _Read | None], compare: Callable[[_Read, _Read, bytes | None], list[Statement]]
) -> SayAll:
    @cache
    def say(before: bytes | None, after: bytes | None) -> list[Statement]:
        old, new = read(before), read(after)
        return [] if old is None or new is None else compare(old, new, after)

    return say


def names_of(old: FolderState, new: FolderState) -> dict[str, set[NamePath]]:
    """The names that the environments of both states have now."""
    return {name: set(new.state(name).values) for name in old.environments & new.environments}


class StepStatements:
    """The statements about one step of a policy or manifest, by its path; the names are those that environments have now."""

    def __init__(self, old: Mapping[str, FolderState], new: Mapping[str, FolderState]) -> None:
        self._old, self._new = old, new
        self._say: dict[str, SayAll] = {}

    def __call__(self, path: str, before: bytes | None, after: bytes | None) -> Sequence[Statement]:
        """The statements; none if one of the states cannot be read."""
        if path not in self._say:
            old, new = (side.get(root_above(path), NOTHING) for side in (self._old, self._new))
            if path.endswith("/manifest.yaml"):
                self._say[path] = _of_manifests({name for those in names_of(new, new).values() for name in those})
            else:
                self._say[path] = _of_policies(names_of(old, new))
        return self._say[path](before, after)


def _reading(parse: Callable[[bytes], _Read], absent: _Read) -> Callable[[bytes | None], _Read | None]:
    """Reads each content once: a commit's older state is mostly the newer one of the commit before. None: it cannot be read."""

    @cache
    def read(data: bytes | None) -> _Read | None:
        try:
            return absent if data is None else parse(data)
        except Error:
            return None

    return read
