"""The desk: what this process knows of the repository, of the person's identities, and of what they did so far.

One thing is done at a time, whatever the browser asks at once. The project is found anew each time, for files change beneath
the page: by a pull, an editor, or the command line.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import Lock

from gitseal.audit.history.noting import NotedRead, note
from gitseal.errors import Error, NotForYou
from gitseal.git.committing import head_now
from gitseal.identities import Keyring, discover, reach_key_services
from gitseal.project.belief.cloud_trust import ProjectCloudKeys
from gitseal.project.finding import find
from gitseal.project.introducing import advised
from gitseal.project.project import Project
from gitseal.project.reach import is_locked
from gitseal.project.seen import NotAsSeen
from gitseal.project.workspace import Workspace
from gitseal.report.sentences import listed
from gitseal.studio.actions import ActionDone, OpenQuestion, PageAction, PendingActions
from gitseal.studio.shelf import Shelf
from gitseal.studio.unreadable import as_far_as_readable, troubles
from gitseal.usecases.put_back import UndoStep, obstacle, put_back

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.document.document import Document

_MOST_UNDONE = 200
_MOST_TOLD = 3


class Desk:
    """See the module. `lock` is held by whoever answers a request."""

    def __init__(self, folder: str, environ: Mapping[str, str], home: str, identity: str | None) -> None:
        self.lock = Lock()
        self.notices: list[str] = []
        self.steps: list[UndoStep] = []
        self.is_committing = False
        self._looked_at: Project | None = None
        self._parsed: dict[str, tuple[bytes, Document]] = {}
        self.troubles: Sequence[Error] = ()
        self._folder = folder
        self.environ = environ
        self._home = home
        self._actions = PendingActions(lambda: self.workspace)
        self.shelf = Shelf()
        self._keyring = discover(environ, home, self._actions.passphrase, identity)
        reach_key_services(self._keyring, environ, time.sleep, lambda: ProjectCloudKeys(find(folder), environ))

    def __repr__(self) -> str:
        return f"Desk({self._folder!r})"

    @property
    def project(self) -> Project:
        """The project as it is now, without this machine's overrides: what is changed here is what is committed."""
        return self._found().shared()

    @property
    def with_overrides(self) -> Project:
        """The project as programs on this machine get it, for whoever only reads."""
        project = self._found()
        project.tell = self._tell
        return project

    @contextmanager
    def looking(self) -> Iterator[None]:
        """For a view: `troubles` says what of the whole cannot be read, and the project is what can be."""
        with suppress(Error):  # no project at all: the view says it
            project = self._at_hand()
            # Whoever only reads may leave out what a newer gitseal put there.
            project.tell = self._tell
            self.troubles = troubles(project)
            # One for the whole view, so that each file is read as one state and once.
            self._looked_at = as_far_as_readable(project)
        try:
            yield
        finally:
            self._looked_at, self.troubles = None, ()

    def _found(self) -> Project:
        return self._looked_at or self._at_hand()

    def _at_hand(self) -> Project:
        project = find(self._folder)
        # A file of the very bytes that were parsed before is not parsed again.
        project.keep_in(self._parsed)
        return project

    @property
    def keyring(self) -> Keyring:
        """The identities. One that needs a passphrase raises Asked."""
        return self._keyring

    @property
    def workspace(self) -> Workspace:
        """The workspace of an action. Nothing is accepted in it: what lasts of an answer is what this clone remembers."""
        return Workspace(self.project, self._keyring, written=self._note_step)

    @property
    def is_locked(self) -> bool:
        """True if a passphrase may open something that nothing opens without it, so that pages cannot tell everything."""
        try:
            return is_locked(self.project, self._keyring)
        except Error:
            return False  # what is broken says so where it is used

    def advised(self, error: NotForYou) -> NotForYou:
        """The error with what helps, in the words of the command line."""
        return advised(lambda: self.project, self._keyring, error)

    def state(self) -> str:
        """A text that is another one as soon as a file of `.secrets` changed, or what HEAD is. It takes no lock."""
        try:
            project = self.project
            folder, head = str(project.folder), head_now(project.git())
        except Error as error:
            # A checkout under way, for example: the page stays, and shows what is there once it is loaded again.
            return f"gone: {type(error).__name__}"
        try:
            with os.scandir(folder) as entries:
                stats = sorted((entry.name, entry.stat(follow_symlinks=False)) for entry in entries)
        except OSError:
            return "gone"
        from gitseal.crypto.digest import sha256_hex

        return sha256_hex(
            repr([head, *((name, one.st_ino, one.st_size, one.st_mtime_ns) for name, one in stats)]).encode()
        )

    def do(self, action: PageAction) -> ActionDone | OpenQuestion:
        """Does an action, or says what has to be answered first. Raises Error if it is refused; then nothing was done."""
        return self._acted(lambda: self._actions.begin(action))

    def answer(self, waiting: str, passphrase: str | None) -> ActionDone | OpenQuestion:
        """Goes on with an action: `passphrase` is given, or the questions are answered with yes. Raises Error as `do` does."""
        return self._acted(lambda: self._actions.go_on(waiting, passphrase))

    def _acted(self, act: Callable[[], ActionDone | OpenQuestion]) -> ActionDone | OpenQuestion:
        self._check_free()
        count = len(self.steps)
        result = act()
        if isinstance(result, ActionDone):
            # Without words nothing was changed: what is there by now, somebody else did while a store was asked.
            if result.words:
                self.steps[count:] = [step._replace(words=result.words) for step in self.steps[count:]]
                self.notices.append(result.words)
            del self.steps[:-_MOST_UNDONE]
            project = find(self._folder)
            self.notices += project.repository.notes if project.repository is not None else ()
        return result

    @contextmanager
    def let_go(self) -> Iterator[None]:
        """Others are answered meanwhile. Nothing of the desk is used in it."""
        self.lock.release()
        try:
            yield
        finally:
            self.lock.acquire()

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Lets go, for hooks and signing may take minutes. Others only look, as actions are refused."""
        self.is_committing = True
        try:
            with self.let_go():
                yield
        finally:
            self.is_committing = False

    def _check_free(self) -> None:
        if self.is_committing:
            raise Error("a commit is under way", "wait for its hooks and signing, and do it again")

    def undoable(self) -> str:
        """The words for what `undo` would take back, empty if there is nothing. What it no longer can is dropped and told."""
        if self.is_committing:
            return ""  # what the commit has is forgotten when it is done
        dropped: list[str] = []
        told = ""
        project = self.project
        while self.steps and (refusal := obstacle(project, self.steps[-1])) is not None:
            dropped.append(self.steps.pop().words)
            told = told or refusal.message
        if dropped:
            self.notices.append(f"cannot be undone any more: {listed(dropped, '{}', most=_MOST_TOLD)}; {told}")
        return self.steps[-1].words if self.steps else ""

    def undo(self, shown: str) -> str:
        """Puts back the last change; gives the words for it. `shown` is the id of the step that the person saw.

        Raises NotAsSeen if that is not the last one, and Error if there is none,
        or if it cannot be put back any more: then it is dropped, so that nobody is stuck with it.
        """
        if not self.steps:
            raise Error("there is nothing to undo", "what is committed is undone by git revert")
        step = self.steps[-1]
        if step.id != shown:
            raise NotAsSeen(
                f"the last change is another one by now: {step.words}", "look at the page again, and decide"
            )
        refusal = obstacle(self.project, step)
        if refusal is not None:
            self.steps.pop()
            raise refusal
        put_back(self.project, step)
        return f"undone: {self.steps.pop().words}"

    def forget_steps(self) -> None:
        """Everything is committed, so nothing can be undone."""
        self.steps.clear()

    def note_read(self, command: str, environment: str, names: Iterable[str]) -> None:
        """Logs that values are handed out, as the command line does. If that fails, the person is told."""
        project = self.project
        if not project.policy.logs_reads(environment):
            return
        from pathlib import Path

        reading = NotedRead(command, project.root, environment, tuple(names))
        if failure := note(self.environ, Path(self._home), reading, time.time()):
            self.notices.append(failure)

    def take_notices(self) -> list[str]:
        """What the next page tells, once."""
        taken, self.notices = list(dict.fromkeys(self.notices)), []
        return taken

    def _note_step(self, before: Mapping[str, bytes | None], after: Mapping[str, bytes | None]) -> None:
        if after:
            self.steps.append(
                UndoStep("", dict(before), dict(after), self.project.git().commit("HEAD"), secrets.token_hex(8))
            )

    def _tell(self, words: str) -> None:
        self.notices.append(words)
