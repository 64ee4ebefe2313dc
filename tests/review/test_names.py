"""The law of a review's names, over histories of all shapes: linear, and with merges that keep both sides or drop one."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from gitseal.audit.review import rules
from gitseal.document.changes import Action, EntryChange, changes, changes_of_merge
from gitseal.review.access import access
from gitseal.review.environment_risks import risks
from gitseal.review.environments import Ends, environment, sought
from gitseal.review.model import NO, PASSED, UNKNOWN, YES, By
from gitseal.review.names import OF_NAMES, names
from gitseal.review.policy.changes import NO_POLICY
from gitseal.review.restored import FileChange, past
from gitseal.review.state import CommitStep, EnvironmentFile

NAMES = ("A", "B", "C", "api/A", "api/B")
TOKENS = tuple(
    f"ENC[v1,{kind},{group}:k{key * 32},{'QUJD' * 12}{payload}]"
    for kind in "sw"
    for group in ("default", "payments")
    for key in "01"
    for payload in ("AAAA", "BBBB")
)
PEOPLE = ("alice", "bob", "ci")


class Content(NamedTuple):
    """What a file holds: values by name, the data key, and who has a stanza."""

    values: dict[str, str]
    key: str
    holders: frozenset[str]


def written(content: Content | None) -> bytes | None:
    """The file, in the shape that `set` gives it."""
    if content is None:
        return None
    lines = ["# Sealed by gitseal", ""]
    for name in sorted(content.values):
        if "/" not in name:
            lines += [f"{name}:", f"  {content.values[name]}", ""]
    inner = sorted(name for name in content.values if "/" in name)
    lines += ["api:"] * bool(inner)
    for name in inner:
        lines += [f"  {name.partition('/')[2]}:", f"    {content.values[name]}", ""]
    key = content.key * 32
    lines += ["gitseal:", "  version: 1", "  access:", "    default:", f"      key: k{key}", f"      public: gsp1{key}"]
    lines += ["      stanzas:"] * bool(content.holders)
    for who in sorted(content.holders):
        lines += [f"        {who}:", f"          r{who}{'0' * 8}:", f"            STANZA[v1,k{key},{who.upper()}AA]"]
    return "\n".join([*lines, ""]).encode()


contents = st.builds(
    Content,
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from([*TOKENS, "info", "debug"]), max_size=len(NAMES)),
    st.sampled_from("01"),
    st.frozensets(st.sampled_from(PEOPLE)),
)
states = st.one_of(st.none(), contents)


def told(change: EntryChange) -> bool:
    return change.action in OF_NAMES


def union(steps: list[CommitStep]) -> set[str]:
    return {change.name for step in steps for change in step.changes if told(change)}


def net(old: Content | None, new: Content | None) -> set[str]:
    return {change.name for change in changes(written(old), written(new)) if told(change)}


def linear(line: Sequence[Content | None]) -> list[CommitStep]:
    pairs = pairwise(line)
    return [CommitStep(By(str(at)), changes(written(old), written(new))) for at, (old, new) in enumerate(pairs)]


@given(st.lists(states, min_size=1, max_size=6))
def test_of_linear_history_a_review_names_what_the_sum_of_its_commits_names(line: list[Content | None]) -> None:
    steps = linear(line)
    found = names(written(line[0]), written(line[-1]), steps)
    assert {each.name for each in found} == union(steps)
    assert {each.name for each in found if each.action != PASSED} == net(line[0], line[-1])
    assert all(each.by for each in found)


def merged(base: Content, one: Content, other: Content) -> Content:
    """By name: each takes the side that changed it, ours where both did."""
    values: dict[str, str] = {}
    for name in NAMES:
        ours, theirs = one.values.get(name), other.values.get(name)
        value = theirs if ours == base.values.get(name) else ours
        if value is not None:
            values[name] = value
    return Content(values, one.key, one.holders)


@given(contents, st.lists(contents, min_size=1, max_size=3), st.lists(contents, min_size=1, max_size=3))
def test_with_merges_that_keep_both_sides_too(base: Content, left: list[Content], right: list[Content]) -> None:
    merge = merged(base, left[-1], right[-1])
    steps = [*linear([base, *left]), *linear([base, *right])]
    own = changes_of_merge((written(left[-1]), written(right[-1])), written(merge))
    steps.append(CommitStep(By("merge"), own))
    found = {each.name for each in names(written(base), written(merge), steps)}
    assert found == union(steps)
    assert net(base, merge) <= found


@given(contents, contents, contents, contents)
def test_what_a_merge_drops_is_named_by_the_ends(fork: Content, base: Content, side: Content, merge: Content) -> None:
    """The range begins at `base`, which the merge may drop: then no commit of the range changed what differs."""
    steps = linear([fork, side])
    steps.append(CommitStep(By("merge"), changes_of_merge((written(base), written(side)), written(merge))))
    found = names(written(base), written(merge), steps)
    assert {each.name for each in found} == net(base, merge) | union(steps)
    assert {each.name for each in found if not each.by} == net(base, merge) - union(steps)


@given(st.lists(contents, min_size=1, max_size=6))
def test_everyone_whom_a_commit_let_in_is_told(line: list[Content]) -> None:
    steps = linear(line)
    granted = {change.name for step in steps for change in step.changes if change.action is Action.GRANTED}
    found = access(EnvironmentFile(written(line[0])), EnvironmentFile(written(line[-1])), steps, ())
    gained = {each.who for each in found if each.gained}
    before, after = line[0].holders, line[-1].holders
    assert granted - before <= gained
    assert {each.who for each in found if each.gained and not each.passed} == after - before
    assert {each.who for each in found if not each.gained} == before - after
    assert {each.who for each in found if each.passed} == granted - before - after


def test_another_token_under_the_same_key_is_another_value_and_a_new_key_leaves_it_open() -> None:
    def change(old: str, new: str) -> str:
        before, after = (Content({"A": text}, "0", frozenset()) for text in (old, new))
        (found,) = names(written(before), written(after), ())
        return found.value_changed

    token = "ENC[v1,{},{}:k{},QUJD{}]"
    first = token.format("s", "default", "0" * 32, "AAAA")
    assert change(first, token.format("s", "default", "0" * 32, "BBBB")) == YES
    assert change(first, token.format("s", "default", "1" * 32, "BBBB")) == UNKNOWN
    assert change(first, token.format("s", "payments", "1" * 32, "BBBB")) == UNKNOWN
    assert change(first, token.format("w", "default", "0" * 32, "BBBB")) == UNKNOWN
    assert change("info", "debug") == YES
    assert change(first, "info") == UNKNOWN


def test_what_was_changed_and_changed_back_is_told_as_such() -> None:
    first, between = Content({"A": "info"}, "0", frozenset()), Content({"A": "debug", "B": "x"}, "0", frozenset())
    found = names(written(first), written(first), linear([first, between, first]))
    assert [(each.name, each.action, each.value_changed, len(each.by)) for each in found] == [
        ("A", PASSED, NO, 2),
        ("B", PASSED, NO, 2),
    ]


POLICIES = (NO_POLICY, NO_POLICY)
pieces = st.one_of(st.binary(max_size=60), contents.map(lambda each: written(each) or b""))
broken = st.one_of(
    st.none(),
    st.lists(pieces, max_size=3).map(b"".join),
    st.tuples(contents, st.integers(0, 400), st.binary(max_size=9)).map(
        lambda each: (written(each[0]) or b"")[: each[1]] + each[2] + (written(each[0]) or b"")[each[1] + 3 :]
    ),
)


@given(broken, broken, broken)
def test_no_state_of_a_file_stops_a_review(old: bytes | None, between: bytes | None, new: bytes | None) -> None:
    steps = (CommitStep(By("1"), changes(old, between)), CommitStep(By("2"), changes(between, new)))
    ends = Ends(".secrets", "e", ".secrets/e.yaml", EnvironmentFile(old), EnvironmentFile(new), POLICIES)
    wanted, keys = sought(ends)
    found = environment(
        ends, steps, past([FileChange("2", (between,), new), FileChange("1", (old,), between)], wanted, keys)
    )
    assert found is not None or old == new
    for risk in risks(ends, found) if found else ():
        assert risk.rule in {rule.id for rule in rules.OWN}
