"""Statements about a folder's policy, manifest and allowances, each with the commits of the range that brought it."""

import os
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import TypeVar

from gitseal.audit.review.commits import Touched
from gitseal.audit.review.states import FolderState, within
from gitseal.errors import Error
from gitseal.policy import allow, parser
from gitseal.policy.allow import Allowed
from gitseal.policy.manifest import EMPTY, Manifest
from gitseal.policy.policy import Policy
from gitseal.review.attribution import ComparedStatement, FileStep, Say, attributed, brought, claim
from gitseal.review.manifest_changes import manifest_changes
from gitseal.review.model import By, Statement
from gitseal.review.policy.changes import NO_POLICY, policy_changes
from gitseal.review.saying import lines_of
from gitseal.yamltext.tree import NamePath

_Read = TypeVar("_Read", Policy, Manifest)


class FileHistory:
    """One folder over a range: both ends, the head's commit, and what commits made of its files between."""

    def __init__(
        self, root: str, ends: tuple[FolderState, FolderState], head: FolderState | None, touched: Touched
    ) -> None:
        self._root = root
        self._old, self._new = ends
        self._head = head
        self._touched = touched

    def policy(self) -> list[Statement]:
        """Statements about the policy; none if it cannot be read, which is a finding of check."""
        old, new = self._old, self._new
        if new.policy in (old.policy, NO_POLICY):
            return []
        names = {name: set(new.state(name).values) for name in old.environments & new.environments}
        path, data = within(self._root, "policy.yaml"), new.read("policy.yaml")
        said = policy_changes(old.policy, new.policy, names, path, lines_of(data))
        return attributed(said, self._drafts("policy.yaml"), _of_policies(names), data)

    def manifest(self) -> list[Statement]:
        """Statements about the manifest."""
        old, new = self._old, self._new
        if old.manifest == new.manifest:
            return []
        names = {path for name in new.environments for path in new.state(name).values}
        path, data = within(self._root, "manifest.yaml"), new.read("manifest.yaml")
        said = manifest_changes(old.manifest, new.manifest, names, path, lines_of(data))
        return attributed(said, self._drafts("manifest.yaml"), _of_manifests(names), data)

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


def _of_policies(names: Mapping[str, Collection[NamePath]]) -> Say:
    read = _reading(parser.parse, NO_POLICY)

    def say(before: bytes | None, after: bytes | None) -> set[ComparedStatement]:
        old, new = read(before), read(after)
        return set() if old is None or new is None else set(map(claim, policy_changes(old, new, names, "", _no_line)))

    return say


def _of_manifests(names: Collection[NamePath]) -> Say:
    from gitseal.policy import manifest_parser  # most changes are none of a manifest

    read = _reading(manifest_parser.parse, EMPTY)

    def say(before: bytes | None, after: bytes | None) -> set[ComparedStatement]:
        old, new = read(before), read(after)
        return set() if old is None or new is None else set(map(claim, manifest_changes(old, new, names, "", _no_line)))

    return say


def _reading(parse: Callable[[bytes], _Read], absent: _Read) -> Callable[[bytes | None], _Read | None]:
    """Reads each content once: a commit's older state is mostly the newer one of the commit before. None: it cannot be read."""

    @cache
    def read(data: bytes | None) -> _Read | None:
        try:
            return absent if data is None else parse(data)
        except Error:
            return None

    return read


def _no_line(_path: NamePath) -> int:
    return 0
