"""One command line, from its words to its status: the one boundary that turns errors into words.

Statuses: 0 done, 1 said no, 2 usage, 3 a bug, 130 interrupted, 141 nobody reads standard output.
"""

import codecs
import os
import sys

from gitseal.cli import parsing
from gitseal.cli.declare import Command
from gitseal.cli.session import Session
from gitseal.cli.table import PROGRAM, STATUS_BUG, STATUS_INTERRUPTED, STATUS_NOT_LOOKED, STATUS_PIPE
from gitseal.cli.talk import say
from gitseal.errors import Declined, Error, NotForYou, os_reason, shell_quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# Those who read at a terminal learn there, once a day, that a clone was never armed; `set` says it always.
_READERS = frozenset({"get", "list", "check"})
# A shell sets it to ask for completions instead of a run; click answers.
_COMPLETE = "_GITSEAL_COMPLETE"


def main(words: "Sequence[str] | None" = None) -> int:
    """Runs one command line, the process's own without `words`, and returns its exit status. Raises nothing."""
    _mend_encoding()
    try:
        status = _run(sys.argv[1:] if words is None else words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (KeyboardInterrupt, EOFError):
        # The terminal shows ^C or ^D and leaves the cursor behind it.
        say("")
        return outcome(KeyboardInterrupt())
    except Exception as error:  # noqa: BLE001 - the boundary: nothing passes
        return outcome(error)
    return status


def _run(words: "Sequence[str]") -> int:
    call = None if os.environ.get(_COMPLETE) else parsing.read(PROGRAM, words, os.environ)
    if call is not None:
        return run(call.command, Session(call.outer["folder"], call.outer["identity"]), call.values)
    from gitseal.cli import by_click

    return by_click.main(words, run)


class _Unread(Exception):
    """Whoever reads standard output has gone."""


def run(command: Command, session: Session, values: "dict[str, Any]") -> int:
    """Runs a command and returns its status. An error has the status of no answer if the command's status is one."""
    try:
        status = _called(command, session, values)
        if session.is_asked and sys.stdout is not None:
            # If the answer cannot be written, there was no answer.
            sys.stdout.flush()
    except (Error, OSError) as error:
        if not session.is_asked or isinstance(error, BrokenPipeError):
            raise
        failure = error if isinstance(error, Error) else _of_system(error)
        failure.status = STATUS_NOT_LOOKED
        raise failure from None
    return status


def _called(command: Command, session: Session, values: "dict[str, Any]") -> int:
    """Calls a command. If no identity served, the error says who helps; in a clone that is not armed, some say so."""
    try:
        status = command.function(session, **values)
        always = command.name == "set"
        if always or (command.name in _READERS and sys.stderr is not None and sys.stderr.isatty()):
            from gitseal.cli import arming_notice

            arming_notice.tell(session, always=always)
    except NotForYou as error:
        from gitseal.project import introducing

        raise introducing.advised(lambda: session.project, session.keyring, error) from None
    except BrokenPipeError:
        # Under its own name click would end the process.
        raise _Unread from None
    finally:
        session.tell_notes()
    return (status if isinstance(status, int) else 0) or int(session.is_incomplete)


def outcome(error: BaseException) -> int:
    """Says what an exception means, and gives its status."""
    if isinstance(error, Declined) or _is_interrupt(error):
        declined = str(error) if isinstance(error, Declined) else ""
        say(f"gitseal: {declined or 'interrupted'}")
        return STATUS_INTERRUPTED
    if isinstance(error, Error):
        return _say_no(error)
    if isinstance(error, BrokenPipeError | _Unread):
        # Python must not complain about that when it flushes once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return STATUS_PIPE
    if isinstance(error, OSError):
        return _say_no(_of_system(error))
    if "click" in sys.modules:
        from gitseal.cli import by_click

        status = by_click.outcome(error)
        if status is not None:
            return status
    # Whatever is left is a bug.
    return _bug(error)


def _of_system(error: OSError) -> Error:
    """The words for what the system refused, if nothing nearer to it has said them."""
    if not error.filename:
        return Error(f"the output cannot be written: {os_reason(error)}", "see if there is room: df -h")
    path = os.fsdecode(error.filename)
    folder = os.path.dirname(path) or "."
    return Error(f'"{path}" cannot be read or written: {os_reason(error)}', f"look at: ls -ld {shell_quoted(folder)}")


def _is_interrupt(error: BaseException | None) -> bool:
    """True for Ctrl-C, also if something made another error of it: Python does while it makes a class, and so do libraries."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _mend_encoding() -> None:
    """Lets standard output take any text, even if the locale says ASCII: names of files and people are not."""
    stream: Any = sys.stdout
    if stream is not None and codecs.lookup(stream.encoding).name == "ascii":
        stream.reconfigure(encoding="utf-8", errors="replace")


def _say_no(error: Error) -> int:
    say(f"gitseal: {error.message}")
    if error.hint:
        say(f"  {error.hint}")
    return error.status


def _bug(error: BaseException) -> int:
    """A report to paste. Messages and values are left out: only places in the code and the kinds of errors."""
    import platform
    import traceback

    from gitseal import installation

    say("gitseal: this is a bug in gitseal; please report it with these lines (they hold no values):")
    say(f"  gitseal {installation.version()}, Python {platform.python_version()}, {platform.system()}")
    cause: BaseException | None = error
    while cause is not None:
        for frame in traceback.extract_tb(cause.__traceback__):
            say(f"  {frame.filename}:{frame.lineno} {frame.name}")
        say(f"  {type(cause).__name__}")
        cause = cause.__cause__
    return STATUS_BUG
