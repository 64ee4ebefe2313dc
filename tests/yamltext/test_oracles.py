"""The law of the grammar: whatever the reader accepts, two other parsers read as the same tree, and it comes back whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Malformed
from tests.yamltext import documents
from tests.yamltext.oracles import assert_alike


def hold(data: bytes, *, policy: bool) -> None:
    try:
        assert_alike(data, policy=policy)
    except Malformed:
        return


@pytest.mark.fuzz
@pytest.mark.parametrize("policy", [False, True])
@given(data=st.one_of(documents.soups(), documents.lines().map(str.encode)))
def test_soups(data: bytes, policy: bool) -> None:  # noqa: FBT001 - a parameter of the test
    hold(data, policy=policy)


@pytest.mark.fuzz
@given(data=documents.good())
def test_good(data: bytes) -> None:
    hold(data, policy=False)
    hold(data, policy=True)


@pytest.mark.fuzz
@given(data=documents.good(policy=True))
def test_good_policies(data: bytes) -> None:
    hold(data, policy=True)


@pytest.mark.fuzz
@pytest.mark.parametrize("policy", [False, True])
@given(data=st.data())
def test_mutated(data: st.DataObject, policy: bool) -> None:  # noqa: FBT001 - a parameter of the test
    hold(data.draw(documents.mutated(policy=policy)), policy=policy)


@pytest.mark.parametrize("policy", [False, True])
def test_every_scalar_at_every_place(policy: bool) -> None:  # noqa: FBT001 - a parameter of the test
    for scalar in (*documents.SCALARS, *documents.FLOWS):
        for form in (
            "A: {}\n",
            "A:\n  {}\n",
            "A: {} # c\n",
            "A:\n  - {}\n",
            "A:\n- {}\nB: 1",
            "A: [{}]\n",
            "A: {{b: {}}}",
            "A: x\n{}",
            "A:   {}  ",
        ):
            hold(form.format(scalar).encode(), policy=policy)


@pytest.mark.parametrize("policy", [False, True])
def test_every_name_at_every_place(policy: bool) -> None:  # noqa: FBT001 - a parameter of the test
    for name in documents.NAMES:
        for form in (
            "{}: a\n",
            "{} : a\n",
            "{}:\n  a\n",
            "x:\n  {}: a\n",
            "{}:\n  x: a",
            "A:\n  - {}: a\n",
            "A: {{{}: a}}",
            "{}:a",
            "A:\n- {}:\n    x",
        ):
            hold(form.format(name).encode(), policy=policy)
