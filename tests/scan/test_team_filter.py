"""The filter may name a file too many and never one too few: by a law over values, forms and texts."""

import hashlib
import random
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.scan import team_filter
from gitseal.scan.forms import certain_forms
from gitseal.scan.ordinary import WORDS
from gitseal.scan.team import Owner, Team
from gitseal.scan.team_filter import FileKey
from gitseal.scan.windows import Window

# What makes forms and anchors differ: glue, bytes that escape, lines, words, other scripts.
PARTS = st.sampled_from(
    [
        b"Xk29fKdm3920",
        b"dkslKQ",
        b"://",
        b"+",
        b".",
        b" ",
        b"\n",
        b"\\",
        b'"',
        b"/",
        b"=",
        b"%",
        b"\xc3\xa9",
        b"\xff",
        b"app",
    ]
)
VALUES = st.lists(PARTS, min_size=1, max_size=12).map(b"".join) | st.binary(min_size=8, max_size=60)
GLUED = st.sampled_from([b"", b"\n", b'" +\n    "', b" \\\n  ", b"\n# "])


def window(content: bytes) -> Window:
    return Window(content, 0, len(content), 1, at_start=True, view=0)


def filter_of(values: list[bytes]) -> team_filter.TeamFilter:
    return team_filter.build({FileKey(f"e{n}", "0"): (1, team_filter.anchors(value)) for n, value in enumerate(values)})


@pytest.mark.fuzz
@given(st.lists(VALUES, min_size=1, max_size=4), st.data())
def test_a_file_with_a_value_that_is_found_is_a_candidate(values: list[bytes], data: st.DataObject) -> None:
    forms = [form for value in values for form in certain_forms(value)] or [b"none"]
    form = data.draw(st.sampled_from(forms))
    cut = data.draw(st.integers(0, len(form)))
    around = data.draw(st.binary(max_size=20)), data.draw(st.binary(max_size=20))
    content = around[0] + form[:cut] + data.draw(GLUED) + form[cut:] + around[1]
    team = Team((Owner("e", f"N{number}"), value) for number, value in enumerate(values))

    candidates = filter_of(values).candidates(content)

    holding = {owner.name for match in team.places(window(content)) for owner in match.owners}
    assert {f"N{key.environment[1:]}" for key in candidates} >= holding


def test_a_text_without_any_of_them_has_no_candidate() -> None:
    known = filter_of([b"Xk29fKdm3920dkslKQ", b"postgres://app:Xk29fKdm@db.internal:5432/app"])
    assert known.candidates(b"postgres://localhost:5432/app\nXk29 fKxm is not it\n" * 50) == set()
    assert filter_of([]).candidates(b"anything at all") == set()
    assert filter_of([b"Xk29fKdm3920dkslKQ"]).candidates(b"short") == set()


@pytest.mark.fuzz
@given(st.lists(VALUES, max_size=6))
def test_what_was_written_is_read_as_the_same(values: list[bytes]) -> None:
    known = filter_of(values)
    again = team_filter.parse(known.serialise())

    assert again.files == known.files
    assert again.of(known.files) == known.of(known.files)
    assert again.serialise() == known.serialise()


def test_a_part_of_a_filter_is_the_filter_of_that_part() -> None:
    first, second = b"Xk29fKdm3920dkslKQ", b"9Qk29fKdm3920dkslK+/"
    both = filter_of([first, second])
    key = FileKey("e1", "0")
    assert both.of([key, FileKey("e7", "0")]) == {key: (1, team_filter.anchors(second))}


# Another one means that filters which are kept somewhere would miss values: raise VERSION with it.
DIGEST = "29ffe98b7c15970347890a3adda4031bc15fc40dd2ddf3a435ec72840575ba34"


def test_whoever_changes_forms_or_anchors_raises_the_version() -> None:
    dice = random.Random(1)
    corpus = [dice.randbytes(dice.randint(1, 200)) for _ in range(200)]
    corpus += [word + b"\n" + dice.randbytes(9).hex().encode() for word in sorted(WORDS)] + sorted(WORDS)
    corpus += [b'pass:"%s"\\ \xc3\xa9/?&+=\n' % dice.randbytes(12).hex().encode() for _ in range(20)]
    digest = hashlib.sha256()
    for value in corpus:
        digest.update(
            b"".join(sorted(anchor.to_bytes(8, sys.byteorder) for anchor in team_filter.anchors(value))) + b"\n"
        )
    assert (team_filter.VERSION, digest.hexdigest()) == (6, DIGEST)
