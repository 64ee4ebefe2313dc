"""Words and exit statuses. click, the environment, the clock and the terminal live here and nowhere else.

`run` is the program. What Git starts with every commit, diff or merge goes its own way from here: a developer waits for it,
and it takes no options that would have to be read.
"""

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Sequence
    from types import FrameType, TracebackType
    from typing import NoReturn
else:
    import _signal  # what `signal` is made of, which takes as long to import as all of this file

_INTERRUPTED = 130  # as `table.py` has it, which no hook loads
_MOMENT = 0.001

# The first words of such a command line, and the module that has `main(arguments)` for what follows them.
_SHORTCUTS: dict[tuple[str, ...], str] = {
    ("hook", "run"): "gitseal.cli.hook_run",
    ("driver", "merge"): "gitseal.cli.driver_merge",
    ("driver", "textconv"): "gitseal.cli.driver_textconv",
}


def dispatch(words: "Sequence[str]") -> int:
    """Runs one command line and returns its exit status."""
    shortcut = _SHORTCUTS.get((*words[:2],))
    if shortcut is None or {"-h", "--help"} & set(words[2:3]):
        from gitseal.cli.main import main

        return main(words)
    try:
        status: int = __import__(shortcut, fromlist=["main"]).main(list(words[2:]))
        if sys.stdout is not None:
            sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the boundary: nothing passes
        from gitseal.cli.main import outcome

        return outcome(error)
    return status


def run() -> "NoReturn":
    """The program: one command line, then the end of the process.

    It ends without tearing the interpreter down, which takes a tenth of a short command's time. Nothing is left to do by
    then: files are closed, private folders removed, output flushed. After Ctrl-C it ends by that signal, so that a shell's
    loop around it ends too.
    """
    if sys.platform == "win32":
        # Locks, modes of files and signals are those of POSIX: without this, an import fails with a traceback.
        sys.exit("gitseal: this is Windows, which gitseal cannot run on\n  use it in WSL, with the clone in WSL too")
    interruption = _Interruption()
    interruption.watch()
    # The process is short and keeps what it makes: looking for garbage takes a fifth of a large file's time.
    gc.disable()
    status = dispatch(sys.argv[1:])
    try:  # noqa: SIM105 - contextlib takes longer to import than a textconv has
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        pass  # it was closed, before we started or since
    if interruption.came and status == _INTERRUPTED:
        interruption.end()
    _remove_plaintext()
    os._exit(status)


def _remove_plaintext() -> None:
    """Removes private folders that an interrupt left. Few commands have loaded what makes them."""
    private = sys.modules.get("gitseal.files.private")
    if private is not None:
        private.remove_rest()


class _Interruption:
    """Ctrl-C at any moment, from the first import on: KeyboardInterrupt, and never a traceback."""

    def __init__(self) -> None:
        self.came = False

    def watch(self) -> None:
        """Takes over from Python. A SIGINT that is ignored stays so: the command was started in the background."""
        sys.excepthook = self.uncaught
        sys.unraisablehook = self.unraisable
        if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
            _signal.signal(_signal.SIGINT, self.interrupt)

    def interrupt(self, _number: int, _frame: "FrameType | None") -> None:
        self.came = True
        raise KeyboardInterrupt

    def uncaught(self, kind: type[BaseException], error: BaseException, trace: "TracebackType | None") -> None:
        """Ends quietly on an interrupt before, behind or inside the boundary's own words; Python reports the rest."""
        if issubclass(kind, KeyboardInterrupt):
            self.end()
        sys.__excepthook__(kind, error, trace)

    def unraisable(self, lost: "sys.UnraisableHookArgs") -> None:
        """Repeats, a moment later, an interrupt that came inside a callback: Python would print it and go on."""
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(lost)
            return
        _signal.signal(_signal.SIGALRM, self.interrupt)
        _signal.setitimer(_signal.ITIMER_REAL, _MOMENT)

    def end(self) -> "NoReturn":
        """Ends the process by the signal. A second one has to wait until no plaintext is left."""
        _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
        _remove_plaintext()
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
        os.kill(os.getpid(), _signal.SIGINT)
        os._exit(_INTERRUPTED)  # if somebody blocks the signal
