"""What merges answer for: what they come to by themselves, what they choose, drop and bring."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.review.entries import units
from gitseal.review.entries.entries_of import StepEntries
from gitseal.review.entries.entry import ABSENT, PathState, Step
from gitseal.review.entries.merges import by_itself
from tests.review.entries.files import PATHS, edited, made
from tests.review.entries.test_laws import CONTEXT

BASE = """\
A:
  ENC[v1,s,default:k00000000000000000000000000000000,AAAA]

B:
  ENC[v1,s,default:k00000000000000000000000000000000,BBBB]

gitseal:
  version: 1
  id: f00000000000000000000000000000000
  environment: production
  access:
    default:
      key: k00000000000000000000000000000000
      public: gsp1x
      stanzas:
        alice:
          r00000000000000000000000000000000:
            STANZA[v1,k00000000000000000000000000000000,CCCC]
"""


def state(text: str) -> PathState:
    return PathState("100644", text.encode())


def entries(ours: str, theirs: str, result: str) -> list[tuple[str, str]]:
    """The classes and rules of a merge of two sides of BASE."""
    sides = state(BASE), state(ours), state(theirs)
    step = Step("c" * 40, PATHS["sealed"], by_itself(*sides, units.of_sealed), state(result), sides)
    return [
        (entry.subject, entry.classified.rule or entry.classified.kind) for entry in StepEntries(step, CONTEXT).entries
    ]


A2, A3, B2 = (BASE.replace(old, new) for old, new in (("AAAA", "AAAB"), ("AAAA", "AAAC"), ("BBBB", "BBBC")))
BOTH = A2.replace("BBBB", "BBBC")


@pytest.mark.parametrize(
    ("ours", "theirs", "result", "expected"),
    [
        (A2, B2, BOTH, []),
        (A2, BASE, A2, []),
        (A2, B2, A2, [("B", "dropped-by-merge")]),
        (A2, B2, B2, [("A", "dropped-by-merge")]),
        (A2, B2, BASE, [("A", "dropped-by-merge"), ("B", "dropped-by-merge")]),
        (A2, A3, A3, [("A", "merge-choice")]),
        (A2, A3, A2, []),
        (A2, A3, BASE, [("A", "dropped-by-merge")]),
        (A2, A3, BASE.replace("AAAA", "AAAD"), [("A", "value")]),
        (A2, B2, BOTH.replace("CCCC", "CCCD"), [("alice", "stanza-replaced")]),
    ],
)
def test_what_a_merge_of_two_sides_answers_for(
    ours: str, theirs: str, result: str, expected: list[tuple[str, str]]
) -> None:
    assert entries(ours, theirs, result) == expected


@pytest.mark.parametrize("kind", ["sealed", "policy", "attributes"])
@given(st.integers(0, 2**32))
def test_a_side_that_left_the_file_alone_takes_the_other(kind: str, seed: int) -> None:
    random = Random(seed)
    base = made(kind, random)
    other = edited(base, kind, random)
    units_of = {"sealed": units.of_sealed, "policy": units.of_structured, "attributes": units.of_lines}[kind]
    one, two = PathState("100644", base), PathState("100755", other)
    assert by_itself(one, one, two, units_of) == by_itself(one, two, one, units_of) == two
    assert by_itself(one, two, two, units_of) == two
    assert by_itself(one, ABSENT, one, units_of) == by_itself(one, one, ABSENT, units_of) == ABSENT
