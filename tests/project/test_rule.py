"""The rule alone, over any keys, proofs, histories and memories: no Git, no cryptography, thousands of cases a second."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gitseal.project.belief.rule import Memory, Past, Settled, Standing, decide, settle

KEYS = "abcdef"
Proofs = frozenset[tuple[str, str]]

proofs = st.frozensets(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=8)
key = st.sampled_from(KEYS)
pasts = st.builds(
    lambda held, tip: Past(held[tip % len(held)] if held and tip >= 0 else "", tuple(held)),
    st.lists(key, unique=True, max_size=5),
    st.integers(-1, 4),
)
memories = st.builds(
    Memory,
    st.sampled_from(("", *KEYS)),
    st.frozensets(key, max_size=2),
    st.dictionaries(key, st.sampled_from(("", *KEYS)), max_size=2),
    st.sampled_from(("", "", *KEYS)),
    st.frozensets(key, max_size=1),
)


def succession(proved: Proofs) -> Callable[[str, str], bool]:
    """The transitive closure of the proofs."""

    def succeeds(new: str, old: str) -> bool:
        waiting, met = [new], {new}
        while waiting:
            at = waiting.pop()
            for one, before in proved:
                if one == at and before not in met:
                    if before == old:
                        return new != old
                    met.add(before)
                    waiting.append(before)
        return False

    return succeeds


@given(pasts, memories, proofs)
def test_the_believed_key_moves_by_a_proof_or_a_yes_alone(past: Past, memory: Memory, proved: Proofs) -> None:
    succeeds = succession(proved)
    now = settle(past, memory, succeeds).current
    before = memory.current or memory.met
    if before and now != before:
        by_proof = succeeds(now, before) and now in past.held
        by_yes = now == past.tip and (now in memory.answers or memory.accepted.get(now) is not None)
        was_a_branchs = not memory.current and succeeds(before, past.tip) and before not in past.held
        assert by_proof or by_yes or was_a_branchs
    if not before and now:
        assert now == past.tip or now in past.held


@given(key, pasts, memories, proofs)
def test_what_the_trusted_ref_left_behind_never_seals(k: str, past: Past, memory: Memory, proved: Proofs) -> None:
    succeeds = succession(proved)
    settled = settle(past, memory, succeeds)
    verdict = decide(k, past, memory, settled, succeeds)
    is_current = not past.is_dropped and (k == settled.current or succeeds(k, settled.current))
    if k in past.held and not is_current:
        assert verdict.standing is not Standing.SEALS
    if past.is_dropped and k in past.held:
        assert verdict.standing is Standing.BEHIND


@given(key, pasts, memories, proofs)
def test_a_key_that_nothing_speaks_for_is_asked_about_by_its_name(
    k: str, past: Past, memory: Memory, proved: Proofs
) -> None:
    """No proof, no yes, not made here, not the trusted ref's."""
    proved = frozenset(pair for pair in proved if k not in pair)
    memory = memory._replace(
        made=memory.made - {k},
        answers=memory.answers - {k},
        accepted={one: under for one, under in memory.accepted.items() if one != k},
    )
    if k in {memory.current, memory.met, *past.held}:
        return
    succeeds = succession(proved)
    settled = settle(past, memory, succeeds)
    assert decide(k, past, memory, settled, succeeds).standing is not Standing.SEALS


@given(key, pasts, memories, proofs)
def test_a_yes_that_is_asked_for_ends_the_question(k: str, past: Past, memory: Memory, proved: Proofs) -> None:
    """At most two: one about the trusted ref's own key, then one about the key at hand."""
    succeeds = succession(proved)
    for _ in range(2):
        verdict = decide(k, past, memory, settle(past, memory, succeeds), succeeds)
        if verdict.standing is not Standing.ASK:
            break
        memory = memory._replace(answers=memory.answers | {verdict.about})
    assert decide(k, past, memory, settle(past, memory, succeeds), succeeds).standing is not Standing.ASK


@given(st.lists(key, unique=True, min_size=1, max_size=6), st.integers(0, 5))
def test_a_line_of_rekeys_is_followed_from_wherever_a_clone_stands(line: list[str], at: int) -> None:
    """The oldest first. A clone that was away believes the last one, and what was before it is behind."""
    succeeds = succession(frozenset((new, old) for old, new in pairwise(line)))
    past, memory = Past(line[-1], tuple(line)), Memory(current=line[at % len(line)])
    settled = settle(past, memory, succeeds)
    assert settled == Settled(line[-1])
    for old in line[:-1]:
        assert decide(old, past, memory, settled, succeeds).standing is Standing.BEHIND


@given(st.lists(key, unique=True, min_size=2, max_size=6), st.integers(0, 4), st.sampled_from(("", *KEYS)))
def test_a_key_that_was_brought_back_is_refused_whatever_a_clone_knew(line: list[str], at: int, knew: str) -> None:
    """A revert, or a former member with access to main: the tip has an older key of the line again."""
    succeeds = succession(frozenset((new, old) for old, new in pairwise(line)))
    past = Past(line[:-1][at % (len(line) - 1)], tuple(line))
    memory = Memory(current=knew if knew in line else "")
    settled = settle(past, memory, succeeds)
    assert settled == Settled(line[-1], past.tip, is_back=True)
    assert decide(past.tip, past, memory, settled, succeeds).standing is Standing.BEHIND


def test_who_made_the_first_key_takes_no_other_on_first_use() -> None:
    """Found by the law over repositories: the founder pushes, and somebody replaces the key before the founder seals again."""
    past, memory = Past("x", ("a", "x")), Memory(made=frozenset("a"))
    nothing = succession(frozenset())
    settled = settle(past, memory, nothing)
    assert settled == Settled("a", "x")
    assert decide("x", past, memory, settled, nothing) == (Standing.ASK, "x")
    assert settle(past, memory, succession(frozenset({("x", "a")}))) == Settled("x")


def test_two_branches_that_replaced_one_key_are_told_apart_by_the_trusted_ref() -> None:
    """Main took b; c is in its history, since the branch was merged; both come from a."""
    succeeds = succession(frozenset({("b", "a"), ("c", "a")}))
    past = Past("b", ("a", "c", "b"))
    for memory in (Memory("b"), Memory(), Memory("a", made=frozenset("b")), Memory("a", made=frozenset("bc"))):
        settled = settle(past, memory, succeeds)
        assert settled == Settled("b")
        assert decide("c", past, memory, settled, succeeds).standing is Standing.BEHIND
        assert decide("b", past, memory, settled, succeeds).standing is Standing.SEALS


def test_without_a_trusted_ref_nothing_is_settled() -> None:
    nothing = succession(frozenset())
    assert settle(Past(), Memory(made=frozenset("a")), nothing) == Settled("")
    assert decide("a", Past(), Memory(made=frozenset("a")), Settled(""), nothing).standing is Standing.SEALS
    assert decide("b", Past(), Memory(made=frozenset("a")), Settled(""), nothing) == (Standing.ASK, "b")


def test_who_was_away_while_the_line_forked_is_asked() -> None:
    """Found by the law: a former member forges b from a, which they held, after main had replaced a by c without them."""
    succeeds = succession(frozenset({("b", "a"), ("c", "a"), ("d", "a"), ("e", "b")}))
    past, memory = Past("b", ("a", "c", "b")), Memory("a")
    settled = settle(past, memory, succeeds)
    assert settled == Settled("a", "b", is_forked=True)
    for key, standing in (("a", "behind"), ("b", "ask"), ("c", "behind"), ("d", "behind"), ("e", "ask")):
        verdict = decide(key, past, memory, settled, succeeds)
        assert (key, verdict.standing.value) == (key, standing)
    yes = memory._replace(answers=frozenset("b"))
    assert settle(past, yes, succeeds) == Settled("b")
    # Who made c knows which of the two is theirs.
    made = Memory("a", made=frozenset("c"))
    assert settle(past, made, succeeds) == Settled("c", "b")
    assert decide("c", past, made, settle(past, made, succeeds), succeeds).standing is Standing.SEALS


def test_what_an_older_gitseal_believed_is_taken_over() -> None:
    """A branch's key gives way to the trusted ref's, so that a clone that was locked is free; main's own does not."""
    succeeds = succession(frozenset({("b", "a")}))
    on_a_branch = settle(Past("a", ("a",)), Memory(met="b"), succeeds)
    assert on_a_branch == Settled("a")
    assert decide("b", Past("a", ("a",)), Memory(met="b"), on_a_branch, succeeds).standing is Standing.SEALS
    brought_back = settle(Past("a", ("a", "b")), Memory(met="b"), succeeds)
    assert brought_back == Settled("b", "a", is_back=True)
    assert settle(Past(), Memory(met="b"), succeeds) == Settled("b")


def test_a_fork_is_no_way_to_a_key_that_nobody_looked_at() -> None:
    """A clone that was away at a. Main had c, a former member's b beside it, and now has a again, or one that proves nothing."""
    succeeds = succession(frozenset({("b", "a"), ("c", "a")}))
    for tip in ("a", "x"):
        past = Past(tip, ("a", "c", "b", "x"))
        settled = settle(past, Memory("a"), succeeds)
        for key in "abcx":
            assert decide(key, past, Memory("a"), settled, succeeds).standing is not Standing.SEALS


def test_a_doubtful_first_use_is_a_question() -> None:
    past, nothing = Past("a", ("a",)), succession(frozenset())
    settled = settle(past, Memory(), nothing, is_doubtful=True)
    assert decide("a", past, Memory(), settled, nothing) == (Standing.ASK, "a")
    yes = Memory(answers=frozenset("a"))
    assert settle(past, yes, nothing, is_doubtful=True) == Settled("a")
    for knows in (Memory("a"), Memory(met="a"), Memory(made=frozenset("a"))):
        assert settle(past, knows, nothing, is_doubtful=True) == Settled("a")
