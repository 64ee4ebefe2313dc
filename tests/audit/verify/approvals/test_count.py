"""Counting approvals: a law over generated histories, against a model that tries all sequences."""

from collections.abc import Callable
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from gitseal.audit.verify.approvals.count import Approval, Ask, Signer, count
from gitseal.audit.verify.approvals.statement import ApprovedChange, FileState
from tests.growth import assert_linear

PEOPLE = ("alice", "bob", "carol", "dave")
PATHS = ("a", "b", "c")
WHO = frozenset(PEOPLE)


def state(number: int | None) -> FileState | None:
    return None if number is None else FileState("100644", str(number))


def change(path: str, old: int | None, new: int | None) -> ApprovedChange:
    return ApprovedChange(path, state(old), state(new))


def approval(name: str, *parts: ApprovedChange, key: str = "") -> Approval:
    return Approval(Signer(name, key or f"key of {name}"), parts)


NUMBERS = st.none() | st.integers(0, 2)
TREES = st.fixed_dictionaries(dict.fromkeys(PATHS, NUMBERS))
CHANGES = st.builds(change, st.sampled_from(PATHS), NUMBERS, NUMBERS).filter(lambda each: each.old != each.new)
APPROVALS = st.builds(
    lambda name, parts: approval(name, *parts),
    st.sampled_from(PEOPLE),
    st.lists(CHANGES, min_size=1, max_size=3, unique_by=lambda each: each.path),
)
AUTHORS = st.dictionaries(
    st.sampled_from(PATHS), st.sets(st.builds(lambda name: Signer(name, f"key of {name}"), st.sampled_from(PEOPLE)))
)


def is_reached(old: dict[str, int | None], path: str, steps: list[Approval], net: dict[str, ApprovedChange]) -> bool:
    """The model: some of these changes, done one after the other, bring the old tree a part of the way, and the path to its end.

    A step is done where each of its paths is as its `old` says, or was brought to its `new` by a step before.
    """
    for size in range(1, len(steps) + 1):
        for chosen in combinations(steps, size):
            tree = {name: state(number) for name, number in old.items()}
            is_possible = True
            for step in chosen:
                for part in step.changes:
                    is_possible &= tree[part.path] in {part.old, part.new}
                    tree[part.path] = part.new
            touched = {part.path for step in chosen for part in step.changes}
            reached = all(name in net and tree[name] == net[name].new for name in touched)
            starts = all(state(old[part.path]) == part.old for step in chosen for part in step.changes)
            if is_possible and starts and reached and path in touched:
                return True
    return False


@given(TREES, TREES, st.lists(APPROVALS, max_size=5), AUTHORS, st.integers(1, 3))
def test_counted_are_those_whose_changes_are_a_sequence_to_the_new_state(
    old: dict[str, int | None],
    new: dict[str, int | None],
    approvals: list[Approval],
    authors: dict[str, set[Signer]],
    needed: int,
) -> None:
    net = {path: change(path, old[path], new[path]) for path in PATHS if old[path] != new[path]}
    asks = [Ask(path, needed, WHO) for path in net]
    for found in count(net, asks, approvals, authors):
        expected = set()
        for name in PEOPLE:
            own = {path for path, those in authors.items() if any(each.name == name for each in those)}
            signed = [
                each
                for each in approvals
                if each.approver.name == name and not own & {part.path for part in each.changes}
            ]
            if is_reached(old, found.path, signed, net):
                expected.add(name)
        assert set(found.given) == expected
        assert found.is_enough == (len(expected) >= needed)
        assert not set(found.given) & set(found.could)


@given(TREES, TREES, st.lists(APPROVALS, max_size=5), AUTHORS, APPROVALS)
def test_more_approvals_never_take_one_away(
    old: dict[str, int | None],
    new: dict[str, int | None],
    approvals: list[Approval],
    authors: dict[str, set[Signer]],
    more: Approval,
) -> None:
    """Junk, however much of it somebody pushes, makes nothing of what others gave void."""
    net = {path: change(path, old[path], new[path]) for path in PATHS if old[path] != new[path]}
    asks = [Ask(path, 1, WHO) for path in net]
    before, after = count(net, asks, approvals, authors), count(net, asks, [*approvals, more], authors)
    assert all(set(one.given) <= set(other.given) for one, other in zip(before, after, strict=True))


def test_many_approvals_take_linear_time() -> None:
    """Of one file by many people, and of many files by one."""

    def work(size: int) -> Callable[[], object]:
        parts = [change(f"p{number}", 1, 2) for number in range(size // 10)]
        net = {part.path: part for part in parts}
        asks = [Ask(part.path, 1, WHO) for part in parts]
        ways = [approval("bob", part) for part in parts] + [
            approval(f"n{number}", parts[0]) for number in range(size // 10)
        ]
        ways.append(approval("carol", *parts))
        own = {part.path: {Signer("alice", "key of alice")} for part in parts}
        return lambda: count(net, asks, ways, own)

    assert_linear(work)


NET = {"a": change("a", 1, 2), "b": change("b", None, 1)}


def given_for(path: str, *approvals: Approval, **authors: set[Signer]) -> tuple[str, ...]:
    (found,) = count(NET, [Ask(path, 1, WHO)], approvals, authors)
    return found.given


def test_a_part_of_what_was_approved_is_not_what_was_approved() -> None:
    both = approval("bob", *NET.values())
    assert given_for("a", both) == ("bob",)
    assert given_for("a", approval("bob", NET["a"], change("c", 1, 2))) == ()
    assert given_for("a", approval("bob", NET["a"], change("b", None, 2))) == ()


def test_the_author_does_not_approve() -> None:
    own = {Signer("bob", "key of bob")}
    assert given_for("a", approval("bob", NET["a"]), a=own) == ()
    assert given_for("a", approval("bob", NET["a"], NET["b"]), b=own) == ()
    assert given_for("a", approval("bob", NET["a"]), b=own) == ("bob",)
    # The same key under another name.
    assert given_for("a", approval("carol", NET["a"], key="key of bob"), a=own) == ()


def test_people_count_by_name_and_a_key_of_two_names_counts_for_none() -> None:
    assert given_for("a", approval("bob", NET["a"], key="1"), approval("bob", NET["a"], key="2")) == ("bob",)
    assert given_for("a", approval("bob", NET["a"], key="1"), approval("carol", NET["a"], key="1")) == ()


def test_only_those_who_may_change_it() -> None:
    (found,) = count(NET, [Ask("a", 1, frozenset({"alice"}))], [approval("bob", NET["a"])], {})
    assert (found.given, found.could) == ((), ("alice",))
