"""ministack, which speaks like AWS: in memory, on a port of this machine. Its KMS decrypts what was sealed outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import aws
from tests.servers.started import free_port


@contextmanager
def running(program: str, folder: Path) -> Iterator[aws.AwsServer]:
    """A server as long as the block. Without BIND_HOST it would answer everybody."""
    port = free_port()
    variables = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "MINISTACK_REGION": aws.REGION}
    with aws.running([program], variables, port, folder) as server:
        yield server
