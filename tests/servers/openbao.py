"""A real OpenBao, which speaks Vault's API: in memory, on a port of this machine, for one test session."""

import hashlib
import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError

from tests.servers.started import free_port, serving

TOKEN = "root"
_TRIES, _PAUSE = 400, 0.05


class Bao(NamedTuple):
    """A running server: its address, and the root token."""

    address: str
    token: str = TOKEN

    @property
    def environ(self) -> dict[str, str]:
        """The variables by which its clients find it."""
        return {"VAULT_ADDR": self.address, "VAULT_TOKEN": self.token}

    def call(self, method: str, path: str, content: object = None) -> dict[str, Any]:
        """The data of an answer to the root token. Raises HTTPError for a refusal."""
        body = json.dumps(content).encode() if content is not None else None
        headers = {"X-Vault-Token": self.token}
        request = urllib.request.Request(f"{self.address}/v1/{path}", body, headers, method=method)  # noqa: S310 - ours
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - ours
            text = answer.read()
        found = json.loads(text) if text else {}
        return dict(found.get("data") or found.get("auth") or {})

    def transit_key(self, name: str, size: int = 2048) -> bytes:
        """The public half, in PEM, of version 1 of a new RSA key in the transit engine at `transit/`."""
        if "transit/" not in self.call("GET", "sys/mounts"):
            self.call("POST", "sys/mounts/transit", {"type": "transit"})
        self.call("POST", f"transit/keys/{name}", {"type": f"rsa-{size}"})
        key: str = self.call("GET", f"transit/keys/{name}")["keys"]["1"]["public_key"]
        return key.encode()

    def token_for(self, policy: str) -> str:
        """A token that may do what a policy of its own says, and nothing else."""
        name = f"only-{hashlib.sha256(policy.encode()).hexdigest()[:16]}"
        self.call("PUT", f"sys/policies/acl/{name}", {"policy": policy})
        made = self.call("POST", "auth/token/create", {"policies": [name], "no_default_policy": True})
        return str(made["client_token"])


@contextmanager
def running(program: str, folder: Path) -> Iterator[Bao]:
    """A server as long as the block; its key-value engine of version 2 is at `secret/`."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    words = [program, "server", "-dev", f"-dev-root-token-id={TOKEN}", f"-dev-listen-address=127.0.0.1:{port}"]
    with serving([*words, "-dev-no-store-token"], {}, f"{address}/v1/sys/health", folder):
        bao = Bao(address)
        _wait_for_engine(bao)
        yield bao


def _wait_for_engine(bao: Bao) -> None:
    """The engine is mounted a moment after the server answers."""
    for _ in range(_TRIES):
        with suppress(HTTPError):
            bao.call("GET", "secret/config")
            return
        time.sleep(_PAUSE)
    raise AssertionError("no key-value engine at secret/")
