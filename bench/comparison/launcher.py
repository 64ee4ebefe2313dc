"""Runs one command and prints its seconds, its peak memory in bytes and its status: `python -I -S launcher.py OUT ERR ARGV...`.

A process of its own, since Linux counts the memory of whoever starts a program as the program's own: this one takes few
megabytes, the benchmark many. It is the only one that waits, so that the figure is of this command and what it waited for.
"""

import os
import sys
import time

KIB = 1 if sys.platform == "darwin" else 1024
"""Bytes in one unit of ru_maxrss, which is the largest process's, not the sum (getrusage(2))."""


def main(out: str, err: str, argv: list[str]) -> None:
    """Standard output and error go into the two files; nothing is read from standard input."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, out, flags, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, err, flags, 0o600),
    ]
    start = time.perf_counter()
    child = os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    took = time.perf_counter() - start
    print(took, usage.ru_maxrss * KIB, os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
