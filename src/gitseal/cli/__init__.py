"""Words and exit statuses. click, the environment, the clock and the terminal live here and nowhere else.

`run` is the program. What Git starts with every commit, diff or merge goes its own way from here: a developer waits for it,
and it takes no options that would have to be read.
"""

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

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
    then: files are closed, private folders removed, output flushed.
    """
    # The process is short and keeps what it makes: looking for garbage takes a fifth of a large file's time.
    gc.disable()
    status = dispatch(sys.argv[1:])
    try:  # noqa: SIM105 - contextlib takes longer to import than a textconv has
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        pass  # it was closed, before we started or since
    os._exit(status)
