"""What holds for the merge of any two policies."""

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from gitseal.document.merging import conflict
from gitseal.document.merging.conflict import Merged, MergedLines
from gitseal.errors import Error
from gitseal.git.merging import merge_lines
from gitseal.policy import parser
from gitseal.policy.merging import blocks, three_way, values
from gitseal.policy.patterns import matches, overlap
from gitseal.policy.policy import Policy
from gitseal.policy.who_may_change import changers
from gitseal.yamltext import reader
from tests.policy.merging.policies import BESIDE, NAMES, PEOPLE, Model, histories, policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.document.merging.conflict import LineMerge

pytestmark = pytest.mark.fuzz
KIND = three_way.kind_of(three_way.POLICY)
assert KIND is not None


def lines(ours: bytes, base: bytes, theirs: bytes, *, with_base: bool = False) -> MergedLines | None:
    found = merge_lines(ours, base, theirs, ("ours", "base", "theirs"), 7, with_base=with_base)
    return MergedLines(*found) if found is not None else None


def no_lines(ours: bytes, base: bytes, theirs: bytes, *, with_base: bool = False) -> None:
    return None


def merged(base: bytes, ours: bytes, theirs: bytes, by: "LineMerge" = no_lines) -> Merged:
    assert KIND is not None
    return three_way.three_way(KIND, base, ours, theirs, by)


def parsed(text: bytes) -> Policy | None:
    try:
        return parser.parse(text)
    except Error:
        return None


def good(history: tuple[Model, Model, Model]) -> tuple[bytes, bytes, bytes]:
    base, ours, theirs = map(policy, history)
    assume(all(parsed(text) is not None for text in (base, ours, theirs)))
    return base, ours, theirs


def value(text: bytes) -> object:
    return values.of(reader.parse(text, policy=True).root)


def readers(held: Policy, environment: str, name: tuple[str, ...]) -> set[str]:
    if environment not in held.environments:
        return set()
    if held.is_plain(environment, name):
        return {"anybody", *PEOPLE}
    return set(held.open_to(environment, held.group(environment, name)) or ())


def writers(held: Policy, file: str) -> set[str]:
    allowed = changers(held, file)
    return {"anybody", *PEOPLE} if allowed is None else set(allowed)


def is_founded(base: set[str], ours: set[str], theirs: set[str], result: set[str]) -> bool:
    """Nobody is in it whom no side let in, or whom one side put out; nobody is missing whom both kept."""
    return result <= (ours | theirs) - (base - ours) - (base - theirs) and base & ours & theirs <= result


@given(histories())
def test_nothing_is_widened_that_neither_side_widened(history: tuple[Model, Model, Model]) -> None:
    texts = good(history)
    result = merged(*texts)
    event("conflict" if result.conflicts else "clean")
    if result.conflicts:
        return
    states = [parser.parse(text) for text in (*texts, result.data)]
    for environment in states[-1].environments:
        for name in (*NAMES, *BESIDE):
            assert is_founded(*(readers(state, environment, name) for state in states)), (environment, name)
    for file in ("policy", "manifest", *states[-1].environments):
        assert is_founded(*(writers(state, file) for state in states)), file


@given(histories())
def test_the_result_is_a_good_policy_or_shows_its_conflict(history: tuple[Model, Model, Model]) -> None:
    texts = good(history)
    result = merged(*texts)
    if not result.conflicts:
        parser.parse(result.data)
        return
    assert conflict.sides(result.data) is not None
    assert parsed(result.data) is None


@given(histories())
def test_a_clean_and_safe_merge_of_lines_is_the_result(history: tuple[Model, Model, Model]) -> None:
    base, ours, theirs = good(history)
    by_git = lines(ours, base, theirs)
    assert by_git is not None
    with_git, without = merged(base, ours, theirs, lambda *_texts, with_base=False: by_git), merged(base, ours, theirs)
    assert bool(with_git.conflicts) == bool(without.conflicts) or by_git.is_clean
    if by_git.is_clean and not without.conflicts and value(by_git.data) == value(without.data):
        assert with_git == Merged(by_git.data, ())
    elif not by_git.is_clean:
        assert with_git == without
    if by_git.is_clean and not with_git.conflicts and with_git.data != by_git.data:
        event("the lines would have lost or added something")


@given(histories())
def test_identities(history: tuple[Model, Model, Model]) -> None:
    base, ours, _theirs = map(policy, history)
    for by in (lines, no_lines):
        assert merged(base, base, ours, by) == Merged(ours, ())
        assert merged(base, ours, base, by) == Merged(ours, ())
        assert merged(base, ours, ours, by) == Merged(ours, ())


@given(histories())
def test_the_sides_are_alike(history: tuple[Model, Model, Model]) -> None:
    base, ours, theirs = good(history)
    one, other = merged(base, ours, theirs), merged(base, theirs, ours)
    assert bool(one.conflicts) == bool(other.conflicts)
    if not one.conflicts:
        assert value(one.data) == value(other.data)
    else:
        assert set(one.conflicts) == set(other.conflicts)


@given(histories())
def test_each_side_of_a_conflict_is_lines_of_that_side(history: tuple[Model, Model, Model]) -> None:
    base, ours, theirs = good(history)
    result = merged(base, ours, theirs)
    for part in conflict.split(result.data):
        if isinstance(part, conflict.Hunk):
            assert set(part.ours) <= set(ours.splitlines(keepends=True))
            assert set(part.theirs) <= set(theirs.splitlines(keepends=True))


@given(histories())
def test_no_comment_is_lost_but_above_what_goes(history: tuple[Model, Model, Model]) -> None:
    texts = good(history)
    result = merged(*texts)
    if result.conflicts:
        return
    base, ours, theirs = ({line.strip() for line in text.split(b"\n") if line.lstrip()[:1] == b"#"} for text in texts)
    held = parser.parse(result.data)
    for line in (base & ours & theirs) | (ours - base) | (theirs - base):
        if line.startswith(b"# about"):
            about = line.split()[2].rstrip(b":").decode()
            assert line in result.data or about not in {**held.recipients, **held.environments}, line


@given(histories())
def test_blocks_are_the_lines_again(history: tuple[Model, Model, Model]) -> None:
    for model in history:
        text = policy(model)
        file = blocks.read(reader.parse(text, policy=True))
        assert blocks.text([*file.root.whole(), *file.trailer], has_returns=file.has_returns) == text


GLOBS = st.text("ab*", min_size=1, max_size=5)


@given(GLOBS, GLOBS)
def test_patterns_overlap_if_some_name_fits_both(one: str, other: str) -> None:
    # With a * in both, the two ends and all pieces between make a name that fits both.
    pieces = [pattern.split("*") for pattern in (one, other)]
    start, end = max((each[0] for each in pieces), key=len), max((each[-1] for each in pieces), key=len)
    middle = "".join(piece for each in pieces for piece in each[1:-1])
    witnesses = [f"{start}{middle}{end}", one, other, one.replace("*", ""), other.replace("*", "")]
    fits = [name for name in witnesses if matches(one, (name,)) and matches(other, (name,))]
    assert overlap(one, other) == bool(fits) == overlap(other, one)
