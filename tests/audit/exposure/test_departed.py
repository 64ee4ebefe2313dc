"""Random policies against a plain model of who has left and which keys were lost."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitseal.audit.exposure.departed import departures, is_open_again
from gitseal.audit.exposure.timeline import Timeline
from gitseal.recipients import x25519
from gitseal.recipients.ids import recipient_id
from tests.programs import git
from tests.recipients.test_openers import ssh_and_age
from tests.world import World, start

_KEYS = {name: [x25519.generate().recipient for _ in range(3)] for name in ("bob", "carol")}
_Policy = Mapping[str, tuple[int, ...]]
_POLICIES = st.lists(
    st.fixed_dictionaries({name: st.sets(st.integers(0, 2)).map(lambda keys: tuple(sorted(keys))) for name in _KEYS}),
    min_size=1,
    max_size=5,
)


def commit(world: World, policy: _Policy, more: str = "") -> None:
    """Commits a policy in which these people have these keys of theirs, and alice all of hers. Whoever has none is not in it."""
    alice = next(iter(world.project.policy.recipients["alice"].keys))
    people = {name: [_KEYS[name][number] for number in numbers] for name, numbers in policy.items() if numbers}
    lines = [f"  {name}: {{keys: [{', '.join(keys)}]}}" for name, keys in ({"alice": [alice]} | people).items()]
    text = "\n".join(["version: 1", "recipients:", *lines, *more.splitlines(), "environments:"])
    world.project.policy_path.write_text(f"{text}\n  production: {{open: [alice]}}\n", encoding="utf-8")
    git(world.top, "add", "-A")
    git(world.top, "commit", "-q", "--allow-empty", "-m", "policy")


def told(world: World) -> set[str]:
    """Who left, by name, and which keys were lost, by name and number."""
    ids = {recipient_id(key): f"{name} {number}" for name, keys in _KEYS.items() for number, key in enumerate(keys)}
    return {
        " ".join(ids[recipient] for recipient in gone.holder.recipients) if gone.is_key else gone.holder.name
        for gone in departures(world.project, Timeline(world.project, only_head=True))
    }


def model(policies: list[_Policy]) -> set[str]:
    """Who is back is told as well: what their key opens today is for others to say."""
    gone: set[str] = set()
    for name in _KEYS:
        had = [set(policy[name]) for policy in policies]
        ever, now = set().union(*had), had[-1]
        renewed: dict[int, bool] = {}
        left: dict[int, bool] = {}
        for before, after in pairwise(had):
            renewed |= {key: bool(after - before) for key in before - after}
            left |= dict.fromkeys(before - after, not after)
        if (ever and not now) or any(left.get(key) for key in now):
            gone.add(name)
        lost = {key for key in renewed if now and not renewed[key]}
        gone |= {f"{name} {key}" for key in lost if key not in now or not left[key]}
    return gone


@pytest.fixture
def world(repo: Path) -> World:
    return start(repo, "production")


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ([(0,), ()], {"bob"}),
        ([(0, 1), (0,)], {"bob 1"}),
        ([(0,), (1,)], set()),
        ([(0,), (0, 1), (1,)], {"bob 0"}),
        ([(0,), (), (1,)], {"bob 0"}),
        # What comes back clears what it opens, and nothing else.
        ([(0,), (), (0,)], {"bob"}),
        ([(0, 1), (0,), (0, 1)], {"bob 1"}),
        ([(0,), (1,), (0, 1)], set()),
    ],
)
def test_gone_is_lost_or_renewed(world: World, policies: list[tuple[int, ...]], expected: set[str]) -> None:
    for keys in policies:
        commit(world, {"bob": keys})
    assert told(world) == expected


CI = "  ci: {{kind: machine, keys: [{}]}}"


def test_a_machine_has_left_unless_another_follows_it(world: World) -> None:
    commit(world, {"bob": (0,)}, CI.format(_KEYS["carol"][0]))
    commit(world, {"bob": (0,)}, CI.format(_KEYS["carol"][1]).replace("ci:", "next:"))
    assert told(world) == set()
    commit(world, {"bob": (0,)})
    assert told(world) == {"next"}


def test_a_key_of_a_machine_that_stays_is_not_lost(world: World) -> None:
    both = ", ".join(_KEYS["carol"][:2])
    commit(world, {"bob": (0,)}, CI.format(both))
    commit(world, {"bob": (0,)}, CI.format(_KEYS["carol"][1]))
    assert told(world) == set()


@pytest.mark.parametrize("name", ["ci", "bob"])
def test_whoever_was_a_person_stays_one(world: World, name: str) -> None:
    commit(world, {"bob": (0,)})
    commit(world, {}, CI.format(_KEYS["bob"][0]).replace("ci:", f"{name}:"))
    commit(world, {"carol": (0,)})
    assert told(world) == {name}


@pytest.mark.parametrize("line", ["  bob: {{keys: [{}]}}", "  mallory: {{keys: [{}]}}", CI])
def test_a_key_that_comes_back_clears_only_what_it_opens(world: World, line: str) -> None:
    commit(world, {"bob": (0,)})
    commit(world, {})
    more = line.format(_KEYS["bob"][0])
    commit(world, {}, more)
    (gone, *same) = departures(world.project, Timeline(world.project, only_head=True))
    assert {gone.holder.name, *(one.holder.name for one in same)} == {"bob"}
    assert not is_open_again(gone, world.project.policy, ("production", "API"))
    text = world.project.policy_path.read_text(encoding="utf-8")
    name = more.strip().partition(":")[0]
    world.project.policy_path.write_text(text.replace("open: [alice]", f"open: [alice, {name}]"), encoding="utf-8")
    for gone in departures(world.project, Timeline(world.project, only_head=True)):
        assert is_open_again(gone, world.project.policy, ("production", "API"))
        assert not is_open_again(gone, world.project.policy, ("staging", "API"))


def test_an_ssh_key_and_the_age_key_made_of_it_are_one(world: World) -> None:
    ssh, age = ssh_and_age(b"s" * 32)
    commit(world, {}, f"  dan: {{keys: [{ssh}]}}")
    commit(world, {}, f"  dan: {{keys: [{age}]}}")
    assert told(world) == set()
    commit(world, {"carol": (0,)})
    assert told(world) == {"dan"}
    commit(world, {"carol": (0,)}, f"  mallory: {{keys: [{ssh}]}}")
    assert told(world) == {"dan"}


def test_another_branch_can_neither_make_somebody_leave_nor_hide_that_they_did(world: World) -> None:
    commit(world, {"bob": (0,)})
    git(world.top, "switch", "-q", "-c", "side")
    commit(world, {"carol": (0,), "bob": (1,)}, f"  robert: {{keys: [{_KEYS['bob'][0]}, {_KEYS['bob'][2]}]}}")
    git(world.top, "switch", "-q", "main")
    commit(world, {})
    assert told(world) == {"bob"}


def test_what_is_in_no_commit_yet_counts(world: World) -> None:
    commit(world, {"bob": (0,), "carol": (0,)})
    text = world.project.policy_path.read_text(encoding="utf-8")
    world.project.policy_path.write_text(text.replace("  bob:", "  # bob:"), encoding="utf-8")
    (gone,) = departures(world.project, Timeline(world.project, only_head=True))
    assert (gone.holder.name, gone.at.commit) == ("bob", "")


def test_a_name_that_was_changed_is_no_leaving(world: World) -> None:
    commit(world, {"bob": (0,)})
    commit(world, {}, f"  robert: {{keys: [{_KEYS['bob'][0]}]}}")
    assert told(world) == set()
    commit(world, {})
    assert told(world) == {"robert"}


@pytest.mark.slow
@settings(max_examples=15)
@given(_POLICIES)
def test_departures_equal_the_model(policies: list[_Policy]) -> None:
    with TemporaryDirectory() as folder:
        git(Path(folder), "init", "-q", "-b", "main")
        world = start(Path(folder), "production")
        for policy in policies:
            commit(world, policy)
        assert told(world) == model(policies)
