"""What holds for the merge of any two histories."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.document import document
from gitseal.document.document import Document
from gitseal.document.merging import conflict, three_way
from gitseal.document.merging.by_name import by_name
from gitseal.document.merging.comments import merge_comments
from gitseal.document.merging.conflict import How, Merged, MergedLines
from gitseal.errors import Malformed
from gitseal.git.merging import merge_lines
from tests.document.merging.histories import NAMES, State, histories, states

pytestmark = pytest.mark.fuzz


def lines(ours: bytes, base: bytes, theirs: bytes, *, with_base: bool = False) -> MergedLines | None:
    found = merge_lines(ours, base, theirs, ("ours", "base", "theirs"), 7, with_base=with_base)
    return MergedLines(*found) if found is not None else None


def merged(base: State, ours: State, theirs: State) -> Merged:
    return three_way.three_way(base.text, ours.text, theirs.text, lines)


def held(data: bytes) -> dict[str, object]:
    return {"/".join(path): value for path, value in document.parse(data).tree.leaves().items()}


def names(data: bytes) -> dict[str, object]:
    return {name: value for name, value in held(data).items() if not name.startswith("gitseal/")}


def is_stale(found: Document) -> bool:
    tokens = [entry.token for entry in found.entries.values() if entry.token is not None]
    keys = {group: access.key_id for group, access in found.header.access.items()}
    stanzas = [
        stanza.key_id == access.key_id for access in found.header.access.values() for _, stanza in access.by_recipient()
    ]
    return any(keys.get(token.group) != token.key_id for token in tokens) or not all(stanzas)


@given(histories())
def test_the_short_way_gives_what_the_careful_one_gives(history: tuple[State, State, State]) -> None:
    base, ours, theirs = (state.text for state in history)
    if theirs not in {ours, base} and base != ours:
        text = lines(ours, base, theirs)
        assert three_way.three_way(base, ours, theirs, lines) == by_name(base, ours, theirs, text, lines, How())


# Top-level names with sealed values: the common shape, if nothing else is changed.
FLAT = st.builds(
    State,
    st.dictionaries(st.sampled_from(NAMES[:7]), st.sampled_from((1, 3, 5, 11)), min_size=1).map(
        lambda values: tuple(sorted(values.items()))
    ),
    comments=st.dictionaries(st.sampled_from(NAMES[:7]), st.integers(0, 1), max_size=2).map(
        lambda comments: tuple(sorted(comments.items()))
    ),
    key=st.just(0),
    people=st.just((("alice", 0),)),
    is_unsorted=st.booleans(),
    stale=st.lists(st.sampled_from(NAMES[:7]), max_size=1).map(tuple),
)


@given(FLAT, FLAT, FLAT)
def test_the_short_way_is_taken_for_each_clean_merge_of_the_common_shape(
    base: State, ours: State, theirs: State
) -> None:
    texts = base.text, ours.text, theirs.text
    merge_of_lines = lines(ours.text, base.text, theirs.text)
    assert merge_of_lines is not None
    careful = by_name(*texts, merge_of_lines, lines, How())
    is_result = merge_of_lines.is_clean and careful == Merged(merge_of_lines.data, ())
    assert three_way.is_plainly_sound(*texts, merge_of_lines.data) == is_result


@given(states(), states())
def test_identities(base: State, other: State) -> None:
    assert merged(base, base, other) == Merged(other.text, ())
    assert merged(base, other, base) == Merged(other.text, ())
    assert merged(base, other, other) == Merged(other.text, ())


@given(histories())
def test_each_name_is_decided_by_whether_it_equals_the_base(history: tuple[State, State, State]) -> None:
    result = merged(*history)
    was, left, right = (names(state.text) for state in history)
    torn = {
        name
        for name in was.keys() | left.keys() | right.keys()
        if left.get(name) != right.get(name) and was.get(name) not in (left.get(name), right.get(name))
    }
    keys = {state.key for state in history}
    if len(keys) == 1 and "" not in result.conflicts:
        assert {name for name in result.conflicts if not name.startswith("gitseal/")} == torn
    assert torn <= set(result.conflicts) or "" in result.conflicts
    if result.conflicts:
        return
    wanted = {
        name: left.get(name) if left.get(name) != was.get(name) else right.get(name)
        for name in was.keys() | left.keys() | right.keys()
    }
    assert names(result.data) == {name: value for name, value in wanted.items() if value is not None}


@given(histories())
def test_different_names_never_conflict(history: tuple[State, State, State]) -> None:
    """Nor does a comment above one of them, while its own side alone touches it."""
    base, ours, theirs = history
    touched = [set(state.values) ^ set(base.values) for state in (ours, theirs)]
    if {name for name, _ in touched[0]} & {name for name, _ in touched[1]}:
        return
    if not (ours.key == theirs.key == base.key and ours.comments == theirs.comments == base.comments):
        return
    if set(ours.people) ^ set(base.people) and set(theirs.people) ^ set(base.people):
        return
    assert merged(*history).conflicts == ()


def _named(names: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in NAMES if name in names)


SOME_NAMES = st.frozensets(st.sampled_from(NAMES), max_size=4)


@given(SOME_NAMES, SOME_NAMES, SOME_NAMES, SOME_NAMES, st.booleans())
def test_neighbours_go_with_their_comments(
    commented: frozenset[str],
    ours_removes: frozenset[str],
    theirs_removes: frozenset[str],
    theirs_sets: frozenset[str],
    is_unsorted: bool,  # noqa: FBT001 - Hypothesis hands it over
) -> None:
    """Comments of names that the two sides remove stand next to each other, with nothing between that both kept."""
    theirs_removes -= ours_removes
    theirs_sets -= ours_removes | theirs_removes
    comments = tuple((name, 0) for name in _named(commented))
    base = State(tuple((name, 1) for name in NAMES), comments=comments, is_unsorted=is_unsorted)
    ours = base._replace(values=tuple((name, 1) for name in NAMES if name not in ours_removes))
    theirs = base._replace(
        values=tuple((name, 5 if name in theirs_sets else 1) for name in NAMES if name not in theirs_removes)
    )
    result = merged(base, ours, theirs)
    assert not result.conflicts
    for name in commented:
        is_there = name not in ours_removes | theirs_removes
        assert (f"# about {name}: 0".encode() in result.data) == is_there


def test_the_comments_of_one_place_merge_line_by_line() -> None:
    one, two, new, other = b"# one\n", b"# two\n", b"# new\n", b"# other\n"
    assert merge_comments([one, two], [two], [one]) == ()
    assert merge_comments([one, two], [two], [one, two, new]) == (two, new)
    assert merge_comments([one], [], [one, new]) == (new,)
    assert merge_comments([one, two], [one, new], [two]) == (new,)
    assert merge_comments([one], [one, new], [one, new]) == (one, new)
    assert merge_comments([one], [new], []) is None
    assert merge_comments([one], [new], [other]) is None
    assert merge_comments([], [new], [other]) is None
    assert merge_comments([one] * 201, [], [one]) is None


@given(histories())
def test_nothing_is_invented(history: tuple[State, State, State]) -> None:
    _base, ours, theirs = history
    result = merged(*history)
    for text in conflict.sides(result.data) or (result.data,):
        for name, value in names(text).items():
            assert value in (names(ours.text).get(name), names(theirs.text).get(name))


@given(histories())
def test_nothing_is_lost(history: tuple[State, State, State]) -> None:
    """What one side alone changed is in the result, and of what both changed the result shows both."""
    was, left, right = (names(state.text) for state in history)
    result = merged(*history)
    for variant, side in zip(conflict.sides(result.data) or (result.data,) * 2, (left, right), strict=True):
        found = names(variant)
        for name in was.keys() | left.keys() | right.keys():
            if side.get(name) != was.get(name) and side.get(name) is not None and name not in result.conflicts:
                assert found.get(name) == side.get(name) or "" in result.conflicts
            if name in result.conflicts:
                assert found.get(name) == side.get(name)


@given(histories())
def test_a_merge_the_other_way_round_is_the_same(history: tuple[State, State, State]) -> None:
    base, ours, theirs = history
    one, other = merged(base, ours, theirs), merged(base, theirs, ours)
    assert set(one.conflicts) == set(other.conflicts)
    if not one.conflicts:
        assert held(one.data) == held(other.data)
        assert sorted(one.data.split(b"\n")) == sorted(other.data.split(b"\n"))


@given(histories())
def test_a_conflict_is_never_a_good_file_and_a_clean_merge_always_is_one(history: tuple[State, State, State]) -> None:
    result = merged(*history)
    if not result.conflicts:
        was_stale = any(is_stale(document.parse(state.text)) for state in history)
        assert was_stale or not is_stale(document.parse(result.data))
        return
    with pytest.raises(Malformed, match="merge conflict"):
        document.parse(result.data)
    for text in conflict.sides(result.data) or ():
        document.parse(text)


@given(histories())
def test_merging_again_what_was_merged_changes_nothing(history: tuple[State, State, State]) -> None:
    base, _ours, theirs = history
    result = merged(*history)
    if not result.conflicts:
        again = three_way.three_way(theirs.text, result.data, theirs.text, lines)
        assert again == Merged(result.data, ())
        again = three_way.three_way(base.text, result.data, theirs.text, lines)
        assert not again.conflicts
        assert held(again.data) == held(result.data)


@given(histories())
def test_where_git_merges_the_lines_cleanly_and_check_passes_the_result_is_the_same(
    history: tuple[State, State, State],
) -> None:
    base, ours, theirs = history
    plain = lines(ours.text, base.text, theirs.text)
    assert plain is not None
    if not plain.is_clean:
        return
    try:
        found = document.parse(plain.data)
    except Malformed:
        return
    known = [names(ours.text), names(theirs.text)]
    is_moved = any(all(side.get(name) != value for side in known) for name, value in names(plain.data).items())
    if not is_stale(found) and not is_moved:
        assert merged(*history) == Merged(plain.data, ())


def test_a_name_at_the_end_of_a_section_and_a_section_after_it() -> None:
    """Found by the laws: both go into one line, the inner one first."""
    base, ours = State((("A", 0),)), State((("A", 0), ("api/A", 30)))
    theirs = State((("A", 0), ("api/B", 50), ("web/A", 50)))
    result = merged(base, ours, theirs)
    assert not result.conflicts
    assert names(result.data) == {"A": 0, "api/A": 30, "api/B": 50, "web/A": 50}


def test_a_name_added_after_one_that_goes_with_its_comment() -> None:
    """Found by the laws: what is added is placed by the name that goes, so that the comment stays where it was."""
    base = State((("BA", 0), ("C", 0)), comments=(("BA", 0),), is_unsorted=True)
    ours = base._replace(values=(("A", 30), ("BA", 0), ("C", 0)))
    result = merged(base, ours, base._replace(values=(("C", 0),)))
    assert not result.conflicts
    assert names(result.data) == {"C": 0, "A": 30}
    assert b"about BA" not in result.data


def test_a_clean_merge_of_lines_that_moves_a_name_to_another_section_is_not_taken() -> None:
    """Found by the laws: Git put `B` of ours below the section `web` that theirs made."""
    base = State((("api/C", 0),), is_unsorted=True)
    ours = State((("api/B", 30), ("api/C", 0)), is_unsorted=True)
    theirs = State((("api/C", 50), ("web/A", 50)), is_unsorted=True)
    plain = lines(ours.text, base.text, theirs.text)
    assert plain is not None
    assert plain.is_clean
    assert "web/B" in names(plain.data)
    result = merged(base, ours, theirs)
    assert not result.conflicts
    assert names(result.data) == {"api/B": 30, "api/C": 50, "web/A": 50}


@given(histories(), st.sampled_from((b"\n", b"\r\n")), st.booleans())
def test_line_ends_and_a_missing_last_one(
    history: tuple[State, State, State],
    eol: bytes,
    ended: bool,  # noqa: FBT001 - Hypothesis hands it over
) -> None:
    base, ours, theirs = ((state.text if ended else state.text.rstrip(b"\n")).replace(b"\n", eol) for state in history)
    result = three_way.three_way(base, ours, theirs, lines)
    assert set(result.conflicts) == set(merged(*history).conflicts)
    assert result.data.count(b"\r\n") == (result.data.count(b"\n") if eol == b"\r\n" else 0)


@given(st.binary(), st.binary(), st.binary())
def test_anything_at_all_gives_both_sides_or_one_clean_file(base: bytes, ours: bytes, theirs: bytes) -> None:
    result = three_way.three_way(base, ours, theirs, lines)
    if result.conflicts:
        with pytest.raises(Malformed):
            document.parse(result.data)
    else:
        assert result.data in (ours, theirs)


def test_the_oracle_is_git(tmp_path: Path) -> None:
    """`git merge-file` by hand gives what the line merge gives."""
    for name, text in (("ours", "a\nb\nc\n"), ("base", "a\nb\n"), ("theirs", "x\nb\n")):
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["git", "merge-file", "-p", "ours", "base", "theirs"], cwd=tmp_path, capture_output=True, check=True
    )
    assert lines(b"a\nb\nc\n", b"a\nb\n", b"x\nb\n") == MergedLines(done.stdout, is_clean=True)
