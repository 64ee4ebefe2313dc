"""Publications over any course of events, against a store in memory that behaves as the real ones do."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import Scope
from gitseal.delivery.publishing import mark, planning
from gitseal.delivery.publishing.mark import Mark
from gitseal.delivery.publishing.planning import (
    Desired,
    MarkVerdict,
    PublishAction,
    Publisher,
    PublishPlan,
    PublishRules,
)
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError
from gitseal.stores.protocol import Edit, Live, Raced

FILE, OTHER = "f" + "1" * 32, "f" + "2" * 32
KEY = DataKey(Scope(FILE, "production", "default"), b"k" * 32)
NAMES, VALUES = st.sampled_from("ABCDE"), st.sampled_from([b"", b"1", b"2", b"\xff"])


def commit(number: int) -> str:
    return f"{number:040x}"


def key_at(known: Mark, _name: str) -> DataKey | None:
    return KEY if known.key == KEY.key_id else None


def no_key(_known: Mark, _name: str) -> DataKey | None:
    return None


class Store:
    """Names with versions that only grow, compare-and-set, and a way to fail before or after a write."""

    def __init__(self, *, is_whole: bool, gives_back: bool = True, keeps_marks: bool = True) -> None:
        self.is_whole = is_whole
        self.keeps_marks = keeps_marks
        self.entries: dict[str, tuple[int, str, bytes]] = {}
        self.count = 0
        self.fails: tuple[int, bool] | None = None
        self.writes: list[str] = []
        self._gives_back = gives_back

    def read(self) -> dict[str, Live]:
        return {
            name: Live(str(version), text, SecretBytes(value) if self._gives_back else None)
            for name, (version, text, value) in self.entries.items()
        }

    def write(self, edits: Sequence[Edit]) -> None:
        left, is_after = self.fails if self.fails is not None else (-1, False)
        if self.fails is not None:
            self.fails = (left - 1, is_after)
        if left == 0 and not is_after:
            raise RemoteError("no")
        for edit in edits:
            if str(self.entries.get(edit.name, ("",))[0]) != edit.version:
                raise Raced("raced")
        for edit in edits:
            self.put(edit.name, edit.value.reveal() if edit.value is not None else None, edit.mark)
            self.writes.append(edit.name)
        if left == 0:
            raise RemoteError("it was written, and the answer was lost")

    def put(self, name: str, value: bytes | None, text: str = "") -> None:
        self.count += 1
        if value is None:
            self.entries.pop(name, None)
        else:
            self.entries[name] = (self.count, text if self.keeps_marks else "", value)


def desired(values: dict[str, bytes], *, plain: str = "") -> dict[str, Desired]:
    return {name: Desired(SecretBytes(value), None if name in plain else KEY) for name, value in sorted(values.items())}


def planned(
    store: Store, values: dict[str, bytes], number: int, rules: PublishRules | None = None, *, plain: str = ""
) -> tuple[PublishPlan, list[Edit]]:
    publisher = Publisher(FILE, "shop", commit(number))
    wanted = desired(values, plain=plain)
    plan = planning.plan(publisher, wanted, store.read(), key_at, rules or PublishRules())
    return plan, plan.edits(wanted, publisher)


def publish(
    store: Store, values: dict[str, bytes], number: int, rules: PublishRules | None = None, *, plain: str = ""
) -> None:
    plan, edits = planned(store, values, number, rules, plain=plain)
    assert not plan.refused
    for batch in [edits] if store.is_whole and edits else [[edit] for edit in edits]:
        store.write(batch)


values = st.dictionaries(NAMES, VALUES)
stores = st.builds(Store, is_whole=st.booleans())


@pytest.mark.fuzz
@given(
    store=stores,
    course=st.lists(values, min_size=1, max_size=4),
    prunes=st.booleans(),
)
def test_after_each_publication_the_store_has_just_that_and_the_next_writes_nothing(
    store: Store, course: list[dict[str, bytes]], *, prunes: bool
) -> None:
    ever: dict[str, bytes] = {}
    for number, wanted in enumerate(course):
        publish(store, wanted, number, PublishRules(prunes=prunes))
        ever = wanted if prunes else ever | wanted
        assert {name: value for name, (_, _, value) in store.entries.items()} == ever
        store.writes.clear()
        publish(store, wanted, number + 1, PublishRules(prunes=prunes))
        assert not store.writes
        assert not planned(store, wanted, number, PublishRules(prunes=prunes))[0].is_drift or ever != wanted


@pytest.mark.fuzz
@given(store=stores, before=values, wanted=values, at=st.integers(0, 5), is_after=st.booleans())
def test_a_publication_that_is_cut_off_is_completed_by_the_next(
    store: Store, before: dict[str, bytes], wanted: dict[str, bytes], at: int, *, is_after: bool
) -> None:
    publish(store, before, 1)
    store.fails = (at, is_after)
    try:
        publish(store, wanted, 2, PublishRules(prunes=True))
    except RemoteError:
        # In between each name has its old value or its new one, whole and with its mark.
        for name, (_, text, value) in store.entries.items():
            assert value in (before.get(name), wanted.get(name))
            known = mark.parse(text)
            assert known is not None
            assert known.proves(name, SecretBytes(value), KEY)
    store.fails = None
    publish(store, wanted, 2, PublishRules(prunes=True))
    assert {name: value for name, (_, _, value) in store.entries.items()} == wanted


@pytest.mark.fuzz
@given(stores, values, NAMES, VALUES, values)
def test_what_somebody_changed_is_seen_and_what_they_added_is_never_touched(
    store: Store, wanted: dict[str, bytes], name: str, value: bytes, later: dict[str, bytes]
) -> None:
    publish(store, wanted, 1)
    was = store.entries.get(name)
    store.put(name, value, was[1] if was is not None else "")
    plan, _ = planned(store, wanted, 1)
    (step,) = (step for step in plan.steps if step.name == name)
    if was is None:
        assert (step.action, step.verdict) == (PublishAction.LEAVE, MarkVerdict.UNMARKED)
        later = {other: content for other, content in later.items() if other != name}
        publish(store, later, 2, PublishRules(prunes=True))
        assert store.entries[name][2] == value
    else:
        expected = MarkVerdict.OURS if was[2] == value else MarkVerdict.BY_HAND
        assert step.verdict is expected
        assert plan.is_drift == (was[2] != value)


def test_a_value_that_we_did_not_put_there_is_overwritten_only_if_it_is_adopted() -> None:
    store = Store(is_whole=False)
    store.put("A", b"theirs")
    assert planned(store, {"A": b"ours"}, 1)[0].refused == (
        ("A", "is there already, and gitseal did not put it there"),
    )
    publish(store, {"A": b"ours"}, 1, PublishRules(adopts=True))
    assert store.entries["A"][2] == b"ours"


def test_another_publisher_at_the_same_place_stops_everything() -> None:
    store = Store(is_whole=False)
    theirs = mark.make(Mark(OTHER, "theirs", commit(7), "", ""), "B", SecretBytes(b"2"), KEY)
    store.put("B", b"2", theirs.text())
    for rules in (PublishRules(), PublishRules(adopts=True, prunes=True)):
        plan, edits = planned(store, {"A": b"1"}, 1, rules)
        assert plan.refused == (("B", f"is of another publisher: target theirs, file {OTHER}"),)
        assert [edit.name for edit in edits] == ["A"]


def test_what_a_file_of_ours_put_there_is_ours_though_it_has_another_id_now() -> None:
    store = Store(is_whole=False)
    before = Publisher(OTHER, "shop", commit(1))
    wanted = desired({"A": b"1", "B": b"2"})
    for edit in planning.plan(before, wanted, {}, key_at, PublishRules()).edits(wanted, before):
        store.write([edit])

    after, wanted = Publisher(FILE, "shop", commit(2)), desired({"A": b"1"})
    rules = PublishRules(prunes=True)
    assert planning.plan(after, wanted, store.read(), key_at, rules).is_foreign
    plan = planning.plan(after._replace(former=frozenset({OTHER})), wanted, store.read(), key_at, rules)
    assert not plan.refused
    assert [step.action for step in plan.steps] == [PublishAction.SAME, PublishAction.REMOVE]


def test_only_what_a_mark_proves_is_removed() -> None:
    store = Store(is_whole=False)
    publish(store, {"A": b"1", "B": b"2"}, 1)
    store.put("B", b"3", store.entries["B"][1])
    forged = mark.make(Mark(FILE, "shop", commit(1), "", ""), "C", SecretBytes(b"2"), KEY)._replace(mac="x" * 43)
    store.put("C", b"2", forged.text())
    plan, edits = planned(store, {}, 2, PublishRules(prunes=True))
    assert [(edit.name, edit.value) for edit in edits] == [("A", None)]
    assert [step.action for step in plan.steps] == [PublishAction.REMOVE, PublishAction.LEAVE, PublishAction.LEAVE]
    # Nor what nobody here can open.
    plan = planning.plan(Publisher(FILE, "shop", commit(2)), {}, store.read(), no_key, PublishRules(prunes=True))
    assert all(step.action is PublishAction.LEAVE for step in plan.steps)


def test_a_mark_for_a_plain_value_proves_nothing_for_one_that_is_sealed() -> None:
    store = Store(is_whole=False)
    # Anybody can make this one: it needs no key.
    forged = mark.make(Mark(FILE, "shop", commit(1), "", ""), "A", SecretBytes(b"theirs"), None)
    store.put("A", b"theirs", forged.text())
    for plain in ("", "A"):
        assert planned(store, {"A": b"ours"}, 2, plain=plain)[0].refused == (("A", planning.NOT_PROVEN),)
    plan, edits = planned(store, {}, 2, PublishRules(prunes=True))
    assert (plan.steps[0].action, plan.steps[0].commit, edits) == (PublishAction.LEAVE, "", [])


def test_a_name_that_waits_for_a_member_stays() -> None:
    store = Store(is_whole=False)
    publish(store, {"A": b"1"}, 1)
    plan = planning.plan(
        Publisher(FILE, "shop", commit(2)), {}, store.read(), key_at, PublishRules(prunes=True), held=frozenset({"A"})
    )
    assert [step.action for step in plan.steps] == [PublishAction.LEAVE]


def test_a_store_that_gives_no_value_back_is_judged_by_its_marks() -> None:
    store = Store(is_whole=False, gives_back=False)
    publish(store, {"A": b"1"}, 1)
    assert planned(store, {"A": b"1"}, 2)[0].steps[0].action is PublishAction.SAME
    assert planned(store, {"A": b"2"}, 2)[0].steps[0].action is PublishAction.CHANGE


def test_a_race_writes_nothing() -> None:
    store = Store(is_whole=True)
    publish(store, {"A": b"1"}, 1)
    _, edits = planned(store, {"A": b"2", "B": b"2"}, 2)
    store.put("A", b"3")
    with pytest.raises(Raced):
        store.write(edits)
    assert "B" not in store.entries
