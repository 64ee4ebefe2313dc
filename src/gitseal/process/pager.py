"""Shows a long text by the user's pager."""

import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress

# As Git has it (pager.c): leave at once what fits on the screen, show colours, leave the screen as it is.
_DEFAULTS = {"LESS": "FRX", "LV": "-c"}
_NOT_STARTED = (126, 127)


def page(command: str, text: str, environ: Mapping[str, str]) -> bool:
    """Hands the text to the pager and waits for its end; False if there is no such program. `command` is shell text.

    The text goes through a pipe, so that no value in it is written anywhere. Ctrl-C belongs to the pager while it runs.
    """
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child = subprocess.Popen(
            ["/bin/sh", "-c", command],
            env=_DEFAULTS | dict(environ),
            stdin=subprocess.PIPE,
            preexec_fn=_default_interrupt,  # noqa: PLW1509 - there are no threads here
        )
        with suppress(BrokenPipeError):  # whoever has seen enough quits it
            child.communicate(text.encode("utf-8", "backslashreplace"))
        return child.wait() not in _NOT_STARTED
    finally:
        signal.signal(signal.SIGINT, before)


def _default_interrupt() -> None:
    # An ignored signal stays ignored across exec, and the pager needs its own Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
