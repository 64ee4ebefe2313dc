"""The user's editor on one file."""

import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from gitseal.errors import Error


def edit(command: str, path: Path, environ: Mapping[str, str]) -> None:
    """Runs the editor and waits. `command` is shell text such as `code --wait`, as in `$EDITOR`; the path is an argument.

    Ctrl-C belongs to the editor while it runs. Raises Error where it ends with another status than 0; on
    KeyboardInterrupt, which other signals become here, the editor is ended too.
    """
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        # As Git starts editors: the shell splits the command, the path stays one argument whatever it holds.
        child = subprocess.Popen(
            ["/bin/sh", "-c", f'{_become(command)}{command} "$@"', command, str(path)],
            env=dict(environ),
            preexec_fn=_default_interrupt,  # noqa: PLW1509 - there are no threads here
        )
        try:
            status = child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise
    finally:
        signal.signal(signal.SIGINT, before)
    if status:
        raise Error(f"the editor ended with status {status}", "name another: EDITOR=vi gitseal edit")


def _become(command: str) -> str:
    """`exec` where one program is all that the shell starts, so that ending the child ends the editor itself."""
    first = command.split(maxsplit=1)[0] if command.strip() else ""
    return "" if "=" in first or set(command) & set(";|&()\n") else "exec "


def _default_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
