"""What stands in for AWS, started: its address, and the variables by which AWS's own clients find it."""

import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

REGION = "eu-central-1"
_SECONDS = 30.0


class AwsServer(NamedTuple):
    """A running server."""

    address: str

    @property
    def environ(self) -> dict[str, str]:
        """The variables by which its clients find it."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "hush-access-key",
            "AWS_REGION": REGION,
        }

    def client(self, service: str) -> Any:
        """A client of AWS's own SDK."""
        return _client(self, service)


@cache
def _client(server: AwsServer, service: str) -> Any:
    from botocore.session import Session

    environ = server.environ
    return Session().create_client(
        service,
        region_name=REGION,
        endpoint_url=server.address,
        aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
    )


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(words: Sequence[str], variables: Mapping[str, str], port: int, folder: Path) -> Iterator[AwsServer]:
    """A server as long as the block."""
    address, log = f"http://127.0.0.1:{port}", folder / "aws.log"
    environ = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": "/usr/bin:/bin", **variables}
    with log.open("wb") as file:
        child = subprocess.Popen(words, stdout=file, stderr=file, env=environ, cwd=folder)
    try:
        _wait(child, address, log)
        yield AwsServer(address)
    finally:
        child.kill()
        child.wait()


def _wait(child: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and child.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/", timeout=5):  # noqa: S310 - ours
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace")[-2000:])
