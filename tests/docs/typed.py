"""Runs a command on a terminal and types the answers: `typed.py ANSWER,ANSWER COMMAND`. Its output is what the terminal shows."""

import os
import pty
import re
import sys
import threading

# A question of gitseal's ends like this, and the cursor waits behind it.
_ASKED = re.compile(rb"(?:\]: |\? |PIN of the token \S+: )\Z")


def main() -> int:
    """The command's status."""
    answers, command = sys.argv[1].split(","), sys.argv[2]
    child, terminal = pty.fork()
    if not child:
        os.execvp("bash", ["bash", "--noprofile", "--norc", "-c", command])  # noqa: S606 - it is the shell
    # One that waits for more than was typed ends here, and not with the test run.
    threading.Timer(60, os.kill, (child, 9)).start()
    shown = b""
    while data := _read(terminal):
        shown += data
        if answers and _ASKED.search(shown[-200:]):
            os.write(terminal, answers.pop(0).encode() + b"\n")
    sys.stdout.write(shown.decode().replace("\r\n", "\n"))
    sys.stdout.flush()
    os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so that nobody has the other side any more
        return b""


if __name__ == "__main__":
    main()
