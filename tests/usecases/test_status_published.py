"""`status --published`: how each target stands, for people and for scripts; and no store is asked without it."""

import json
from pathlib import Path
from typing import Any

import pytest

from gitseal.cli.main import main
from gitseal.remote.failure import RemoteError
from tests.attacks.world import NEEDLE
from tests.stores.memory import Team, team_with_memory


class Statuses:
    """A team whose first publication is done, and what `status` says there."""

    def __init__(self, team: Team, capture: pytest.CaptureFixture[str]) -> None:
        self.team = team
        self._capture = capture
        assert team.publish("--accept-target", "shop")[0] == 0
        self.store = team.memory.places["good"]

    def lines(self, *options: str) -> list[str]:
        assert main(["status", "-e", "production", *options]) == 0
        return self._capture.readouterr().out.splitlines()[1:]

    def object(self, status: int = 0) -> dict[str, Any]:
        assert main(["status", "-e", "production", "--published", "--json"]) == status
        (environment,) = json.loads(self._capture.readouterr().out)
        (published,) = environment["published"]
        return dict(published)

    def change(self, name: str, value: str) -> None:
        self.team.alice.set("production", name, value)
        self.team.alice.commit(name)
        self.team.alice.push()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Statuses:
    return Statuses(team_with_memory(tmp_path, monkeypatch, capsys), capsys)


def test_no_store_is_asked_without_the_option(shop: Statuses, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> None:
        raise AssertionError

    monkeypatch.setattr(shop.store, "read", asked)
    assert shop.lines() == []


def test_what_is_up_to_date_is_one_line(shop: Statuses) -> None:
    head = shop.team.alice.git("rev-parse", "HEAD").strip()
    assert shop.lines("--published") == [
        f"  published as shop to memory:good: live is {head[:12]}, which is up to date",
    ]
    told = shop.object()
    assert (told["live"], told["behind"], told["drift"], told["error"]) == (head, 0, False, "")


def test_each_difference_is_told_by_name_and_why(shop: Statuses) -> None:
    first = shop.team.alice.git("rev-parse", "HEAD").strip()
    shop.change("B", "new here")
    shop.change("C", "to be changed there")
    assert shop.team.publish()[0] == 0
    shop.store.put("C", b"by hand", shop.store.entries["C"][1])
    shop.store.put("THEIRS", b"theirs")
    shop.store.put("B", None)
    shop.change("A", "another value")
    state, *names = shop.lines("--published")
    assert state.endswith(", 1 commit behind origin/main")
    assert names == [
        "    another value in Git: A",
        "    not there: B",
        "    changed there by hand: C",
        "    never put there by gitseal: THEIRS",
    ]
    told = shop.object()
    assert told["live"] != first
    assert (told["behind"], told["drift"]) == (1, True)
    assert [(step["name"], step["action"], step["found"]) for step in told["steps"]] == [
        ("A", "change", "ours"),
        ("B", "create", ""),
        ("C", "change", "changed there"),
        ("THEIRS", "leave", "unmarked"),
    ]
    # The same judgement in a pipeline.
    assert shop.team.publish("--check")[0] == 1


def test_a_commit_that_changed_nothing_there_is_live_all_the_same(shop: Statuses) -> None:
    for value in ("in between", NEEDLE):
        shop.change("A", value)
    head = shop.team.alice.git("rev-parse", "HEAD").strip()
    assert shop.team.publish("--dry-run")[1].endswith("1 unchanged, 1 of these would be marked again\n")
    assert shop.team.publish("--check")[0] == 0
    assert shop.team.publish()[1].endswith("1 unchanged, 1 of these marked again\n")
    assert (shop.object()["live"], shop.object()["behind"]) == (head, 0)


def test_the_objects_are_those_of_publish(shop: Statuses, capsys: pytest.CaptureFixture[str]) -> None:
    told = shop.object()
    assert main(["publish", "--dry-run", "--json"]) == 0
    (published,) = json.loads(capsys.readouterr().out)
    assert told == published
    assert sorted(published) == [
        "behind", "commit", "counts", "drift", "environment", "error", "live", "ref", "refused", "server", "steps", "target",
        "to",
    ]  # fmt: skip


def test_a_store_that_cannot_be_asked_is_told_and_the_others_are_not_held_up(
    shop: Statuses, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise RemoteError("the store cannot be reached", "try it again")

    monkeypatch.setattr(shop.store, "read", refuse)
    told = shop.object(status=1)
    assert told == {
        "target": "shop",
        "environment": "production",
        "error": "shop, production: the store cannot be reached",
    }


def test_a_check_names_the_place_that_it_could_not_look_at_and_ends_with_2(
    shop: Statuses, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise RemoteError("the store cannot be reached", "try it again")

    monkeypatch.setattr(shop.store, "read", refuse)
    assert main(["publish", "--check", "--json"]) == 2
    said = capsys.readouterr()
    (told,) = json.loads(said.out)
    assert told == {
        "target": "shop",
        "environment": "production",
        "error": "shop, production: the store cannot be reached",
    }
    assert "gitseal: shop, production: the store cannot be reached\n  try it again\n" in said.err
    assert said.err.endswith(" 1 that could not be looked at\n")


def test_a_clone_that_lacks_the_live_commit_cannot_tell_and_says_no_drift(
    shop: Statuses, capsys: pytest.CaptureFixture[str]
) -> None:
    name, mark = "A", shop.store.entries["A"][1]
    parts = mark.split(":")
    shop.store.put(name, shop.store.entries[name][2], ":".join([*parts[:3], "d" * 40, *parts[4:]]))
    assert main(["publish", "--check"]) == 2
    said = capsys.readouterr().err
    assert f"cannot tell of A: commit {'d' * 12} is not in this clone\n  fetch it: git fetch\n" in said
    assert "by hand" not in said
    assert f"cannot tell: commit {'d' * 12} is not in this clone; git fetch" in shop.lines("--published")[0]
    shop.store.put("Z", b"by hand")
    assert shop.object()["drift"] is False
