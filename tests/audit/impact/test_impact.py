"""Impact equals a plain model's history: the names that ever had a value, and whether they have another one now."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitseal.audit.exposure.exposed import Changed
from gitseal.identities.keyring import NO_IDENTITIES
from gitseal.project.workspace import Workspace
from gitseal.usecases import impact, rekey
from gitseal.usecases.unset import unset
from tests.programs import git
from tests.world import World, start

_NAMES = ("ONE", "TWO")
_VALUES = ("first-Zx81kq", "second-9be41f", "true")
_STEP = st.one_of(
    st.tuples(st.just("set"), st.sampled_from(_NAMES), st.sampled_from(_VALUES)),
    st.tuples(st.sampled_from(("unset", "rekey")), st.sampled_from(_NAMES), st.just("")),
)


@pytest.mark.slow
@settings(max_examples=6)
@given(st.lists(_STEP, min_size=1, max_size=6))
def test_impact_equals_the_model(steps: list[tuple[str, str, str]]) -> None:
    with TemporaryDirectory() as folder:
        world = _repository(Path(folder))
        now: dict[str, str] = {}
        ever: dict[str, set[str]] = {}
        for verb, name, value in steps:
            _do(world, verb, name, value, now)
            if verb == "set":
                now[name] = value
                ever.setdefault(value, set()).add(name)
            elif verb == "unset":
                now.pop(name, None)
            git(world.top, "add", "-A")
            git(world.top, "commit", "-q", "--allow-empty", "-m", verb)
        for value in _VALUES:
            told = impact.of_value(world.project, world.keyring, value.encode())
            assert {row.name for row in told.values} == ever.get(value, set())
            assert told.is_complete
            for row in told.values:
                assert (row.changed is Changed.NO) == (row.until is None) == (now.get(row.name) == value)
                assert (row.changed is Changed.GONE) == (row.name not in now)
        blind = impact.of_value(world.project, NO_IDENTITIES, _VALUES[0].encode())
        assert not blind.values
        assert blind.is_complete == (not ever)


def _repository(top: Path) -> World:
    git(top, "init", "-q", "-b", "main")
    return start(top, "production")


def _do(world: World, verb: str, name: str, value: str, now: dict[str, str]) -> None:
    workspace = Workspace(world.project, world.keyring)
    if verb == "set":
        world.set(**{name: value})
    elif verb == "unset" and name in now:
        unset(workspace, ("production",), (name,))
    elif verb == "rekey":
        rekey.apply(workspace, ("production",), rekey.plan(workspace, ("production",), rotate=True))
