"""A store that fails at any request, in any way: nothing is lost, what is told is so, and the next run ends right."""

import logging
import os
import ssl
from binascii import b2a_base64
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple, cast
from unittest.mock import patch

import pytest

from gitseal.delivery.publishing.planning import Desired, Publisher, PublishPlan, PublishRules, plan
from gitseal.delivery.publishing.publication import Halted, Publication, carry_out
from gitseal.delivery.publishing.record import PublishRecord
from gitseal.delivery.publishing.values import Wanted
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError
from gitseal.stores import table
from gitseal.stores.protocol import Store
from tests.servers import azure_cloud, faulty, google_cloud
from tests.servers import github as github_server
from tests.servers import gitlab as gitlab_server
from tests.servers.azure_cloud import VAULT
from tests.servers.faulty import SLOW, Fault, Faulty, Moment
from tests.servers.github import GitHub
from tests.servers.gitlab import GitLab
from tests.servers.google_cloud import PROJECT
from tests.stores.outside import outside

if TYPE_CHECKING:
    from gitseal.delivery.outgoing import Outgoing
    from gitseal.delivery.publishing.source import Source
    from tests.servers.aws import AwsServer
    from tests.servers.kube import Cluster
    from tests.servers.openbao import Bao

FILE = "f" + "1" * 32
BEFORE = {"CHANGED": b"of-before", "SAME": b"of-always", "GONE": b"of-the-past"}
AFTER = {"CHANGED": b"of-after", "SAME": b"of-always", "CREATED": b"new-\xc3\xa4\xc3\xb6\xc3\xbc"}


# As they are, and in base64; tokens of the stand-ins among them.
SECRETS = [
    *(
        form
        for value in {*BEFORE.values(), *AFTER.values()}
        for form in (value.decode(), b2a_base64(value).decode()[:-3])
    ),
    *(github_server.TOKEN, gitlab_server.TOKEN, google_cloud.TOKEN, "hush-access-key"),
]
SOURCE = "/src/gitseal/"


class Told(NamedTuple):
    """What a run said: the names that are done, those that are not, and those of which nobody can tell."""

    done: set[str]
    left: set[str]
    unclear: set[str]


class Behind(NamedTuple):
    """A kind of store behind the proxy. `fresh` gives a place that nothing is at; `there` what a place has, if it can be seen."""

    proxy: Faulty
    direct: Mapping[str, str]
    through: Mapping[str, str]
    fresh: Callable[[], str]
    there: Callable[[str], dict[str, bytes]] | None = None


class Place:
    """Places in a kind of store, reached directly and through a proxy that fails, and the records of what is published there."""

    def __init__(self, name: str, behind: Behind, repository: Repository) -> None:
        self.name = name
        self.proxy = behind.proxy
        self.fresh = behind.fresh
        self._behind = behind
        self._repository = repository

    def store(self, place: str, *, directly: bool) -> Store:
        environ = self._behind.direct if directly else self._behind.through
        # AWS's SDK reads the variables of the process, when it makes a client.
        with patch.dict(os.environ, environ):
            return table.open_store(place, outside(environ))

    def values(self, place: str) -> dict[str, bytes]:
        if self._behind.there is not None:
            return self._behind.there(place)
        live = self.store(place, directly=True).read()
        return {name: one.value.reveal() for name, one in live.items() if one.value is not None}

    def prepared(self, place: str, wanted: Mapping[str, bytes], number: int, *, directly: bool) -> Publication:
        desired = {name: Desired(SecretBytes(value), None) for name, value in wanted.items()}
        publisher = Publisher(FILE, "shop", f"{number:040x}")
        store = self.store(place, directly=directly)
        record = None
        if not store.keeps_marks:
            record = PublishRecord(self._repository, "shop", place.encode().hex(), (place, ""))
        names = record.names if record is not None else None
        made = plan(publisher, desired, store.read(), lambda *_: None, PublishRules(prunes=True), (), names)
        assert not made.refused
        return Publication(
            # Nothing asks for more of it, nor for what does not go out.
            source=cast("Source", SimpleNamespace(target=SimpleNamespace(name="shop"))),
            environment="production",
            place=place,
            server="",
            publisher=publisher,
            wanted=Wanted(desired, cast("Outgoing", None), FILE),
            plan=made,
            store=store,
            record=record,
        )

    def publish(
        self, place: str, wanted: Mapping[str, bytes], number: int, *, directly: bool
    ) -> tuple[PublishPlan, Told]:
        made = self.prepared(place, wanted, number, directly=directly)
        done: set[str] = set()
        try:
            for names in carry_out(made):
                done.update(names)
        except Halted as halted:
            check_locals(halted)
            if set(halted.done) != done:
                raise AssertionError(halted.done) from None
            return made.plan, Told(done, set(halted.left), set(halted.unclear))
        except RemoteError:
            # All was written, and the versions that it has now could not be read: the next run writes again.
            assert made.record is not None
        return made.plan, Told(done, set(), set())


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
    with faulty.in_front_of(server.address) as proxy:
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
# They have no version by which another try would be safe, or no mark by which a write is known.
TELL_LESS = {"github", "gitlab"}
# Nothing says how long their clients wait, so no test waits for them.
PATIENT = {*KINDS} - {"vault, whole", "vault, each"}


@pytest.fixture(params=[pytest.param(kind, marks=HEAVY.get(kind, ())) for kind in KINDS])
def place(
    request: pytest.FixtureRequest, repo: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[Place]:
    # Everything that any library logs, as with the debug switches of the clouds' own programs.
    caplog.set_level(logging.NOTSET)
    with KINDS[request.param](request) as behind:
        yield Place(request.param, behind, Repository(repo))
    logged = "\n".join(record.getMessage() for record in caplog.get_records("call"))
    assert not any(secret in logged for secret in SECRETS)


def check_locals(error: Error) -> None:
    """Error reports of many programs come with the locals of each frame: none of gitseal's has a value or a token."""
    trace = error.__traceback__
    while trace is not None:
        if SOURCE in trace.tb_frame.f_code.co_filename:
            shown = repr([repr(value) for name, value in trace.tb_frame.f_locals.items() if name != "environ"])
            for secret in SECRETS:
                assert secret not in shown, f"{trace.tb_frame.f_code.co_qualname}: {shown}"
        trace = trace.tb_next
    assert not any(secret in f"{error} {error.hint}" for secret in SECRETS)


def failed_run(place: Place, moment: Moment | None) -> str:
    """A publication that fails at a moment, held against the law; gives how it ended."""
    at = place.fresh()
    place.publish(at, BEFORE, 1, directly=True)
    place.proxy.begin(moment)
    try:
        _, told = place.publish(at, AFTER, 2, directly=False)
    except RemoteError as error:
        check_locals(error)
        told = None
    finally:
        place.proxy.moment = None
    there = place.values(at)
    if told is None:
        assert there == BEFORE, "nothing was told, and something was done"
    else:
        assert told.done | told.left | told.unclear == {"CHANGED", "CREATED", "GONE"}
        assert len(told.done) + len(told.left) + len(told.unclear) == 3
        for name in told.done:
            assert there.get(name) == AFTER.get(name), f"{name} was told as done"
        for name in told.left:
            assert there.get(name) == BEFORE.get(name), f"{name} was told as not done"
    for name, value in there.items():
        assert value in {BEFORE.get(name), AFTER.get(name)}, f"{name} has what was never its value"
    assert there["SAME"] == BEFORE["SAME"]
    _, again = place.publish(at, AFTER, 2, directly=False)
    assert not again.left | again.unclear
    assert place.values(at) == AFTER
    last, nothing = place.publish(at, AFTER, 2, directly=False)
    assert nothing == Told(set(), set(), set()), "the run after that writes"
    assert last.counts()["unchanged"] == 3
    if told is None:
        return "not begun"
    return "whole" if told.done == {"CHANGED", "CREATED", "GONE"} else "unclear" if told.unclear else "halted"


def requests(place: Place) -> list[str]:
    """The requests of a run in which nothing fails."""
    at = place.fresh()
    place.publish(at, BEFORE, 1, directly=True)
    place.proxy.begin(None)
    place.publish(at, AFTER, 2, directly=False)
    return place.proxy.requests


def _skip_what_cannot_be_told(place: Place, fault: Fault) -> None:
    if place.name in PATIENT and fault in SLOW:
        pytest.skip("it waits too long")
    if place.name == "google" and fault is Fault.EMPTY:
        pytest.skip("it is what Google itself answers to a removal")


READS = ("GET", "LIST", "POST Get", "POST List", "POST Describe", "POST BatchGet")
# What may have been done, and what comes of it.
QUICK = [fault for fault in Fault if fault not in SLOW]


@pytest.mark.parametrize("fault", QUICK)
def test_any_write_may_fail(place: Place, fault: Fault) -> None:
    _skip_what_cannot_be_told(place, fault)
    writes = [number for number, line in enumerate(requests(place)) if not line.startswith(READS)]
    assert writes
    ends = Counter(failed_run(place, Moment(fault, number)) for number in writes)
    # Another try or a look at what is there ends it right at once, if the store says enough, and not the same each time.
    may_halt = {Fault.REDIRECT, Fault.EMPTY} | ({Fault.TWICE} if place.name in {"aws-ssm", "google"} else set())
    assert set(ends) == {"whole"} or place.name in TELL_LESS or fault in may_halt, ends


@pytest.mark.slow
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("fault", list(Fault))
def test_any_request_may_fail(place: Place, fault: Fault, *, for_good: bool) -> None:
    _skip_what_cannot_be_told(place, fault)
    number_of = len(requests(place))
    ends = Counter(failed_run(place, Moment(fault, number, for_good)) for number in range(number_of))
    print(f"{fault.name} at each of {number_of} requests: {dict(ends)}")
    if for_good and fault not in {Fault.TWICE, Fault.ANSWERED_TWICE}:
        assert set(ends) != {"whole"}
