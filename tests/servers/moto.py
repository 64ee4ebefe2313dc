"""moto, which speaks like AWS: in memory, on a port of this machine. Its KMS does not decrypt what was sealed outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import aws
from tests.servers.started import free_port


@contextmanager
def running(program: str, folder: Path) -> Iterator[aws.AwsServer]:
    """A server as long as the block."""
    port = free_port()
    with aws.running([program, "-H", "127.0.0.1", "-p", str(port)], {}, port, folder) as server:
        yield server
