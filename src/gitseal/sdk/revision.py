"""A project as one commit has it."""

from functools import cached_property
from pathlib import Path

from gitseal.document.document import Document
from gitseal.errors import Error
from gitseal.git.objects import Commit, open_commit
from gitseal.git.repository import Repository, find_top
from gitseal.policy import parser
from gitseal.policy.manifest import EMPTY, Manifest
from gitseal.policy.policy import Policy
from gitseal.project.project import FOLDER, Project

_SUFFIX = ".yaml"


class PastProject(Project):
    """A `.secrets` folder of one commit: policy, manifest and environments are its, and nothing else is read.

    There are no overrides of this machine in it. Messages name files as Git does, `REVISION:PATH`.
    """

    def __init__(self, root: Path, top: Path, commit: Commit, revision: str) -> None:
        super().__init__(root, Repository(top))
        self._top = top
        self._commit = commit
        self._revision = revision

    def relative(self, path: Path) -> str:
        """The path with the revision before it."""
        return f"{self._revision}:{_within(path, self._top)}"

    @cached_property
    def environments(self) -> tuple[str, ...]:
        """The environments that have a file in the commit, sorted. Raises Error for two that differ only in case."""
        names = [name for name in self._commit.names(_within(self.folder, self._top)) if name.endswith(_SUFFIX)]
        if len({name.casefold() for name in names}) != len(names):
            raise Error(
                f'two files in "{self.relative(self.folder)}" differ only in the case of their names',
                f"look at: git ls-tree {self.relative(self.folder)}",
            )
        return tuple(sorted(filter(parser.is_environment_name, (name.removesuffix(_SUFFIX) for name in names))))

    def read(self, environment: str) -> Document:
        """An environment's document. Raises Error as of a working tree."""
        path = self.path(environment)
        return self.parse(environment, self._need(path))

    def read_local(self, environment: str) -> None:
        """Nothing: what overrides an environment on this machine is in no commit."""

    @cached_property
    def policy(self) -> Policy:
        """The policy of the commit."""
        return self.with_policy(self._need(self.policy_path)).policy

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest of the commit, empty where it has none."""
        data = self._read(self.manifest_path)
        if data is None:
            return EMPTY
        from gitseal.policy import manifest_parser

        return manifest_parser.parse(data)

    def _need(self, path: Path) -> bytes:
        data = self._read(path)
        if data is None:
            raise Error(
                f'there is no "{self.relative(path)}"',
                f"see where it was: git log --oneline -- {_within(path, self._top)}",
            )
        return data

    def _read(self, path: Path) -> bytes | None:
        return self._commit.read(_within(path, self._top))


def find(start: Path, revision: str) -> PastProject:
    """The project that a folder has in a revision: the nearest `.secrets` from it upward, as far as the repository's top.

    Raises Error where there is none, where it is a symlink or a submodule, and where there is no such revision.
    """
    top = find_top(start)
    if top is None:
        raise Error(f'"{start}" is in no Git repository, so it has no revisions', "leave the revision out")
    commit = open_commit(top, revision)
    for root in (start, *start.parents):
        if commit.has_folder(_within(root / FOLDER, top)):
            return PastProject(root, top, commit, revision)
        if root == top:
            break
    raise Error(
        f'in {revision} there is no .secrets folder in "{start}" or above it', "see when it came: git log -- .secrets"
    )


def _within(path: Path, top: Path) -> str:
    return path.relative_to(top).as_posix()
