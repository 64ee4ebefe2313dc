"""Random histories against a plain model of who could open which value: the report names each, and no other."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitseal.audit.exposure.exposed import Changed, rotated, verdict
from gitseal.audit.exposure.leaving import leaving
from gitseal.audit.exposure.past import Moment, ValueChange
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.usecases import offboard, rekey
from gitseal.usecases.recipient import add_recipient, remove_recipient
from tests.programs import git
from tests.world import World, start

_NAMES = ("ONE", "TWO")
_STEPS = st.lists(
    st.sampled_from(("join", "leave", "offboard", *(f"set {name}" for name in _NAMES))), min_size=1, max_size=7
)


def token(key: str, number: int, kind: str = "s") -> str:
    return f"ENC[v1,{kind},default:k{key * 32},{number:04d}]"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((("", "a0"),), Changed.NO),
        ((("", "a0"), ("a0", "b0")), Changed.UNKNOWN),
        ((("", "a0"), ("a0", "b0"), ("b0", "b1")), Changed.YES),
        ((("", "a0"), ("a0", "b0"), ("b0", "b1"), ("b1", "b0")), Changed.UNKNOWN),
        ((("", "a0"), ("a0", "b0"), ("b0", "b1"), ("b1", "c0")), Changed.YES),
        ((("", "a0"), ("a0", "")), Changed.GONE),
        ((("", "a0"), ("a0", ""), ("", "b0")), Changed.YES),
    ],
)
def test_a_value_is_another_one_only_if_every_way_to_it_says_so(
    steps: tuple[tuple[str, str], ...], expected: Changed
) -> None:
    def sealed(word: str) -> str:
        return token(word[0], int(word[1])) if word else ""

    changes = [ValueChange(sealed(old), sealed(new), Moment(1, "c")) for old, new in steps]
    told, _ = verdict(changes, lambda value: "ka" in value, changes[-1].after)
    assert told is expected


def test_what_another_branch_sealed_anew_is_still_the_value_here() -> None:
    """Somebody who only ever opened the branch's token knows the value that main still has."""
    main, side = token("b", 0), token("a", 0)
    changes = [ValueChange(main, side, Moment(2, "c2", ref="refs/heads/side")), ValueChange("", main, Moment(1, "c1"))]
    assert verdict(changes, lambda value: value == side, main)[0] is Changed.UNKNOWN


def test_what_a_member_took_over_is_no_new_value() -> None:
    steps = [("", token("a", 0)), (token("a", 0), token("b", 0, "w")), (token("b", 0, "w"), token("b", 1))]
    changes = [ValueChange(old, new, Moment()) for old, new in steps]
    assert verdict(changes, lambda value: "ka" in value, changes[-1].after)[0] is Changed.UNKNOWN


def test_while_the_value_before_stands_a_name_is_not_rotated() -> None:
    changes = [
        ValueChange(token("a", 0), token("a", 1), Moment(2, "d")),
        ValueChange("", token("a", 0), Moment(1, "c")),
    ]
    name = ("production", "api/KEY")
    now = {name: token("a", 1)}
    known = {token("a", 0)}
    assert rotated(changes, known.__contains__, name, now)[0] is Changed.YES
    now["production", "api/KEY_PREVIOUS"] = token("a", 2)
    assert rotated(changes, known.__contains__, name, now)[0] is Changed.NO


@pytest.mark.slow
@settings(max_examples=8)
@given(_STEPS)
def test_the_report_equals_the_model(steps: list[str]) -> None:
    with TemporaryDirectory() as folder:
        top = Path(folder)
        git(top, "init", "-q", "-b", "main")
        world = start(top, "production")
        bob = x25519.generate().recipient
        is_in = was_in = False
        known: dict[str, str] = {}
        values: dict[str, str] = {}
        for number, step in enumerate(steps):
            verb, _, name = step.partition(" ")
            if verb == "join" and not is_in:
                add_recipient(Workspace(world.project, world.keyring), "bob", [bob], groups=["team"])
                is_in = was_in = True
            elif verb == "leave" and is_in:
                remove_recipient(world.project, "bob")
                is_in = False
            elif verb == "offboard":
                is_in = was_in and _offboarded(world, known, values)
            elif name:
                values[name] = f"value-{number}"
                world.set(**{name: values[name]})
            _rekey(world)
            if is_in:
                known |= values
            git(top, "add", "-A")
            git(top, "commit", "-q", "--allow-empty", "-m", step)
        if not was_in:
            return
        told = {row.name: row.changed for row in leaving(world.project, "bob").values}
        assert told.keys() == known.keys()
        for name, changed in told.items():
            # What is not known to be another value may be: never the other way round.
            assert (changed is Changed.YES) <= (values[name] != known[name])
            assert values[name] == known[name] or is_in or changed in {Changed.YES, Changed.UNKNOWN}


def _rekey(world: World) -> None:
    workspace = Workspace(world.project, world.keyring)
    rekey.apply(workspace, ("production",), rekey.plan(workspace, ("production",)))


def _offboarded(world: World, known: dict[str, str], values: dict[str, str]) -> bool:
    """Takes bob out by the one command. Its report is right before anything is committed, and nothing is left to rekey."""
    workspace = Workspace(world.project, world.keyring)
    told = offboard.apply(workspace, offboard.plan(workspace, "bob"))
    assert {row.name for row in told.values} == known.keys()
    assert all(row.changed is not Changed.NO for row in told.values)
    assert {row.name for row in told.values if row.changed is Changed.YES} <= {
        name for name in known if values[name] != known[name]
    }
    assert [tip for tip in told.tips if not tip.is_pending] == []
    assert rekey.plan(workspace, ("production",)).is_empty
    return False


def test_what_follows_a_version_that_is_not_here_may_be_the_same_value() -> None:
    changes = [ValueChange("?", token("b", 0), Moment(1, "c")), ValueChange("", token("a", 0), Moment(0, "d"))]
    assert verdict(changes, lambda value: "ka" in value, token("b", 0))[0] is Changed.UNKNOWN
