"""One state of a repository on plaintext: its policies and its allowances."""

import os
from collections.abc import Iterator
from functools import cached_property

from gitseal.audit.common_findings import POLICY
from gitseal.audit.scan import index_files
from gitseal.errors import Error
from gitseal.git import index, snapshot
from gitseal.git.object_types import SYMLINK
from gitseal.git.repository import Repository
from gitseal.git.snapshot import Snapshot
from gitseal.git.staged import FileVersion
from gitseal.policy import allow
from gitseal.policy.allow import Allowances
from gitseal.project import states
from gitseal.project.project import FOLDER, Project
from gitseal.project.roots import roots_of
from gitseal.records import NamedTuple
from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.hints import advice
from gitseal.report.sentences import at_place
from gitseal.scan import compose
from gitseal.scan.rules import TEMPLATES, Rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitseal.git.object_types import TreeEntry
    from gitseal.scan.team_filter import FileKey

ALLOW = FindingRule("allow", ERROR, "the list of what the hook lets pass cannot be read")

_FOLDER = FOLDER.encode()


class SealedFile(NamedTuple):
    """An environment's file in one state. `key` names its content, which is `content` if the state of `project` has another."""

    project: Project
    environment: str
    key: "FileKey"
    content: bytes | None = None


class ScanPolicy:
    """The rules of one state, the index or a commit: what is looked for, where, and what was allowed."""

    def __init__(self, repository: Repository, files: Snapshot, *, cached: bool) -> None:
        self.repository = repository
        self._files = files
        self.is_index = cached
        self._rules: dict[tuple[bytes, ...], Rules] = {}
        self._allowed: dict[bytes, Allowances] = {}

    @cached_property
    def projects(self) -> dict[bytes, Project]:
        """Every project of the state, by its root as Git names it with a `/` behind; the top's is empty."""
        return {root: self.project_at(root) for root in roots_of(self._files.places)}

    def project_at(self, root: bytes) -> Project:
        """The project that this state has, or would have, in a folder: `root` is as `projects` names it."""
        place = os.path.normpath(os.path.join(self.repository.folder, os.fsdecode(root)))
        return states.of_files(self.repository, place, self._files, cached=self.is_index)

    @property
    def places(self) -> "Mapping[bytes, TreeEntry]":
        """The files of the state that may matter here, by their paths from the top."""
        return self._files.places

    def sealed_files(self) -> list[SealedFile]:
        """The environments' files of all projects. Whatever is no regular file is left out."""
        from gitseal.scan.team_filter import FileKey  # only a hook with an identity asks

        sealed: list[SealedFile] = []
        for root, project in self.projects.items():
            for environment in _environments(project):
                place = self._files.places.get(root + _FOLDER + f"/{environment}.yaml".encode())
                if place is not None and place.is_file:
                    sealed.append(SealedFile(project, environment, FileKey(environment, place.object_id)))
        return sealed

    def around(self, path: bytes) -> list[bytes]:
        """The roots of the projects that a path lies in, the nearest first."""
        return [root for root in sorted(self.projects, key=len, reverse=True) if path.startswith(root)]

    def rules(self, path: bytes) -> Rules:
        """The rules for a path: what any project around it blocks, and the nearest one's templates.

        A policy that cannot be read adds none; `broken` names it.
        """
        around = tuple(root for root in self.around(path) if root not in self._unreadable)
        if around not in self._rules:
            policies = [self.projects[root].policy for root in around]
            block = dict.fromkeys(pattern for policy in policies for pattern in policy.hook_block)
            templates = policies[0].hook_templates if policies else TEMPLATES
            environments = _environments(self.projects[around[0]]) if around else ()
            self._rules[around] = Rules(
                tuple(block), templates, self._env_files, self._linked, environments, self.tracks
            )
        return self._rules[around]

    def allows(self, path: bytes, sha256: str) -> bool:
        """True if a list of allowances around a path has this very content of it."""
        return any(sha256 in self._allowances(root).hashes(_below(path, root)) for root in self.around(path))

    def may_allow(self, path: bytes) -> bool:
        """True if any list of allowances names the path at all."""
        return any(self._allowances(root).hashes(_below(path, root)) for root in self.around(path))

    def has(self, brought: FileVersion) -> bool:
        """True if the state has this very content at this path."""
        place = self._files.places.get(brought.path)
        return place is not None and place.object_id == brought.object_id

    def tracks(self, path: bytes) -> bool:
        """True if the state has a file at a path, or below it."""
        if self.is_index:  # of which only some files are listed
            return index.is_tracked(self.repository, os.fsdecode(path))
        return path in self._files.places or any(place.startswith(path + b"/") for place in self._files.places)

    def broken(self) -> list[Finding]:
        """A finding for each policy and list of allowances that cannot be read: what they say is not known then."""
        return list(self._unreadable.values())

    @cached_property
    def _unreadable(self) -> dict[bytes, Finding]:
        unreadable: dict[bytes, Finding] = {}
        for root, project in self.projects.items():
            for rule in (POLICY, ALLOW):
                try:
                    if rule is POLICY:
                        _ = project.policy
                    else:
                        self._load_allowances(root)
                except Error as error:
                    path = project.policy_path if rule is POLICY else project.folder / allow.FILE
                    message = at_place(error.place, error.reason)
                    unreadable.setdefault(root, rule.at(project.relative(path), 0, message, advice(error.hint)))
        return unreadable

    def _allowances(self, root: bytes) -> Allowances:
        return self._allowed.get(root, allow.NONE) if root not in self._unreadable else allow.NONE

    def _load_allowances(self, root: bytes) -> None:
        data = self._files.read(root + _FOLDER + b"/" + allow.FILE.encode())
        if data is not None:
            self._allowed[root] = allow.parse(data)

    @cached_property
    def _env_files(self) -> frozenset[bytes]:
        return frozenset(name for path, content in self._compose_files() for name in compose.env_files(path, content))

    @cached_property
    def _linked(self) -> frozenset[bytes]:
        return frozenset(self._linked_files())

    def _compose_files(self) -> Iterator[tuple[bytes, bytes]]:
        for path, place in self._files.places.items():
            if compose.is_compose(path) and place.is_file:
                yield path, self._files.read(path) or b""

    def _linked_files(self) -> Iterator[bytes]:
        """The files to which links lead that have an env file's name: programs read them by that name."""
        named = {
            path: place
            for path, place in self._files.places.items()
            if place.mode == SYMLINK and b"env" in path.lower()
        }
        if not named:
            return
        from gitseal.scan import links, names

        contents = self.repository.blobs(place.object_id for place in named.values())
        for path, content in zip(named, contents, strict=True):
            if names.kind(path, Rules()):
                yield links.target(path, content)


def _environments(project: Project) -> tuple[str, ...]:
    """Those for the hints; none if two files differ in case alone, which `check` says."""
    try:
        return project.environments
    except Error:
        return ()


def _below(path: bytes, root: bytes) -> bytes:
    return path[len(root) :]


def of_index(repository: Repository) -> ScanPolicy:
    """The guard of what a commit would hold. Raises Error if Git cannot read the index."""
    return ScanPolicy(repository, snapshot.of_index(repository, *index_files.PATTERNS), cached=True)


def of_commit(repository: Repository, commit: str) -> ScanPolicy:
    """The guard of a commit, which is given by its full id. Raises Error if Git cannot show it."""
    return ScanPolicy(repository, snapshot.of_commit(repository, commit), cached=False)


def of_nothing(repository: Repository) -> ScanPolicy:
    """The guard of what belongs to no state, such as a blob that a tag names: the rules that hold everywhere."""
    return ScanPolicy(repository, Snapshot(repository, {}), cached=False)
