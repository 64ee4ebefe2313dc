"""Stores with no room for a mark: the record in Git tells what was put there, by the version that the store told."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.delivery.publishing import planning, recorded
from gitseal.delivery.publishing.mark import Mark
from gitseal.delivery.publishing.planning import MarkVerdict, PublishAction, Publisher, PublishPlan, PublishRules
from gitseal.delivery.publishing.publication import Halted, Publication, carry_out
from gitseal.delivery.publishing.record import PublishRecord
from gitseal.delivery.publishing.recorded import Recorded
from gitseal.delivery.publishing.values import Wanted
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.policy.target import PublishTarget
from gitseal.remote.failure import RemoteError
from tests.delivery.publishing.test_planning import FILE, KEY, Store, commit, desired, key_at, no_key

if TYPE_CHECKING:
    from gitseal.delivery.outgoing import Outgoing
    from gitseal.delivery.publishing.source import Source

PLACE = ("silent:shop", "https://silent.example")


class World:
    """A repository, and a store that gives no value back and keeps no mark."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.store = Store(is_whole=False, gives_back=False, keeps_marks=False)

    def record(self, place: tuple[str, str] = PLACE) -> PublishRecord:
        return PublishRecord(self.repository, "shop", "production", place)

    def plan(self, values: dict[str, bytes], number: int, rules: PublishRules | None = None) -> PublishPlan:
        wanted, publisher = desired(values), Publisher(FILE, "shop", commit(number))
        rules = rules or PublishRules()
        return planning.plan(publisher, wanted, self.store.read(), key_at, rules, (), self.record().names)

    def publication(self, values: dict[str, bytes], number: int, rules: PublishRules | None = None) -> Publication:
        plan = self.plan(values, number, rules)
        assert not plan.refused
        # Of where the values come from, only the target's name plays a part in writing them.
        source = cast("Source", SimpleNamespace(target=PublishTarget("shop", ("production",), "")))
        going = cast("Outgoing", None)
        wanted, publisher = Wanted(desired(values), going, FILE), Publisher(FILE, "shop", commit(number))
        return Publication(source, "production", "", "", publisher, wanted, plan, self.store, self.record())

    def publish(self, values: dict[str, bytes], number: int, rules: PublishRules | None = None) -> list[str]:
        return [name for names in carry_out(self.publication(values, number, rules)) for name in names]

    def steps(self, values: dict[str, bytes], number: int) -> dict[str, tuple[PublishAction, str]]:
        return {step.name: (step.action, step.note) for step in self.plan(values, number).steps}


@pytest.fixture
def world(repo: Path) -> World:
    return World(Repository(repo))


def test_what_was_recorded_is_known_again_and_a_write_by_another_is_seen(world: World) -> None:
    assert world.publish({"A": b"1", "B": b"2"}, 1) == ["A", "B"]
    assert world.publish({"A": b"1", "B": b"2"}, 2) == []
    assert world.steps({"A": b"1", "B": b"3"}, 2)["B"] == (PublishAction.CHANGE, "")
    world.store.put("A", b"1")
    assert world.steps({"A": b"1", "B": b"2"}, 2)["A"] == (PublishAction.CHANGE, "changed there by hand")
    assert world.publish({"A": b"1", "B": b"2"}, 3) == ["A"]
    assert world.publish({"A": b"1", "B": b"2"}, 3) == []


def test_only_what_was_recorded_and_is_as_it_was_is_removed(world: World) -> None:
    world.publish({"A": b"1", "B": b"2"}, 1)
    world.store.put("B", b"3")
    world.store.put("C", b"theirs")
    assert world.publish({}, 2, PublishRules(prunes=True)) == ["A"]
    assert sorted(world.store.entries) == ["B", "C"]
    assert "A" not in world.record().names
    assert world.plan({"C": b"1"}, 2).refused == (("C", planning.NOT_OURS),)


@pytest.mark.parametrize("is_after", [False, True])
def test_a_run_that_is_cut_off_is_completed_and_takes_nothing_for_somebody_elses(world: World, is_after: bool) -> None:  # noqa: FBT001 - a case
    world.publish({"B": b"old"}, 1)
    world.store.fails = (1, is_after)
    with pytest.raises(Halted) as halted:
        world.publish({"A": b"1", "B": b"2", "C": b"3"}, 2)
    # B's old value has another version, or not; the store gives back no value that would say more.
    assert (halted.value.done, halted.value.left) == (["A"], ["C"] if is_after else ["B", "C"])
    assert halted.value.unclear == (["B"] if is_after else [])
    world.store.fails = None
    steps = world.steps({"A": b"1", "B": b"2", "C": b"3"}, 2)
    assert [steps[name][0] for name in "ABC"] == [PublishAction.SAME, PublishAction.CHANGE, PublishAction.CREATE]
    assert world.publish({"A": b"1", "B": b"2", "C": b"3"}, 2) == ["B", "C"]
    assert {name: value for name, (_, _, value) in world.store.entries.items()} == {"A": b"1", "B": b"2", "C": b"3"}


def test_a_run_that_is_killed_is_completed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(PublishRecord, "end", _killed)
        with pytest.raises(KeyboardInterrupt):
            world.publish({"A": b"1"}, 1)
    assert world.record().names["A"].version == ""
    assert world.plan({"A": b"1"}, 1).steps[0].verdict is MarkVerdict.UNPROVEN
    assert world.publish({"A": b"1"}, 1) == ["A"]
    assert world.publish({"A": b"1"}, 1) == []


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_store_that_does_not_say_what_it_has_now_is_told_and_written_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.publication({"A": b"1"}, 1)
    with monkeypatch.context() as patched:
        patched.setattr(world.store, "read", _fails)
        with pytest.raises(RemoteError):
            list(carry_out(made))
    assert world.publish({"A": b"1"}, 1) == ["A"]
    assert world.publish({"A": b"1"}, 1) == []


def _fails() -> None:
    raise RemoteError("no")


def test_a_record_of_another_place_or_server_counts_for_nothing(world: World) -> None:
    world.publish({"A": b"1"}, 1)
    assert world.record().names
    assert not world.record(("silent:other", PLACE[1])).names
    assert not world.record((PLACE[0], "https://other.example")).names


def test_who_cannot_open_the_commit_cannot_make_a_change_look_like_ours(world: World) -> None:
    world.publish({"A": b"1"}, 1)
    record = world.record()
    world.store.put("A", b"evil")
    forged = record.names["A"]._replace(version=world.store.read()["A"].version)
    for entry in (forged, forged._replace(proof="")):
        plan = planning.plan(
            Publisher(FILE, "shop", commit(1)),
            desired({"A": b"1"}),
            world.store.read(),
            key_at,
            PublishRules(),
            (),
            {"A": entry},
        )
        assert plan.refused == (("A", planning.NOT_PROVEN),)


def test_who_cannot_open_the_commit_is_told_that_nothing_is_proven(world: World) -> None:
    world.publish({"A": b"1"}, 1)
    publisher, rules = Publisher(FILE, "shop", commit(2)), PublishRules(prunes=True)
    plan = planning.plan(publisher, {}, world.store.read(), no_key, rules, (), world.record().names)
    assert plan.steps[0].action is PublishAction.LEAVE


def test_the_record_holds_no_value(world: World) -> None:
    world.publish({"A": b"hush-hush"}, 1)
    git = world.repository.git
    content = git("cat-file", "blob", world.record().ref) or b""
    assert b"hush" not in content
    assert b"gitseal1:" in content


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"nonsense", b'{"version": 1}', b'{"version": 1, "to": "", "names": 3}']
)
def test_a_damaged_record_is_told_and_not_believed(world: World, content: bytes) -> None:
    blob = (world.repository.git("hash-object", "-w", "--stdin", stdin=content) or b"").decode().strip()
    world.repository.git("update-ref", "refs/gitseal/published/shop/production", blob)
    with pytest.raises(Error, match="is no record of what was published"):
        world.record()


def test_two_records_at_the_same_time_do_not_lose_one_another(world: World) -> None:
    one, other = world.record(), world.record()
    one.begin([], {})
    with pytest.raises(Error, match="somebody else did at the same time"):
        other.begin([], {})


def test_recorded_is_what_its_key_says(world: World) -> None:
    world.publish({"A": b"1"}, 1)
    recorded = world.record().names["A"]
    assert recorded.is_proven("A", KEY)
    assert not recorded.is_proven("B", KEY)
    for changed in ({"mark": "other"}, {"version": "7"}, {"version": ""}, {"place": ("shop", "staging", *PLACE)}):
        assert not recorded._replace(**changed).is_proven("A", KEY)
    assert not Recorded("m", "1").is_proven("A", None)


def test_an_entry_that_needs_no_key_has_nothing_removed_overwritten_or_taken_for_a_commit(world: World) -> None:
    world.store.put("A", b"theirs")
    version = world.store.read()["A"].version
    plain = Mark(FILE, "shop", commit(1), "", "A" * 43).text()
    sealed = Mark(FILE, "shop", commit(1), KEY.key_id, "A" * 43).text()
    foreign = Mark("f" + "9" * 32, "shop", commit(1), "", "A" * 43).text()
    for text in (plain, sealed, foreign):
        for entry in (Recorded(text, version), Recorded(text), Recorded(text, version, "0" * 64)):
            for values in ({"A": b"ours"}, {}):
                publisher, rules = Publisher(FILE, "shop", commit(2)), PublishRules(prunes=True)
                plan = planning.plan(publisher, desired(values), world.store.read(), key_at, rules, (), {"A": entry})
                assert not plan.edits(desired(values), publisher)
                assert not planning.live_commits(planning.of_ours(plan.steps))
                assert plan.refused == ((("A", planning.NOT_PROVEN),) if values else ())


BOUND = ("shop", "production", *PLACE)
PROVEN = {name: Recorded(f"mark-{name}", "7", place=BOUND).proven(name, KEY) for name in ("A", "B")}
ENTRIES = {name: [one.mark, one.version, one.proof] for name, one in PROVEN.items()}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)
# What somebody who can push the ref makes of a record that was ours: parts of it exchanged, left out and put elsewhere.
PIECES = st.sampled_from([*(piece for entry in ENTRIES.values() for piece in entry), "", "8"]) | ANYTHING
TAMPERED = st.fixed_dictionaries(
    {"version": st.just(1) | ANYTHING, "to": st.just(PLACE[0]) | ANYTHING, "server": st.just(PLACE[1]) | ANYTHING},
    optional={"names": st.dictionaries(st.sampled_from("ABC"), st.lists(PIECES, min_size=2, max_size=4)) | ANYTHING},
)


@given(content=TAMPERED.map(lambda made: json.dumps(made).encode()) | st.binary(max_size=50))
def test_law_a_record_of_anything_proves_only_what_was_recorded(content: bytes) -> None:
    try:
        names = recorded.parse(content, BOUND) or {}
    except Error:
        return  # of another version
    for name, entry in names.items():
        assert "".join((name, *entry[:3])).encode()
        assert entry == PROVEN.get(name) or not entry.is_proven(name, KEY)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"version": 1, "records": {"x": 3}}', '{"version": 1, "records": {"x": "\\ud800"}}']
)
def test_a_damaged_memory_is_told_with_the_way_on(world: World, content: str) -> None:
    world.publish({"A": b"1"}, 1)
    path = world.repository.common_dir() / "gitseal" / "records"
    path.write_text(content)
    with pytest.raises(Error, match="is damaged") as caught:
        world.record().against(world.store.read())
    assert str(path) in caught.value.hint


def test_a_run_that_was_cut_off_leaves_no_memory_of_what_it_was_writing(world: World) -> None:
    world.publish({"A": b"1", "B": b"1"}, 1)
    record = world.record()
    edits = world.plan({"A": b"2", "B": b"1"}, 2).edits(
        desired({"A": b"2", "B": b"1"}), Publisher(FILE, "shop", commit(2))
    )
    record.begin(edits, {"A": KEY})
    # Whether A was written is open, so what was there before must not count; B is as it was.
    assert world.record().against(world.store.read())["A"].version == ""
    world.repository.git("update-ref", "-d", record.ref)
    alone = world.record()
    assert (sorted(alone.against(world.store.read())), alone.regained) == (["B"], ["B"])


SPOILT = Recorded("nonsense", "1", "0" * 64)
OLDER = Recorded(Mark(FILE, "shop", commit(0), KEY.key_id, "A" * 43).text(), "1", "", ("shop", "production", *PLACE))


@pytest.mark.parametrize("told", [SPOILT, SPOILT._replace(proof=""), OLDER.proven("A", KEY)])
def test_nothing_that_a_record_says_of_a_version_beats_what_this_clone_saw_of_it(world: World, told: Recorded) -> None:
    world.publish({"A": b"1"}, 1)
    seen, record = world.record().names["A"], world.record()
    told = told._replace(place=seen.place)
    assert told.version == seen.version
    record.names["A"] = told
    record.begin([], {})
    fetched = world.record()
    assert fetched.against(world.store.read()) == {"A": seen}
    assert fetched.regained == ["A"]
    # The ref gets it back, so that others have it too.
    fetched.remember(["A"])
    assert world.record().names == {"A": seen}
    world.store.put("A", b"by hand")
    record = world.record()
    record.names["A"] = told
    assert record.against(world.store.read()) == {"A": told}
