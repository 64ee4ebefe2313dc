"""The surroundings of one command line: project, identities and environment variables, each found when first asked for."""

import os
from functools import cached_property

from gitseal.cli import cut_off
from gitseal.cli.talk import say
from gitseal.errors import Error, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:  # these are loaded only by the commands that need them
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import TypeVar

    from gitseal.git.repository import Repository
    from gitseal.identities import Keyring
    from gitseal.project.mirror import Mirror
    from gitseal.project.project import Project
    from gitseal.project.reading import OpenedEnvironment
    from gitseal.project.workspace import Workspace

    T = TypeVar("T")


class Session:
    """The outside of one run."""

    def __init__(self, folder: str | None, identity: str | None) -> None:
        self._folder = folder
        # The file that --identity names.
        self.identity = identity
        self.environ = os.environ
        # Set by commands that seal and judge nothing, before they ask for anything else.
        self.only_reads = False
        self.is_shared = False
        # Set by commands whose status is an answer: whatever stops them is no answer, see STATUS_NOT_LOOKED.
        self.is_asked = False
        # Set by `rotate`, which says what waits where it matters.
        self.is_rotating = False
        self._repositories: list[Repository] = []
        # The environments of a command that was given more than one.
        self._several: tuple[str, ...] = ()
        # True as soon as something was said that an answer lacks: then no status is 0.
        self.is_incomplete = False
        # A file of sops that is read in place of a project, and whether its names are all that is wanted of it.
        self.sops = ""
        self.names_suffice = False
        # What servers were asked, and need not be asked again in this run: see `Outside`.
        self.told_by_servers: dict[str, str] = {}

    @cached_property
    def start(self) -> "Path":
        """The folder to work in, an absolute path. Raises Error if there is no such folder."""
        from pathlib import Path

        return Path(self._start)

    @cached_property
    def _start(self) -> str:
        # A string, as all that `get` needs: pathlib takes 3 ms to import.
        if not self._folder:
            return os.getcwd()
        from pathlib import Path

        start = Path(self._folder)
        if not start.is_dir():
            raise Error(f'"{start}" is not a folder', "name a folder after -C")
        # As `cd DIR` and `pwd` have it: a link that a repository holds does not make a folder elsewhere part of it.
        return os.path.realpath(start)

    @cached_property
    def home(self) -> "Path":
        """The person's home."""
        from pathlib import Path

        return Path.home()

    @cached_property
    def project(self) -> "Project":
        """The project in force; another `.secrets` that it hides is named."""
        if self.sops:
            return self.mirror.project
        from gitseal.project.finding import find

        return self._prepared(find(self._start))

    @cached_property
    def mirror(self) -> "Mirror":
        """The file of sops that `--sops` names, as a project. Raises Error if it does not open."""
        return self.mirror_of(self.sops)

    def mirror_of(self, words: str) -> "Mirror":
        """A file of sops as a project."""
        from gitseal.project.mirror import read

        return read(self.start, words, None if self.names_suffice else self._own_keyring.by_cost)

    @cached_property
    def committed_project(self) -> "Project":
        """The project for whoever asks commits: that of HEAD, if the working tree does not show the one that there is."""
        try:
            return self.project
        except Error as error:
            from gitseal.project.states import at_head
            from gitseal.project.unseen import NotShown

            if not isinstance(error, NotShown):
                raise
            return self._prepared(at_head(error.root))

    def _prepared(self, project: "Project") -> "Project":
        if self.only_reads:
            project.tell = lambda words: say(f"gitseal: {words}")
        for other in project.shadowed:
            say(f"gitseal: using {project.folder}, which hides {other}")
        if not project.source.is_working_tree:
            say(f'gitseal: the .secrets of HEAD is read, for no files of it lie in "{project.root}"')
        if project.repository is not None:
            self.listen_to(project.repository)
            if project.source.is_working_tree and not self.is_rotating:
                cut_off.tell(project, project.repository)
        return project.shared() if self.is_shared else project

    def listen_to(self, repository: "Repository") -> "Repository":
        """The repository, whose notes are told when the command is done."""
        self._repositories.append(repository)
        return repository

    def tell_notes(self) -> None:
        """Says what came up beside the result, each once."""
        notes = dict.fromkeys(note for repository in self._repositories for note in repository.notes)
        if notes:
            from gitseal.report.escaping import printable  # names of refs and Git's own words may steer a terminal

            for words in notes:
                say(printable(words))

    @cached_property
    def keyring(self) -> "Keyring":
        """The identities at hand; a passphrase is asked for on the terminal, if there is one."""
        return self.mirror.keyring if self.sops else self._own_keyring

    @cached_property
    def _own_keyring(self) -> "Keyring":
        from gitseal.cli import identity_questions

        keyring = identity_questions.keyring(self.environ, self.identity, self._project_with_cloud_keys)
        keyring.coming = self._coming
        return keyring

    def _coming(self, group: str) -> "Iterator[bytes]":
        """What a plugin may as well open now: the stanzas of a group in all environments that the command was given."""
        from gitseal.project.keys import stanzas_of

        return stanzas_of(self.project, self._several, group)

    def _project_with_cloud_keys(self) -> "Project":
        if self.sops:
            raise Error("a file of sops has no keys of ours in key services")
        return self.committed_project

    def look_again(self) -> None:
        """Looks for identities again: one was made."""
        for name in ("keyring", "_own_keyring"):
            self.__dict__.pop(name, None)

    def any_repository(self) -> "Repository":
        """The repository of the folder, bare or not: no working tree is needed. Raises Error if there is none."""
        from gitseal.git.hooks import is_bare
        from gitseal.git.repository import Repository, find_top

        top = find_top(self.start)
        if top is None and not is_bare(self.start):
            hint = "go to one, or name its folder with -C"
            raise Error(f'"{self.start}" is in no Git repository', hint)
        return self.listen_to(Repository(top or self.start))

    def note_read(self, command: str, environment: str, names: "Iterable[str]") -> None:
        """Logs that values are about to be handed out, if the policy protects the environment."""
        project = self.committed_project
        if not project.policy.logs_reads(environment):
            return
        import time

        from gitseal.audit.history.noting import NotedRead, note

        reading = NotedRead(command, project.root, environment, tuple(names))
        if failure := note(self.environ, self.home, reading, time.time()):
            say(f"gitseal: {failure}")

    @property
    def workspace(self) -> "Workspace":
        """The project with the identities at hand, and nothing said yes to."""
        from gitseal.project.workspace import Workspace

        return Workspace(self.project, self.keyring)

    @property
    def committed_workspace(self) -> "Workspace":
        """The same with `committed_project`."""
        from gitseal.project.workspace import Workspace

        return Workspace(self.committed_project, self.keyring)

    def leave_out_overrides(self) -> None:
        """From here on the project is read without this machine's overrides."""
        self.is_shared = True

    def opened(self, environment: str) -> "OpenedEnvironment":
        """An environment with the identities at hand."""
        from gitseal.project.reading import OpenedEnvironment

        return OpenedEnvironment(self.project, environment, self.keyring)

    def one(self, given: tuple[str, ...]) -> str:
        """The one environment that a command is about. Raises UsageError if none or several are given."""
        chosen = self.some(given)
        if len(chosen) != 1:
            raise UsageError(
                f"this command takes one environment, not {len(chosen)}", f"choose one of: -e {' -e '.join(chosen)}"
            )
        return chosen[0]

    def some(self, given: tuple[str, ...]) -> tuple[str, ...]:
        """The environments given, at least one; if the repository has only one, it may be left out."""
        environments = self._complete() if not given else ()
        if given:
            return self._selected(given)
        if len(environments) == 1 and not self.is_incomplete:
            return environments
        if not environments:
            raise Error("there is no environment yet", "add one, for example: gitseal env add development")
        raise UsageError("which environment?", f"choose with: -e {' or -e '.join(environments)}")

    def where(self, given: tuple[str, ...], *, local: bool, make: bool = False) -> "tuple[Project, tuple[str, ...]]":
        """The project and environments that a command changes; with `local` this machine's overrides of just one.

        `make` makes these if there are none. Raises UsageError for the overrides of several environments.
        """
        if not local:
            return self.project, self.some(given)
        from gitseal.sealing.local import overrides

        overriding = overrides(self.workspace, self.one(given), make=make)
        return overriding, (overriding.name,)

    def all(self, given: tuple[str, ...]) -> tuple[str, ...]:
        """The environments given, or all."""
        return self._selected(given or ("all",))

    def _complete(self) -> tuple[str, ...]:
        """All environments. Says which the policy has and the working tree does not show; then the command's status is not 0."""
        project = self.project
        # The policy alone tells, so that mostly nobody has to be asked; one that cannot be read has its own error.
        if not set(project.policy.environments) <= set(project.environments):
            from gitseal.project.unseen import hidden

            for one in hidden(project):
                self.is_incomplete = True
                say(f"gitseal: {one.message}", f"  {one.hint}")
        return project.environments

    def _selected(self, given: tuple[str, ...]) -> tuple[str, ...]:
        if "all" in given:
            self._complete()
        environments = self.project.select(given)
        if not environments and "all" not in given:
            raise UsageError("-e names no environment", "see them with: gitseal env list")
        self.will_open(environments)
        return environments

    def will_open(self, environments: "Sequence[str]") -> None:
        """Says which environments the command opens, so that a plugin is started once for all of them."""
        self._several = tuple(environments) if len(environments) > 1 else ()

    def confirmed(
        self, accept: tuple[str, ...], action: "Callable[[Workspace], T]", project: "Project | None" = None
    ) -> "T":
        """Does an action with the keys and recipients that were confirmed, asking for each that is not.

        The action gets the workspace, of `project` if that is another than the session's.
        """
        from gitseal.cli.terminal import confirming

        workspace = self.workspace._replace(project=project or self.project)
        return confirming(lambda accepted: action(workspace._replace(accepted=accepted)), frozenset(accept))
