"""`gitseal edit`."""

import time
from pathlib import Path

from gitseal.cli import declare, terminal
from gitseal.cli.options import accept_options, environment_option, local_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say, say_set
from gitseal.errors import Busy, Error, UsageError, shell_quoted
from gitseal.process import editor
from gitseal.project.project import Project
from gitseal.report.plurals import plural
from gitseal.sealing import saved_edit
from gitseal.sealing.local import options_for
from gitseal.usecases import edit
from gitseal.usecases.edit import EditedText
from gitseal.variables import IDENTITY_VARIABLES
from gitseal.yamltext.reader import path_text

# Nobody reads a text and closes it in less, in seconds.
_HASTY = 1.0


@declare.command("edit")
@environment_option("The environment. Needed only if there are several.")
@local_option
@declare.option("--resume", is_flag=True, help="Continue with the text that an earlier edit could not apply.")
@declare.option("--discard", is_flag=True, help="Delete the text that an earlier edit could not apply.")
@declare.option("--plain", is_flag=True, help="Leave new names plain if a rule of the policy says so too.")
@accept_options
def command(
    session: Session,
    environments: tuple[str, ...],
    local: bool,
    resume: bool,
    discard: bool,
    plain: bool,
    accept: tuple[str, ...],
) -> None:
    """Edit an environment as plain YAML in your editor.

    The editor is $VISUAL, $EDITOR or vi. Only what you changed is sealed again. The text is in a private file, in memory if the
    system has such a place, and is removed when the editor closes. If it cannot be applied, gitseal keeps it sealed: --resume
    continues with it, and --discard deletes it.

    Examples:
      gitseal edit -e production
      EDITOR="code --wait" gitseal edit -e production
      gitseal edit -e production --resume
      gitseal edit -e production --discard
    """
    if resume and discard:
        raise UsageError("--resume and --discard exclude each other", "give one of them")
    project, (environment,) = session.where((session.one(environments),), local=local, make=True)
    if discard:
        if not saved_edit.discard(project, environment):
            raise saved_edit.not_kept(environment)
        say(f"{environment}: deleted the kept text")
        return
    if not resume and saved_edit.exists(project, environment):
        say("gitseal: the text of an earlier edit is kept; this edit does not have its changes")
        say(f"  to continue with it: {_resuming(environment)}", f"  to delete it: {_discarding(environment)}")
    draft = (edit.resume if resume else edit.begin)(session.workspace._replace(project=project), environment)
    session.note_read("edit", environment, map(path_text, draft.values))
    for name in draft.closed:
        say(f"{environment}: you cannot open {name}, so it is not in the text and stays as it is")
    _Editing(session, project, draft, accept, plain=plain).run(resumed=resume)


def _resuming(environment: str) -> str:
    return f"gitseal edit {options_for(environment)} --resume"


def _discarding(environment: str) -> str:
    return f"gitseal edit {options_for(environment)} --discard"


class _Empty(Error):
    """A text without any name, which nobody confirmed and which is not worth keeping."""


class _Editing:
    """One editing, from the text to what was sealed."""

    def __init__(
        self, session: Session, project: Project, draft: EditedText, accept: tuple[str, ...], *, plain: bool
    ) -> None:
        self.session = session
        self.project = project
        self.draft = draft
        self.accept = accept
        self.plain = plain

    def run(self, *, resumed: bool) -> None:
        from gitseal.files import atomic
        from gitseal.files.private import private_folder

        with private_folder(self.session.environ) as folder:
            path = folder / f"{self.draft.environment}.yaml"
            atomic.write(path, self.draft.text, private=True)
            if resumed:
                self.warn_overtaken()
            while True:
                began = time.monotonic()
                edited = self.edited(path)
                if edited == self.draft.text and not resumed:
                    self.say_unchanged(time.monotonic() - began)
                    return
                try:
                    self.apply(edited)
                except _Empty:
                    raise
                except Error as error:
                    self.keep_after(error, edited)
                    self.ask_again(error)
                    continue
                saved_edit.discard(self.project, self.draft.environment)
                return

    def say_unchanged(self, seconds: float) -> None:
        """Says that nothing changed; and if nobody can have read the text in that time, how to make the editor wait."""
        say("nothing changed")
        if seconds < _HASTY:
            say(
                "gitseal: the editor returned at once; does it wait until you close the file?",
                f"  {self.with_editor(editor.waiting(self.command()))}",
            )

    def ask_again(self, error: Error) -> None:
        """Returns if the person wants to open the text again. Raises Error if they do not, or if nobody is there."""
        hint = f"your text is kept, sealed: {_resuming(self.draft.environment)}"
        if not terminal.can_ask():
            raise Error(error.message, hint) from None
        say(f"gitseal: {error.message}", *([f"  {error.hint}"] if error.hint else []))
        if not terminal.confirm("Open your text again?"):
            raise Error("nothing was changed", hint) from None
        if isinstance(error, Busy):
            # They were told whose change is in the way: what they save now is meant for the state of now.
            self.draft = self.draft._replace(now=self.project.read(self.draft.environment))

    def warn_overtaken(self) -> None:
        try:
            names = edit.overtaken(self.draft, self.draft.text)
        except Error:
            return  # the text does not parse, as its author will see
        for name in names:
            say(f"gitseal: somebody else changed {name} since then, and your text would replace their value")

    def edited(self, path: Path) -> bytes:
        """The text after the editor; kept, sealed, if a signal or a failure ends it first."""
        environ = {name: value for name, value in self.session.environ.items() if name not in IDENTITY_VARIABLES}
        before = path.read_bytes()
        try:
            editor.edit(self.command(), path, environ, f"name another: {self.with_editor('vi')}")
        except BaseException:
            if path.exists() and path.read_bytes() != before:
                self.keep(path.read_bytes())
                say(f"gitseal: your text is kept, sealed: {_resuming(self.draft.environment)}")
            raise
        return path.read_bytes()

    def command(self) -> str:
        """The editor, as most tools choose it."""
        return self.session.environ.get("VISUAL") or self.session.environ.get("EDITOR") or "vi"

    def with_editor(self, command: str) -> str:
        """This edit by another editor, as a line to paste: $VISUAL would win over $EDITOR."""
        variable = "VISUAL" if self.session.environ.get("VISUAL") else "EDITOR"
        return f"{variable}={shell_quoted(command)} gitseal edit {options_for(self.draft.environment)}"

    def keep_after(self, error: Error, text: bytes) -> None:
        """Keeps a text that could not be applied. Raises Error, with both reasons, if that fails too."""
        try:
            self.keep(text)
        except Error as lost:
            raise Error(f"{error.message}; and your text could not be kept: {lost.message}", lost.hint) from None

    def keep(self, text: bytes) -> None:
        saved_edit.keep(self.session.workspace._replace(project=self.project), self.draft.before, text)

    def confirm_empty(self, count: int) -> None:
        """Asks about a text without any name: a full disk or a slip makes one more often than somebody means it."""
        environment = self.draft.environment
        told = f"the text is empty, and applying it would remove {plural(count, 'name')} from {environment}"
        if not terminal.can_ask():
            raise _Empty(told, f"nothing was changed; to see the names: gitseal list {options_for(environment)}")
        if not terminal.confirm(f"T{told[1:]}.", "Remove them?"):
            raise _Empty("nothing was changed", "")

    def apply(self, text: bytes) -> None:
        removed = edit.removed_names(self.draft, text)
        if removed and edit.is_empty(self.draft, text):
            self.confirm_empty(len(removed))
        done = self.session.confirmed(
            self.accept,
            lambda workspace: edit.finish(workspace, self.draft, text, plain=self.plain),
            self.project,
        )
        say_set(done)
        for name in removed:
            say(f"{self.draft.environment}: removed {name}")
        if not done and not removed:
            say("nothing changed")
        if edit.comments_changed(self.draft, text):
            place = self.project.path(self.draft.environment)
            say(f"gitseal: comments in this text are not saved; edit them in {place}")
