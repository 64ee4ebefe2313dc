"""Opens one file in the user's editor."""

import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from gitseal.errors import Error


def edit(command: str, path: Path, environ: Mapping[str, str], hint: str) -> None:
    """Run the editor on `path` and wait. `command` is shell text such as `code --wait`, as `$EDITOR` holds it.

    Ctrl-C belongs to the editor while it runs. Raises Error with `hint` if its status is not 0 or the file is gone. On
    KeyboardInterrupt, which the caller makes of other signals, the editor is ended too: it has the plaintext open.
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
        raise Error(f"the editor ended with status {status}", hint)
    if not path.exists():
        raise Error("the editor took its file away, so nothing was changed", hint)


def waiting(command: str) -> str:
    """The editor's command with the option by which it waits until the file is closed; VS Code's if we know of none."""
    first, _, rest = command.strip().partition(" ")
    option = _WAITS.get(first.rpartition("/")[2])
    return f"{first} {option}{' ' if rest else ''}{rest}" if option and option not in rest else "code --wait"


# Editors that hand the file to a window and return at once (each one's manual).
_WAITS = {
    **dict.fromkeys(("code", "code-insiders", "codium", "cursor", "windsurf", "zed", "subl", "atom", "mate"), "--wait"),
    **dict.fromkeys(("idea", "pycharm", "goland", "webstorm", "rubymine", "bbedit"), "--wait"),
    **dict.fromkeys(("gvim", "mvim"), "--nofork"),
    "kate": "--block",
    "gedit": "--wait",
}


def _become(command: str) -> str:
    """`exec `, if the shell would start just one program: then ending the child ends the editor, and not only its shell."""
    first = command.split(maxsplit=1)[0] if command.strip() else ""
    return "" if "=" in first or set(command) & set(";|&()\n") else "exec "


def _default_interrupt() -> None:
    # An ignored signal stays ignored across exec, and the editor needs its own Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
