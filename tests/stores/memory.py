"""Publishing to places in memory, from real clones of a real remote."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest

from gitseal.cli.main import main
from gitseal.stores import table
from gitseal.stores.protocol import Outside, Store, Values
from gitseal.stores.table import StoreKind
from tests.attacks.world import NEEDLE, Clone, clone, person, start
from tests.delivery.publishing.test_planning import Store as StoreInMemory

if TYPE_CHECKING:
    from types import ModuleType

TARGET = '{environments: [production], to: "memory:good"}'


class Memory:
    """A kind of store whose places lie in memory."""

    def __init__(self) -> None:
        self.places: dict[str, StoreInMemory] = {}
        self.keeps_marks = True
        self.is_whole = False

    def limits(self, _locator: str, _values: Values) -> tuple[()]:
        return ()

    def open_store(self, locator: str, _outside: Outside) -> Store:
        made = StoreInMemory(is_whole=self.is_whole, gives_back=self.keeps_marks, keeps_marks=self.keeps_marks)
        return self.places.setdefault(locator, made)

    def values(self, place: str = "good") -> dict[str, bytes]:
        return (
            {name: value for name, (_, _, value) in self.places[place].entries.items()} if place in self.places else {}
        )


class Team(NamedTuple):
    """Alice's clone of what lies on a server, and what publishing from there did."""

    hub: Path
    alice: Clone
    memory: Memory
    publish: Callable[..., tuple[int, str]]


def team_with_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Team:
    """A founder's project on a server, and alice's clone of it, whose target is a place in memory."""
    memory = Memory()
    monkeypatch.setitem(sys.modules, "gitseal.stores.memory", cast("ModuleType", memory))
    monkeypatch.setattr(table, "KINDS", (*table.KINDS, StoreKind("memory", "Memory", "memory")))
    owner = person("alice")
    monkeypatch.setenv("GITSEAL_IDENTITY", owner.identity)
    founder = start(tmp_path / "founder", owner)
    founder.policy("environments:", f"publish:\n  shop: {TARGET}\n\nenvironments:")
    founder.set("production", "A", NEEDLE)
    founder.commit("start")
    hub = tmp_path / "hub.git"
    founder.git("clone", "--quiet", "--bare", ".", str(hub))
    alice = clone(hub, tmp_path / "alice", owner)

    def publish(*options: str, at: Clone = alice) -> tuple[int, str]:
        monkeypatch.chdir(at.top)
        status = main(["publish", "--yes", *options])
        said = "".join(capsys.readouterr())
        assert NEEDLE not in said
        return status, said

    return Team(hub, alice, memory, publish)
