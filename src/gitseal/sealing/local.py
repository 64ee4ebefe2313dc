"""This machine's overrides of one environment, seen as a project of its own: one file, open to its owner alone.

What is sealed there is wrapped for the identities at hand and for nobody else, so the policy has no part in it.
"""

from functools import cached_property

from gitseal.document.document import Document
from gitseal.errors import Error
from gitseal.git.ignoring import ignore_pattern
from gitseal.identities import Keyring
from gitseal.policy.layers import LOCAL
from gitseal.policy.policy import ACCEPT, Environment, Policy, Principal, RuleList
from gitseal.project import overrides as files
from gitseal.project.belief.trust import Trust
from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import new_environment
from gitseal.sealing.writing import commit, writing

_OWNER = "owner"


def options_for(environment: str) -> str:
    """The options that choose an environment, or the overrides that are called `ENVIRONMENT.local`, on a command line."""
    base = environment.removesuffix(LOCAL)
    return f"-e {base}" if base == environment else f"-e {base} --local"


class LocalProject(Project):
    """The overrides of `environment`; as an environment they are called `ENVIRONMENT.local`, like their file."""

    is_committed = False

    def __init__(self, project: Project, environment: str, keyring: Keyring) -> None:
        super().__init__(project.root, project.repository, project.shadowed)
        self._base = environment
        self._keyring = keyring
        self.name = environment + LOCAL

    def file(self, environment: str) -> str:
        """The one file there is, and those of the project beside it."""
        return files.file_of(self, self._base) if environment == self.name else super().file(environment)

    def read(self, environment: str) -> Document:
        """The overrides. Raises Error if there are none yet: `make` them first."""
        document = files.read(self, self._base) if environment == self.name else super().read(environment)
        if document is None:
            raise Error(
                f"{self._base} has no overrides on this machine",
                f"set one, for example: gitseal set -e {self._base} --local DATABASE_URL",
            )
        return document

    @cached_property
    def policy(self) -> Policy:
        """A policy of one person, the owner of the identities at hand. Raises Error if there is none with a public half."""
        keys = tuple(identity.recipient for identity in self._keyring.identities() if identity.recipient is not None)
        if not keys:
            raise Error("no identity at hand can be sealed to", "see what was tried with: gitseal whoami")
        owner = Principal("person", "", keys, ())
        rule = Environment((_OWNER,), (), (), "", protected=False, reveal=True, write_only=ACCEPT)
        return Policy({_OWNER: owner}, {}, {self.name: rule}, RuleList(), (), (), (), (), ())

    def refresh(self) -> None:
        """Nothing that a commit can change decides here."""


def local_project(project: Project, environment: str, keyring: Keyring) -> LocalProject:
    """The overrides of an environment on this machine, there or not.

    Raises Error for a protected environment, which takes none, and if Git would add the file.
    """
    if project.policy.environment(environment).protected:
        raise Error(
            f"{environment} is protected and takes no overrides", "set it in the environment itself: leave out --local"
        )
    project.check_working_tree()
    local = LocalProject(project, environment, keyring)
    if project.git().would_add(local.path(local.name)):
        raise Error(
            "Git would take this machine's overrides: .gitignore does not name them",
            f"ignore them first: {ignore_pattern(project.root, '.secrets/*.local.yaml')}",
        )
    return local


def overrides(workspace: Workspace, environment: str, *, make: bool) -> LocalProject:
    """The overrides of an environment as a project of their own, made if `make` asks for it and there are none.

    Raises Error for a protected environment, and if Git would add the file.
    """
    local = local_project(workspace.project, environment, workspace.keyring)
    if make and files.read(local, environment) is None:
        with writing(local):
            trust = Trust(Workspace(local, workspace.keyring))
            commit(trust, {local.name: None}, {local.name: new_environment(trust, local.name)})
    return local
