"""`gitseal publish` as a process: at any request the server fails or the run is killed, and the next run ends right."""

import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError

import pytest

from tests.attacks.world import Clone, person, start
from tests.robustness import commands
from tests.servers import faulty
from tests.servers.faulty import Fault, Faulty, Moment
from tests.servers.openbao import Bao
from tests.slow import slow_but
from tests.templates import Templates

BEFORE = {"CHANGED": "hush-old", "SAME": "hush-same", "GONE": "hush-gone"}
AFTER = {"CHANGED": "hush-new", "SAME": "hush-same", "CREATED": "hush-created"}
LINE = ("publish", "shop", "--yes", "--prune", "--accept-target", "shop")
DONE = re.compile(r"^shop: (?:created|changed|removed) (\w+)$", re.MULTILINE)
LEFT = re.compile(r"^shop: not done: (\w+)$", re.MULTILINE)
UNCLEAR = re.compile(r"^shop: nobody can tell if it was done: (\w+)$", re.MULTILINE)
SHM = Path("/dev/shm")  # noqa: S108 - looked at, not written


def build(top: Path) -> Clone:
    made = start(top, person("alice"))
    made.policy(
        "environments:",
        'publish:\n  shop: {environments: [production], to: "vault:secret/clone/shop/"}\n\nenvironments:',
    )
    for name, value in BEFORE.items():
        made.set("production", name, value)
    made.commit("before")
    made.git("tag", "before")
    from gitseal.project.workspace import Workspace
    from gitseal.usecases.unset import unset

    unset(Workspace(made.project, made.keyring), ("production",), ("GONE",))
    made.set("production", "CHANGED", AFTER["CHANGED"])
    made.set("production", "CREATED", AFTER["CREATED"])
    made.commit("after")
    return made


class World:
    """A clone whose target is in a Vault of the test's own, behind a proxy that can fail."""

    def __init__(self, clone: Clone, bao: Bao, proxy: Faulty, temporary: Path) -> None:
        self.clone = clone
        self.bao = bao
        self.proxy = proxy
        self.temporary = temporary
        self.more = {
            "VAULT_ADDR": proxy.address,
            "VAULT_TOKEN": bao.token,
            "VAULT_CLIENT_TIMEOUT": "500ms",
            "TMPDIR": str(temporary),
        }

    def fields(self) -> dict[str, dict[str, str]]:
        """What the server has, asked directly: the fields of each secret."""
        found = {}
        for name in self.bao.call("LIST", "secret/metadata/clone/shop")["keys"]:
            with suppress(HTTPError):  # what was removed
                found[name] = self.bao.call("GET", f"secret/data/clone/shop/{name}")["data"]
        return found

    def there(self) -> dict[str, str]:
        return {name: fields["value"] for name, fields in self.fields().items()}

    def begin(self) -> None:
        """The commit of before, published; that of after, checked out."""
        self.remove()
        self.clone.git("checkout", "--quiet", "before")
        status, _, err = self.publish()
        assert status == 0, err
        assert self.there() == BEFORE
        self.published = self.fields()
        self.clone.git("checkout", "--quiet", "main")

    def remove(self) -> None:
        for name in {**BEFORE, **AFTER}:
            self.bao.call("DELETE", f"secret/metadata/clone/shop/{name}")

    def reset(self) -> None:
        """What was published at the beginning."""
        self.remove()
        for name, fields in self.published.items():
            self.bao.call("POST", f"secret/data/clone/shop/{name}", {"data": fields})
        self.proxy.begin(None)

    def publish(self, before: str = "") -> tuple[int, str, str]:
        status, out, err = commands.run(self.clone, *LINE, more=self.more, before=before)
        return status, out.decode(), err.decode()

    def judge(self, told: str) -> None:
        """Holds what is there against what was told, and brings it to its end."""
        there, done, left = self.there(), set(DONE.findall(told)), set(LEFT.findall(told))
        for name in done:
            assert there.get(name) == AFTER.get(name), told
        for name in left - done:
            assert there.get(name) == BEFORE.get(name), told
        assert all(value in {BEFORE.get(name), AFTER.get(name)} for name, value in there.items())
        assert there["SAME"] == BEFORE["SAME"]
        assert not list(self.temporary.iterdir())
        assert not list((self.clone.top / ".git").rglob("*.lock"))
        self.proxy.begin(None)
        status, _, err = self.publish()
        assert status == 0, err
        assert self.there() == AFTER
        self.proxy.begin(None)
        status, _, err = self.publish()
        assert status == 0, err
        assert "0 created, 0 changed, 0 removed, 0 left, 3 unchanged" in err
        assert all(line.startswith(("GET", "LIST")) for line in self.proxy.requests)


@pytest.fixture
def world(tmp_path: Path, templates: Templates, bao: Bao) -> Iterator[World]:
    made = templates.copy("publishing", tmp_path / "alice", build)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    clone = Clone(tmp_path / "alice", made.owner)
    clone.git("config", "gitseal.trust", "refs/heads/main")
    with faulty.in_front_of(bao.address) as proxy:
        world = World(clone, bao, proxy, temporary)
        world.begin()
        yield world


def requests(world: World) -> int:
    world.reset()
    status, _, err = world.publish()
    assert status == 0, err
    return len(world.proxy.requests)


# One that ends a run, one that another try mends, and one that only a look at the store settles.
QUICK = {Fault.LOST}


@pytest.mark.parametrize("for_good", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["once", "for good"])
@pytest.mark.parametrize("fault", slow_but(QUICK, list(Fault)))
def test_the_server_fails_at_any_request(world: World, fault: Fault, *, for_good: bool) -> None:
    count = requests(world)
    ends: Counter[int] = Counter()
    for number in range(count) if fault not in QUICK or for_good else (0, count - 1):
        world.reset()
        world.proxy.begin(Moment(fault, number, for_good))
        status, out, err = world.publish()
        assert status in {0, 1}, err
        assert out == ""
        assert "Traceback" not in err
        world.judge(err)
        ends[status] += 1
    print(f"{fault.name} at each of {count} requests: {dict(ends)}")


class Stop(NamedTuple):
    """When a run is killed, by what: with the request of a number on its way, which the server gets or not."""

    number: int
    signal: signal.Signals
    does_it: bool


def killed(world: World, stop: Stop) -> tuple[int, str]:
    """The status and the talk of a run that is killed while it waits for an answer."""
    world.proxy.begin(Moment(Fault.LATE if stop.does_it else Fault.SILENT, stop.number))
    child = commands.start(world.clone, *LINE, more=world.more | {"VAULT_CLIENT_TIMEOUT": "60s"})
    try:
        assert world.proxy.is_holding.wait(20)
        child.send_signal(stop.signal)
        out, err = child.communicate(timeout=20)
    finally:
        commands.end(child)
    assert out == b""
    return child.returncode, err.decode()


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGINT], ids=lambda one: one.name)
@pytest.mark.parametrize("does_it", [False, True], ids=["before it is done", "after it is done"])
@pytest.mark.parametrize("everywhere", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["one", "all"])
def test_killed_at_any_request(world: World, signal_: signal.Signals, *, does_it: bool, everywhere: bool) -> None:
    count = requests(world)
    for number in range(count) if everywhere else (count - 2,):
        world.reset()
        status, err = killed(world, Stop(number, signal_, does_it))
        assert status == -signal_ or (status == 130 and signal_ == signal.SIGINT), err
        assert "Traceback" not in err
        if signal_ == signal.SIGINT and number >= count - 4:
            told = {*DONE.findall(err), *LEFT.findall(err), *UNCLEAR.findall(err)}
            assert told == {"CHANGED", "CREATED", "GONE"}, err
        world.judge(err)
