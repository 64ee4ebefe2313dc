"""Each kind of store behind a proxy that fails: real servers where there are some, else stand-ins."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

import pytest
from botocore.compat import accepts_kwargs

from tests.servers import azure_cloud, faulty, google_cloud
from tests.servers.azure_cloud import VAULT
from tests.servers.faulty import Faulty
from tests.servers.github import GitHub
from tests.servers.gitlab import GitLab
from tests.servers.google_cloud import PROJECT

if TYPE_CHECKING:
    from tests.servers.aws import AwsServer
    from tests.servers.kube import Cluster
    from tests.servers.openbao import Bao


class Behind(NamedTuple):
    """A kind of store behind the proxy. `fresh` gives a place that nothing is at; `there` what a place has, if it can be seen."""

    proxy: Faulty
    direct: Mapping[str, str]
    through: Mapping[str, str]
    fresh: Callable[[], str]
    there: Callable[[str], dict[str, bytes]] | None = None


_numbers = count()


@contextmanager
def vault(request: pytest.FixtureRequest, end: str) -> Iterator[Behind]:
    bao: Bao = request.getfixturevalue("bao")
    with faulty.in_front_of(bao.address) as proxy:
        through = {"VAULT_ADDR": proxy.address, "VAULT_TOKEN": bao.token, "VAULT_CLIENT_TIMEOUT": "200ms"}
        yield Behind(proxy, bao.environ, through, lambda: f"vault:secret/faults/{next(_numbers)}{end}")


@contextmanager
def github(_request: pytest.FixtureRequest) -> Iterator[Behind]:
    server = GitHub()

    def fresh() -> str:
        name = f"r{next(_numbers)}"
        server.secrets["repos", "acme", name] = {}
        return f"github:acme/{name}"

    def there(place: str) -> dict[str, bytes]:
        secrets = server.secrets["repos", "acme", place.rpartition("/")[2]]
        return {name: secret.value for name, secret in secrets.items()}

    with server.running() as address, faulty.in_front_of(address) as proxy:
        yield Behind(proxy, server.environ, server.environ | {"GITHUB_API_URL": proxy.address}, fresh, there)


@contextmanager
def gitlab(_request: pytest.FixtureRequest) -> Iterator[Behind]:
    server = GitLab()

    def fresh() -> str:
        name = f"acme/r{next(_numbers)}"
        server.variables["projects", name] = []
        return f"gitlab:{name}"

    with server.running() as address, faulty.in_front_of(address) as proxy:
        yield Behind(proxy, server.environ, server.environ | {"GITLAB_HOST": proxy.address}, fresh)


@contextmanager
def kubernetes(request: pytest.FixtureRequest) -> Iterator[Behind]:
    cluster: Cluster = request.getfixturevalue("cluster")
    namespace = cluster.namespace("faults")
    tls = ssl.create_default_context(cafile=str(cluster.folder / "ca.pem"))
    with faulty.in_front_of(cluster.address, tls) as proxy:
        direct, through = ({"KUBECONFIG": cluster.config(at=at)} for at in (cluster.address, proxy.address))
        yield Behind(proxy, direct, through, lambda: f"kubernetes:{namespace}/s{next(_numbers)}")


@contextmanager
def aws(request: pytest.FixtureRequest, place: str) -> Iterator[Behind]:
    server: AwsServer = request.getfixturevalue("ministack")
    # Its SDK looks at the parameters of the same hundred functions for each client, and there is a client for each run.
    once = patch("botocore.hooks.accepts_kwargs", cache(accepts_kwargs))
    with once, faulty.in_front_of(server.address) as proxy:
        proxy.throttled = (400, {"Content-Type": "application/x-amz-json-1.1"}, b'{"__type": "ThrottlingException"}')
        through = server.environ | {"AWS_ENDPOINT_URL": proxy.address}
        yield Behind(proxy, server.environ, through, lambda: place.format(next(_numbers)))


@contextmanager
def google(_request: pytest.FixtureRequest) -> Iterator[Behind]:
    with google_cloud.running() as server, faulty.in_front_of(server.address) as proxy:
        through = server.environ | {"CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": f"{proxy.address}/"}
        yield Behind(proxy, server.environ, through, lambda: f"gcp-secretmanager:{PROJECT}/f{next(_numbers)}-")


@contextmanager
def azure(_request: pytest.FixtureRequest) -> Iterator[Behind]:
    with azure_cloud.running() as server, faulty.in_front_of(server.address) as proxy:
        through = server.environ | {"GITSEAL_AZURE_VAULTS": proxy.address}
        yield Behind(proxy, server.environ, through, lambda: f"azure-keyvault:{VAULT}/f{next(_numbers)}-")


KINDS: dict[str, Callable[[pytest.FixtureRequest], AbstractContextManager[Behind]]] = {
    "vault, whole": lambda request: vault(request, ""),
    "vault, each": lambda request: vault(request, "/"),
    "github": github,
    "gitlab": gitlab,
    "google": google,
    "azure": azure,
    "kubernetes": kubernetes,
    "aws-ssm": lambda request: aws(request, "aws-ssm:/faults/{}/"),
    "aws-secretsmanager, whole": lambda request: aws(request, "aws-secretsmanager:faults/{}"),
    "aws-secretsmanager, each": lambda request: aws(request, "aws-secretsmanager:faults/{}/"),
}
# They take their time to start.
HEAVY = {"kubernetes": [pytest.mark.cluster, pytest.mark.slow]} | {
    name: [pytest.mark.slow] for name in KINDS if name.startswith("aws-")
}
