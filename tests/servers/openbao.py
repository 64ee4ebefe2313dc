"""A real OpenBao, which speaks Vault's API: in memory, on a port of this machine, for one test session."""

import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

TOKEN = "root"
_SECONDS = 20.0


class Bao(NamedTuple):
    """A running server: its address, and the root token."""

    address: str
    token: str = TOKEN

    @property
    def environ(self) -> dict[str, str]:
        """The variables by which its clients find it."""
        return {"VAULT_ADDR": self.address, "VAULT_TOKEN": self.token}


@contextmanager
def running(program: str, folder: Path) -> Iterator[Bao]:
    """A server as long as the block; its key-value engine of version 2 is at `secret/`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    words = [program, "server", "-dev", f"-dev-root-token-id={TOKEN}", f"-dev-listen-address=127.0.0.1:{port}"]
    words += ["-dev-no-store-token"]
    with (folder / "bao.log").open("wb") as log:
        child = subprocess.Popen(words, stdout=log, stderr=log, env={"HOME": str(folder), "PATH": "/usr/bin:/bin"})
    try:
        _wait(child, address, folder / "bao.log")
        yield Bao(address)
    finally:
        child.kill()
        child.wait()


def _wait(child: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and child.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/v1/sys/health", timeout=1):  # noqa: S310 - ours
                break
        except OSError:
            time.sleep(0.05)
    else:
        raise AssertionError(log.read_text(errors="replace")[-2000:])
    # The engine is mounted a moment after the server answers.
    while time.monotonic() < end:
        request = urllib.request.Request(f"{address}/v1/secret/config", headers={"X-Vault-Token": TOKEN})  # noqa: S310 - ours
        try:
            with urllib.request.urlopen(request, timeout=1):  # noqa: S310 - ours
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("no key-value engine at secret/")
