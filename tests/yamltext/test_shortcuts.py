"""What is told by methods of `str` is what the expressions say that it stands for: a reader has one grammar."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitseal.errors import Malformed
from gitseal.policy.parser import is_environment_name, is_principal_name
from gitseal.yamltext import flow, reader, scalars
from gitseal.yamltext.tree import Node

_ENTRY = re.compile(r"""([A-Za-z_][A-Za-z0-9_.-]*|"[^"\\]*"|'[^']*') *:(?: +(.*)|)$""")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
# What a policy, or somebody who wants to fool a reader, may write.
PIECES = st.sampled_from(
    [*"aZ_09.-+:#'\"\\ \t,[]{}=é²\xa0", "name", "true", "12", "0x1", "-0", ": ", " #", "gitseal", "all", ".local"]
)
TEXTS = st.lists(PIECES, max_size=9).map("".join)


@pytest.mark.fuzz
@given(TEXTS | st.text(max_size=5) | st.integers(125, 131).map("A".__mul__))
@example("")
def test_a_name_is_what_the_expression_says(text: str) -> None:
    assert scalars.is_name(text) == (re.fullmatch(scalars.NAME, text) is not None)


@pytest.mark.fuzz
@given(TEXTS | st.integers(62, 66).map("a".__mul__))
@example("")
def test_names_of_a_policy(text: str) -> None:
    person = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", text) is not None
    assert is_principal_name(text) == (person and text != "default")
    environment = re.fullmatch(r"[a-z][a-z0-9_.-]{0,63}", text) is not None
    taken = text in {"policy", "manifest", "allow", "all"} or text.endswith(".local")
    assert is_environment_name(text) == (environment and not taken)


@pytest.mark.fuzz
@given(st.text(alphabet="0123456789-٣²", min_size=1, max_size=20))
def test_an_integer_is_what_the_expression_says(text: str) -> None:
    assert scalars._is_integer(text) == (_INTEGER.fullmatch(text) is not None)


@pytest.mark.fuzz
@given(TEXTS.filter(bool))
@example('"a": b')
@example("a : b")
def test_a_line_that_begins_with_a_name(text: str) -> None:
    match = _ENTRY.match(text)
    assert reader._entry(text) == ((match[1], match[2] or "") if match else None)


@pytest.mark.fuzz
@given(TEXTS)
@example('a, "b"')
def test_a_plain_list_is_read_as_any_list(inner: str) -> None:
    text = f"[{inner}]"
    quick, careful = (Node(("name",), 0, 0) for _ in "ab")
    try:
        is_read = reader._is_plain_list(quick, text, 1)
    except Malformed as refused:
        with pytest.raises(Malformed, match=re.escape(refused.message)):
            flow._Flow(text, 1).read(careful)
    else:
        if is_read:
            assert flow._Flow(text, 1).read(careful) == ""
            assert quick.plain() == careful.plain()
            assert [item.source for item in quick.items] == [item.source for item in careful.items]
            assert [item.path for item in quick.items] == [item.path for item in careful.items]


@pytest.mark.fuzz
@given(TEXTS.map('"{}"'.format))
def test_a_text_in_double_quotes(text: str) -> None:
    inner = text[1:-1]
    if not any(special in inner for special in '\\"\t'):
        assert scalars.parse(text, 1) == inner
