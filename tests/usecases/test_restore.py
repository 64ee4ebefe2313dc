"""Any value of a random history comes back as it was, and is called compromised exactly if somebody who left knows it."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.sealing.change import Outcome
from gitseal.usecases import rekey
from gitseal.usecases.recipient import add_recipient, remove_recipient
from gitseal.usecases.restore import look, restore
from tests.programs import git
from tests.world import World, start

_PATH = ("KEY",)
_STEPS = st.lists(st.sampled_from(("join", "leave", "rotate keys", "set A", "set B", "set C")), min_size=1, max_size=8)


@pytest.mark.slow
@settings(max_examples=8)
@given(_STEPS, st.randoms(use_true_random=False))
def test_an_earlier_value_comes_back_as_the_model_has_it(steps: list[str], chance: Random) -> None:
    with TemporaryDirectory() as folder:
        top = Path(folder)
        git(top, "init", "-q", "-b", "main")
        world = start(top, "production")
        bob, known, sealed = x25519.generate().recipient, set[str](), {"first"}
        is_in = has_left = False
        value, values = "first", dict[str, str]()
        world.set(KEY=value)
        for step in steps:
            verb, _, letter = step.partition(" ")
            if verb == "join" and not is_in:
                add_recipient(Workspace(world.project, world.keyring), "bob", [bob], groups=["team"])
                is_in, has_left = True, False
            elif verb == "leave" and is_in:
                remove_recipient(world.project, "bob")
                is_in, has_left = False, True
            before = world.project.read("production").header.access["default"].key_id
            _rekey(world, rotate=verb == "rotate")
            if world.project.read("production").header.access["default"].key_id != before:
                sealed = {value}
            if verb == "set":
                value = letter
                world.set(KEY=value)
            # Whoever opens a data key opens all that was ever sealed under it.
            sealed |= {value}
            known |= sealed if is_in else set()
            git(top, "add", "-A")
            git(top, "commit", "-q", "--allow-empty", "-m", step)
            values[git(top, "rev-parse", "HEAD").strip()] = value
        for commit, earlier in values.items():
            (told,) = look(Workspace(world.project, world.keyring), ("production",), _PATH, commit)
            assert bool(told.compromised) == (has_left and earlier in known)
            assert told.set_at.commit in values
        commit = chance.choice(list(values))
        (done,) = restore(Workspace(world.project, world.keyring), ("production",), _PATH, commit)
        assert (done.outcome is Outcome.UNCHANGED) == (values[commit] == value)
        assert world.get("KEY") == values[commit]


def _rekey(world: World, *, rotate: bool) -> None:
    workspace = Workspace(world.project, world.keyring)
    rekey.apply(workspace, ("production",), rekey.plan(workspace, ("production",), rotate=rotate))
