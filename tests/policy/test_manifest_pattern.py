"""Patterns mean what they mean to Python's `re`, and take linear time."""

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Error
from gitseal.policy.manifest_pattern import MAX_TEXT, Pattern

# fmt: off
CASES = [
    ("", ["", "x"], []),
    ("a", ["a", "xay"], ["", "b"]),
    ("^sk_(live|test)_", ["sk_live_1", "sk_test_"], ["sk_prod_", " sk_live_"]),
    ("^[0-9a-f]{4}$", ["0a9f"], ["0a9", "0a9f0", "0a9f\n", "0A9F"]),
    ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
    ("^a{,2}$", ["", "aa"], ["aaa"]),
    ("^a{2,}$", ["aa", "aaaaa"], ["a"]),
    ("^a*?b+?c??$", ["b", "aabbc"], ["a", "c"]),
    (r"^\d+\.\d+$", ["1.5", "12.34"], ["1,5", "1."]),
    (r"^\w+@\w+$", ["me@host"], ["me host", "@"]),
    (r"^\S+$", ["abc"], ["a b", "a\n"]),
    (r"^[^\s@]+$", ["abc"], ["a@b", "a b"]),
    (r"^[\w.-]+$", ["a.b-c_d"], ["a b"]),
    ("^[]a]+$", ["]a"], ["b"]),
    ("^[^]a]$", ["b"], ["]", "a"]),
    ("^[a-]+$", ["a-a"], ["b"]),
    ("^.$", ["x", "é", "😀"], ["\n", ""]),
    (r"\Aab\Z", ["ab"], ["ab\n", "xab"]),
    (r"^\x41\u00e9\U0001F600\n\t$", ["Aé😀\n\t"], ["A"]),
    (r"^\(\[\{\.\*\+\?\|\\\^\$\}\]\)$", ["([{.*+?|\\^$}])"], [""]),
    ("^(a|b|)c$", ["ac", "bc", "c"], ["abc"]),
    ("^(?:ab)+$", ["ab", "abab"], ["aba"]),
    ("^(a*)*$", ["", "aaa"], ["b"]),
    ("(^a|b$)", ["ax", "xb"], ["xa", "bx"]),
    ("^$|^x", ["", "xy"], ["y"]),
    ("a$b|c", ["c"], ["ab"]),
]
# fmt: on


@pytest.mark.parametrize(("pattern", "yes", "no"), CASES)
def test_found_or_not(pattern: str, yes: list[str], no: list[str]) -> None:
    ours = Pattern(pattern)

    assert [text for text in yes if not ours.search(text)] == []
    assert [text for text in no if ours.search(text)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        "(", "a)", "(?=a)", "(?!a)", "(?<=a)", "(?i)a", "(?P<n>a)", "(?P=n)", r"(a)\1", r"a\b", r"\B", "[a",
        "[", "[]", "[^]", "[z-a]", r"[a-\d]", r"[\Z]", "[[:alpha:]]", "[a&&b]", "*a", "+", "?", "a**", "a*+",
        "a++", "a{2}{3}", "a{", "a{x}", "a{,}", "a{3,2}", "{1}", "^*", "$?", "\\", r"\q", r"\x4", r"\u12",
        r"\U00110000", "a{1001}", "(a{100}){100}", "((((){999}){999}){999}){999}", "a" * 1001,
        "(" * 50 + ")" * 50, "a{٣}",
    ],
)  # fmt: skip
def test_refused(pattern: str) -> None:
    with pytest.raises(Error) as caught:
        Pattern(pattern)
    assert caught.value.hint


# --- the law: what we take, Python takes, and finds in the same texts

ATOMS = [
    "a",
    "b",
    "é",
    ".",
    "[ab]",
    "[^a]",
    "[a-c]",
    r"\d",
    r"\W",
    r"[\s\w]",
    "^",
    r"\Z",
    "\\n",
    "1",
    " ",
    r"\.",
    "[]x-]",
]
PATTERNS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "{,3}", "*?", "+?", "??"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=8,
)
TEXTS = st.text(st.sampled_from("abcx1é_ .\n-]"), max_size=12)


@pytest.mark.fuzz
@given(PATTERNS, st.lists(TEXTS, max_size=4))
def test_agrees_with_re(pattern: str, texts: list[str]) -> None:
    ours = Pattern(pattern)
    theirs = re.compile(pattern)

    for text in texts:
        assert ours.search(text) is (theirs.search(text) is not None)


@pytest.mark.fuzz
@given(st.text(st.sampled_from("ab^|()[]{}*+?.\\-&123,dwZn$:=!"), max_size=10), TEXTS)
def test_what_is_taken_is_a_pattern_for_re_too(pattern: str, text: str) -> None:
    try:
        ours = Pattern(pattern)
    except Error:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        # `$` at the very end only, which is the one difference.
        theirs = re.compile(re.sub(r"(\\.|\[\^?\]?(?:\\.|[^\]])*\])|\$", lambda found: found[1] or r"\Z", pattern))
    assert ours.search(text) is (theirs.search(text) is not None)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(a*)*b", "^(.*)*x$", ".*.*.*.*.*=", "(a?){30}a{30}$", "([a-z]+.?)*!"]
)
def test_linear_where_backtracking_never_ends(pattern: str) -> None:
    """There is no clock in this test: Python's `re` would take longer than anyone waits."""
    assert not Pattern(pattern).search("a" * (MAX_TEXT - 2) + "\n?")


def test_the_length_of_a_text_is_limited() -> None:
    assert Pattern("b$").search("a" * (MAX_TEXT - 1) + "b")
    with pytest.raises(ValueError):  # noqa: PT011 - it says nothing, for the text may be a secret
        Pattern("b$").search("a" * (MAX_TEXT + 1))
