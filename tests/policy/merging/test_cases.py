"""Cases as files: a base, two sides, and what comes out; what is in conflict stands in `conflicts.txt`.

Both with Git's merge of the lines and without one.
"""

from pathlib import Path

import pytest

from gitseal.policy.merging import three_way
from tests.policy.merging.test_laws import lines, no_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.document.merging.conflict import LineMerge

CASES = Path(__file__).parent / "cases"
ALL = sorted(path.parent for path in CASES.glob("*/*/base.yaml"))


def texts(case: Path) -> tuple[bytes, bytes, bytes]:
    base, ours, theirs = ((case / f"{side}.yaml").read_bytes() for side in ("base", "ours", "theirs"))
    return base, ours, theirs


@pytest.mark.parametrize("by", [lines, no_lines])
@pytest.mark.parametrize("case", ALL, ids=lambda case: "/".join(case.parts[-2:]))
def test_case(case: Path, by: "LineMerge") -> None:
    kind = three_way.kind_of(f"{case.parent.name}.yaml")
    assert kind is not None
    merged = three_way.three_way(kind, *texts(case), by)
    told = case / "conflicts.txt"
    assert list(merged.conflicts) == (told.read_text().splitlines() if told.exists() else [])
    assert merged.data == (case / "merged.yaml").read_bytes()


def test_a_side_that_is_no_policy_is_never_merged_silently() -> None:
    kind = three_way.kind_of(three_way.POLICY)
    assert kind is not None
    base, ours, theirs = texts(CASES / "policy" / "join-and-leave")
    bad = ours.replace(b"  carol:\n    keys: [age1carol]\n", b"")
    assert b"carol" in bad
    by_git = lines(bad, base, theirs.replace(b"[alice]", b"[alice, bob]"))
    assert by_git is not None
    for theirs_ in (theirs, theirs.replace(b"team: [alice]", b"team: [alice, bob]")):
        for by in (lines, no_lines):
            assert three_way.three_way(kind, base, bad, theirs_, by).conflicts == ("",)


def test_any_bytes_are_a_conflict_of_both_sides() -> None:
    kind = three_way.kind_of(three_way.MANIFEST)
    assert kind is not None
    merged = three_way.three_way(kind, b"\xff", b"\0ours", b"theirs", no_lines)
    assert merged.conflicts == ("",)
    assert merged.data == b"<<<<<<< ours\n\0ours\n=======\ntheirs\n>>>>>>> theirs\n"


def test_every_other_file_is_merged_by_name() -> None:
    assert three_way.kind_of("production.yaml") is None
