"""A server of somebody else's, started for tests: on a free port, with its talk in a file, gone with the block."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_SECONDS = 30.0


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def serving(words: Sequence[str], variables: Mapping[str, str], url: str, folder: Path) -> Iterator[None]:
    """A server as long as the block, which begins once anything answers at a URL. `folder` is its home, and has its talk."""
    log = folder / "server.log"
    environ = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": "/usr/bin:/bin", **variables}
    with log.open("wb") as talk:
        child = subprocess.Popen(words, stdout=talk, stderr=talk, env=environ, cwd=folder)
    try:
        _wait(child, url, log)
        yield
    finally:
        child.kill()
        child.wait()


def answer(child: subprocess.Popen[bytes], url: str, log: Path) -> bytes:
    """What a server says at a URL as soon as it is up. `log` has its talk, which tells why it is not."""
    _wait(child, url, log)
    with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - ours
        content: bytes = response.read()
        return content


def _wait(child: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and child.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - ours
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace")[-2000:])
