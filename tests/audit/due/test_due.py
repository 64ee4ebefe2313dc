"""Random histories against a plain model of which names need a new value, with an identity and without one."""

import itertools
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitseal.audit.due.due_names import Due, Today, Why, due_names
from gitseal.identities import NO_IDENTITIES, Keyring
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.report.dates import DAY
from gitseal.usecases import rekey
from gitseal.usecases.recipient import add_recipient, remove_recipient
from tests.programs import git
from tests.world import World, start

_NAMES, _INTERVAL = ("ONE", "TWO"), 3
_VERBS = ("join", "leave", "rotate keys", *(f"set {name}" for name in _NAMES), *(f"back {name}" for name in _NAMES))
_STEPS = st.lists(st.tuples(st.sampled_from(_VERBS), st.integers(0, 2)), min_size=1, max_size=8)
_BEGIN = 1_700_000_000
_MANIFEST = "version: 1\nsecrets:\n" + "".join(f"  {name}: {{rotate: {_INTERVAL}d}}\n" for name in _NAMES)


class Model(NamedTuple):
    """What bob knows, and the values of each name with the day of each, oldest first."""

    known: dict[str, set[str]]
    values: dict[str, list[tuple[str, int]]]

    def expected(self, today: int, *, has_left: bool) -> set[tuple[str, Why]]:
        expected = set()
        for name, values in self.values.items():
            first = next(day for value, day in values if value == values[-1][0])
            if today >= first + _INTERVAL:
                expected.add((name, Why.ROTATE))
            if has_left and values[-1][0] in self.known[name]:
                expected.add((name, Why.LEFT))
        return expected


def commit(top: Path, day: int) -> None:
    os.environ["GIT_COMMITTER_DATE"] = f"{_BEGIN + day * DAY} +0000"
    git(top, "add", "-A")
    git(top, "commit", "-q", "--allow-empty", "-m", "a step")


def told(world: World, keyring: Keyring, day: int) -> set[tuple[str, Why]]:
    told = due_names(world.project, keyring, ("production",), Today(_BEGIN + day * DAY)).names
    return {(name.name, name.why) for name in told}


@pytest.mark.slow
@settings(max_examples=10)
@given(_STEPS)
def test_due_equals_the_model(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", "")
        top = Path(folder)
        git(top, "init", "-q", "-b", "main")
        world = start(top, "production")
        world.project.manifest_path.write_text(_MANIFEST, encoding="utf-8")
        bob, model = x25519.generate().recipient, Model({name: set() for name in _NAMES}, {})
        is_in, has_left, day = False, False, 0
        sealed: dict[str, set[str]] = {}
        for number, (step, days) in enumerate(steps):
            day += days
            verb, _, name = step.partition(" ")
            if verb == "join" and not is_in:
                add_recipient(Workspace(world.project, world.keyring), "bob", [bob], groups=["team"])
                is_in, has_left = True, False
            elif verb == "leave" and is_in:
                remove_recipient(world.project, "bob")
                is_in, has_left = False, True
            before = world.project.read("production").header.access["default"].key_id
            _rekey(world, rotate=verb == "rotate")
            if world.project.read("production").header.access["default"].key_id != before:
                sealed = {name: {values[-1][0]} for name, values in model.values.items()}
            if verb in {"set", "back"}:
                past = model.values.setdefault(name, [])
                value = past[0][0] if verb == "back" and past else f"value-{number}"
                if not past or past[-1][0] != value:
                    world.set(**{name: value})
                    past.append((value, day))
            for name, values in model.values.items():
                # Whoever opens a data key opens all that was ever sealed under it.
                sealed.setdefault(name, set()).add(values[-1][0])
                model.known[name] |= sealed[name] if is_in else set()
            commit(top, day)
        expected = model.expected(day, has_left=has_left)
        assert told(world, world.keyring, day) == expected
        _check_without_identity(world, day, steps, expected)


def _check_without_identity(
    world: World, day: int, steps: list[tuple[str, int]], expected: set[tuple[str, Why]]
) -> None:
    keyless = {(name, Why.ROTATE if why is Why.UNKNOWN else why) for name, why in told(world, NO_IDENTITIES, day)}
    if not any(step.startswith("back") for step, _days in steps):
        # Each set is a commit of its own here, so nothing is left open but what comes back under another token.
        assert keyless == expected


def _rekey(world: World, *, rotate: bool) -> None:
    workspace = Workspace(world.project, world.keyring)
    rekey.apply(workspace, ("production",), rekey.plan(workspace, ("production",), rotate=rotate))


def test_what_is_ahead_is_not_overdue(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "")
    world = start(repo, "production")
    world.project.manifest_path.write_text(_MANIFEST, encoding="utf-8")
    world.set(ONE="hush")
    assert told(world, world.keyring, 400) == set()
    commit(repo, 0)
    for day, within in itertools.product(range(5), range(4)):
        due = due_names(world.project, world.keyring, ("production",), Today(_BEGIN + day * DAY, within)).names
        assert [name.is_overdue for name in due] == ([day >= _INTERVAL] if day + within >= _INTERVAL else [])


def test_a_name_beside_another_has_its_owner_and_no_interval(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "")
    world = start(repo, "production")
    world.project.manifest_path.write_text("version: 1\nsecrets:\n  ONE: {owner: payments, rotate: 3d}\n")
    add_recipient(Workspace(world.project, world.keyring), "bob", [x25519.generate().recipient], groups=["team"])
    _rekey(world, rotate=False)
    world.set(ONE="new", ONE_PREVIOUS="old")
    commit(repo, 0)
    remove_recipient(world.project, "bob")
    commit(repo, 1)
    rows = due_names(world.project, NO_IDENTITIES, ("production",), Today(_BEGIN + 9 * DAY)).names
    assert {(row.name, row.owner, row.why) for row in rows} == {
        ("ONE", "payments", Why.ROTATE),
        ("ONE", "payments", Why.LEFT),
        ("ONE_PREVIOUS", "payments", Why.LEFT),
    }


def test_a_date_to_come_is_bounded_by_today_and_by_what_follows(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "")
    world = start(repo, "production")
    world.project.manifest_path.write_text(_MANIFEST, encoding="utf-8")
    world.set(ONE="hush")
    commit(repo, 1000)
    due = due_names(world.project, NO_IDENTITIES, ("production",), Today(_BEGIN + 2 * DAY))
    (doubted,) = due.doubted
    assert not due.names
    assert (doubted.claimed, doubted.counted) == (_BEGIN + 1000 * DAY, _BEGIN + 2 * DAY)
    # Whatever follows tells more, also if it has nothing to do with secrets.
    (repo / "else").write_text("")
    commit(repo, 2)
    assert told(world, NO_IDENTITIES, 4) == set()
    assert told(world, NO_IDENTITIES, 5) == {("ONE", Why.ROTATE)}
    world.set(ONE="anew")
    commit(repo, 5)
    later = due_names(world.project, NO_IDENTITIES, ("production",), Today(_BEGIN + 5 * DAY))
    assert later == Due((), is_complete=True)
