"""Every spelling that the hook knows of a value is told, and no value that is only a part of a word."""

from base64 import b64encode
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.audit.impact.matching import in_file, in_value
from gitseal.audit.impact.ordinary_values import is_only_whole
from gitseal.scan.spellings import spellings
from tests.growth import assert_linear, repeated

SECRET = b'hush-Zx81"kq &$\\ 9be41f22c7'
NAMES: dict[bytes, set[str]] = {
    SECRET: {"KEY"},
    b"true": {"FLAG"},
    b"4711": {"api/PIN"},
    b"a": {"LETTER"},
    b"rkq-81zx": {"SHORT"},
    b"postgres://shop:hush9be41f22c7@db/shop": {"URL"},
    b"hush9be41f22c7": {"PASSWORD"},
}
COMMON = (b"redis-prod-password-2023", b"feature-branch-token-9090", b"20231231", b"staging/api-key")


@pytest.mark.parametrize("form", list(spellings(SECRET)), ids=range(len(spellings(SECRET))))
def test_every_spelling_of_a_value_is_found_as_it_is_and_in_a_text(form: bytes) -> None:
    assert SECRET in in_value(NAMES, form)
    assert SECRET in in_file(NAMES, b"a log: " + form + b" and more\n")


def test_a_short_value_is_equal_as_a_whole_or_at_its_own_name() -> None:
    assert in_value(NAMES, b"4711\n").keys() == {b"4711"}
    assert in_value(NAMES, b'"true"').keys() == {b"true"}
    assert in_value(NAMES, b"dHJ1ZQ==").keys() == {b"true"}
    assert not in_value(NAMES, b"it is true that a 4711 is here")
    told = in_file(NAMES, b"# 4711\nexport PIN='4711'\nOTHER=true\n")
    assert {content: match.lines for content, match in told.items()} == {b"4711": (2,)}


@pytest.mark.parametrize("value", COMMON)
@pytest.mark.parametrize(
    "around",
    [
        b"ERROR password=%b failed\n",
        b"postgres://app:%b@db/app",
        b"postgres%%3A%%2F%%2Fapp%%3A%b%%40db",
        b'{"a": "{\\"k\\": \\"%b\\"}"}',
        b"one\\n%b\\ntwo",
    ],
)
def test_a_common_value_of_eight_bytes_is_found_between_other_text(value: bytes, around: bytes) -> None:
    names = {value: {"KEY"}}
    assert value in in_value(names, around % value)
    assert value in in_file(names, around % value)
    assert not in_value(names, b"x" + value + b"y")


@pytest.mark.parametrize("value", COMMON)
@pytest.mark.parametrize("user", [b"user:", b"ab:", b"u:"])
def test_a_common_value_is_found_in_a_login_in_base64(value: bytes, user: bytes) -> None:
    login = b64encode(user + value)
    assert value in in_value({value: {"KEY"}}, b"Authorization: Basic " + login)


def test_values_that_were_compared_as_a_whole_alone_are_counted() -> None:
    values = [b"", b"4711", b"aB3dE6", b"production", b"xxxxxxxx", *COMMON, SECRET]
    assert [value for value in values if is_only_whole(value)] == values[1:5]


def test_no_part_of_a_word_is_a_value() -> None:
    for text in (b"xrkq-81zx", b"rkq-81zx9", b"workq-81zx", b"hush", b"YQ==", b"61", b""):
        assert not in_value(NAMES, text)
    assert in_value(NAMES, b"the rkq-81zx, say").keys() == {b"rkq-81zx"}


def test_a_part_tells_the_value_that_it_is_a_part_of_too() -> None:
    told = in_value(NAMES, b"hush9be41f22c7")
    assert {content: match.is_part for content, match in told.items()} == {
        b"hush9be41f22c7": False,
        b"postgres://shop:hush9be41f22c7@db/shop": True,
    }


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_a_value_is_always_equal_to_itself_and_nothing_else_short_is(value: bytes, other: bytes) -> None:
    names = {value: {"NAME"}}
    assert (value in in_value(names, value)) == bool(value)
    if value not in other and len(value) < 4 and value not in {other.strip().strip(b"\"'"), other.rstrip(b"\r\n")}:
        assert not in_value(names, other)


@pytest.mark.parametrize("piece", [b"PIN = \t", b"a=", b"export \t", b"hush9be41f22c", b"\n", b"PIN=4711\n"])
def test_a_leaked_file_takes_linear_time(piece: bytes) -> None:
    def work(size: int) -> Callable[[], object]:
        return partial(in_file, NAMES, repeated(piece, size))

    assert_linear(work)
