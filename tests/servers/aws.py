"""What stands in for AWS, started: its address, and the variables by which AWS's own clients find it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.servers.started import serving

REGION = "eu-central-1"


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


@contextmanager
def running(words: Sequence[str], variables: Mapping[str, str], port: int, folder: Path) -> Iterator[AwsServer]:
    """A server as long as the block."""
    address = f"http://127.0.0.1:{port}"
    with serving(words, variables, f"{address}/", folder):
        yield AwsServer(address)
