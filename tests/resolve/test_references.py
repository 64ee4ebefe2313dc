"""References: what they stand for, what they cannot reach, and that no value shows in what is said of them."""

import base64
import json
from collections.abc import Callable
from functools import partial
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.document.value import TypedValue, ValueType, text
from gitseal.errors import Error
from gitseal.resolve import templates
from gitseal.resolve.problems import Unmet
from gitseal.resolve.references import MAX_DEPTH, Resolved, Resolver
from gitseal.resolve.templates import FILTERS, Reference
from gitseal.variables import IDENTITY_VARIABLES
from gitseal.yamltext.tree import NamePath
from tests import growth

VARIABLES = {"HOST": "web-1", "EMPTY": ""}
SEALED: dict[str, TypedValue] = {
    "USER": text("admin"),
    "PASSWORD": text("p@ss/w?rd 100%"),
    "api/TOKEN": text("t0ken"),
    "QUOTED": text('a"b\\c\nd'),
    "TRICKY": text("${secret:USER} $${x}"),
    "UNICODE": text("é😀"),
    "RAW": TypedValue(ValueType.BYTES, b"\xff\x00"),
    "NUMBER": TypedValue(ValueType.INTEGER, b"8080"),
    "TREE": TypedValue(ValueType.JSON, b'{"a": 1}'),
    "NOTHING": TypedValue(ValueType.NULL, b""),
    "BLANK": text(""),
}
PLAIN: dict[str, TypedValue] = {
    "LEVEL": text("info"),
    "DOMAIN": text("example.com"),
    "URL": text("https://${secret:DOMAIN}/"),
    "DEEP": text("<${secret:URL|urlencode}>"),
    "LITERAL": text("$${secret:USER}"),
    "PORT": TypedValue(ValueType.INTEGER, b"80"),
    "THIEF": text("x${secret:PASSWORD}"),
    "SPY": text("x${env:HOST}"),
    "LOST": text("x${secret:GONE}"),
    "C1": text("${secret:C2}"),
    "C2": text("x${secret:C3}"),
    "C3": text("${secret:C1}"),
    "SELF": text("${secret:SELF}"),
    "BROKEN": text("${time}"),
}


def resolver(sealed: dict[str, TypedValue] = SEALED, plain: dict[str, TypedValue] = PLAIN) -> Resolver:
    def lookup(path: NamePath) -> Resolved | None:
        name = "/".join(path)
        value = sealed.get(name) or plain.get(name)
        return Resolved(value, name in plain) if value else None

    return Resolver(lookup, VARIABLES)


def resolved(template: str) -> bytes:
    each = resolver()
    found = each.text(template, "X")
    each.check()
    assert found is not None
    return found.value.reveal()


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("$ {x} $x $(x) }", "$ {x} $x $(x) }"),
        ("${secret:USER}", "admin"),
        ("a${secret:USER}b${secret:USER}c", "aadminbadminc"),
        ("${secret:api/TOKEN}", "t0ken"),
        ("postgres://${secret:USER}:${secret:PASSWORD|urlencode}@db", "postgres://admin:p%40ss%2Fw%3Frd%20100%25@db"),
        ("${secret:USER|base64}", "YWRtaW4="),
        ("${secret:QUOTED|json}", '"a\\"b\\\\c\\nd"'),
        ("${secret:UNICODE|json}", '"\\u00e9\\ud83d\\ude00"'),
        ("${secret:UNICODE|urlencode}", "%C3%A9%F0%9F%98%80"),
        ("${secret:USER|base64|urlencode}", "YWRtaW4%3D"),
        ("${secret:USER|urlencode|json|base64}", "ImFkbWluIg=="),
        ("${secret:RAW|base64}", "/wA="),
        ("${secret:RAW|base64|json}", '"/wA="'),
        ("port ${secret:NUMBER}", "port 8080"),
        ("${secret:NUMBER|json}", '"8080"'),
        ("x${secret:TREE}", 'x{"a": 1}'),
        ("x${secret:BLANK}", "x"),
        ("${env:HOST}", "web-1"),
        ("${env:HOST|json}${env:EMPTY}", '"web-1"'),
        # What a sealed value holds is never looked into.
        ("x${secret:TRICKY}", "x${secret:USER} $${x}"),
        # A plain one is: to plain names only.
        ("x${secret:URL}", "xhttps://example.com/"),
        ("${secret:DEEP}", "<https%3A%2F%2Fexample.com%2F>"),
        ("${secret:LITERAL}", "${secret:USER}"),
        ("$${secret:USER}", "${secret:USER}"),
        ("$$${secret:USER}", "$${secret:USER}"),
        ("$$$${", "$$${"),
        ("$${${secret:USER}}", "${admin}"),
        ("$$ $", "$$ $"),
        ("line\n${secret:USER}\n", "line\nadmin\n"),
    ],
)
def test_resolved(template: str, expected: str) -> None:
    assert resolved(template).decode() == expected


@pytest.mark.parametrize("name", ["NUMBER", "TREE", "RAW", "USER", "PORT"])
def test_a_text_that_is_one_reference_is_that_value(name: str) -> None:
    found = resolver().text(f"${{secret:{name}}}", "X")

    assert found == Resolved({**SEALED, **PLAIN}[name], name in PLAIN)


@pytest.mark.parametrize(
    ("template", "is_plain"),
    [
        ("x", True),
        ("${secret:LEVEL}", True),
        ("x${secret:LEVEL}${secret:DEEP}", True),
        ("x${secret:LEVEL}${secret:USER|base64}", False),
        ("${env:HOST}", False),
        ("x${secret:USER}", False),
    ],
)
def test_what_takes_in_a_sealed_value_is_not_plain(template: str, is_plain: bool) -> None:  # noqa: FBT001
    found = resolver().text(template, "X")

    assert found is not None
    assert found.is_plain is is_plain


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("${secret:GONE}", ['"X" refers to "GONE", which has no value']),
        ("${secret:GONE}${secret:s/GONE}", ['"X" refers to "GONE"', '"X" refers to "s/GONE"']),
        ("${secret:NOTHING}", ['"X" refers to "NOTHING", which has no value']),
        ("${secret:LOST}", ['"X" refers to "GONE", which has no value (by way of LOST)']),
        ("${env:GONE}", ['"X" takes in the variable "GONE", which is not set']),
        ("${secret:C1}", ['"X" refers in a circle: C1 > C2 > C3 > C1']),
        ("${secret:SELF}", ["SELF > SELF"]),
        ("${secret:THIEF}", ['"X" is plain', '"PASSWORD", which is sealed', "(by way of THIEF)"]),
        ("${secret:SPY}", ['the variable "HOST"', "(by way of SPY)"]),
        ("${secret:RAW}x", ['"X" refers to "RAW", which is not UTF-8', "|base64"]),
        ("${secret:RAW|urlencode}", ["not UTF-8"]),
        ("${secret:RAW|json|base64}", ["not UTF-8"]),
        ("${secret:USER|upper}", ['the filter "upper" on "USER"', "urlencode, base64, json"]),
        ("${secret:USER" + "|base64" * 9 + "}", ["more than 8 filters"]),
        ("a\n${HOME}", ['"X" has in line 2 "${HOME…", which is no reference', "$${"]),
        ("${HOME:-private}", ['"${HOME…"']),
        ("${", ['"${…"']),
        ("${}", ['"${…"']),
        ("${secret:}", ['"${secret:…"']),
        ("${secret:A B}", ['"${secret:A…"']),
        ("${secret: USER}", ['"${secret:…"']),
        ("${secret:USER", ['"${secret:USER…"']),
        ("${secret:USER|}", ['"${secret:USER…"']),
        ("${secret:USER:-private}", ['"${secret:USER…"']),
        ("${secret:1A}", ['"${secret:1A…"']),
        ("${secret:a//b}", ['"${secret:a//b…"']),
        ("${secret:${secret:USER}}", ['"${secret:…"']),
        ("${env:a/b}", ['"${env:a/b…"']),
        ("${env:a-b}", ['"${env:a…"']),
        ("${SECRET:USER}", ['"${SECRET…"']),
        ("${secret:BROKEN}", ['"${time…"', "(by way of BROKEN)"]),
    ],
)
def test_refused(template: str, said: list[str]) -> None:
    with pytest.raises(Unmet) as caught:
        resolved(template)
    for words in said:
        assert words in caught.value.message
    for value in ("private", *(value.reveal().decode("latin-1") for value in SEALED.values())):
        assert len(value) < 3 or value not in caught.value.message + caught.value.hint + repr(caught.value.problems)


@pytest.mark.parametrize("variable", IDENTITY_VARIABLES)
def test_no_reference_gives_an_identity(variable: str) -> None:
    each = Resolver(lambda _path: None, {variable: "private"})

    assert each.text(f"${{env:{variable}}}", "X") is None
    with pytest.raises(Unmet, match="leads to an identity"):
        each.check()


def test_names_as_they_are_read() -> None:
    each = resolver()

    assert each.name(("URL",)) == Resolved(text("https://example.com/"), is_plain=True)
    assert each.name(("LITERAL",)) == Resolved(text("${secret:USER}"), is_plain=True)
    assert each.name(("TRICKY",)) == Resolved(SEALED["TRICKY"], is_plain=False)
    assert each.name(("NUMBER",)) == Resolved(SEALED["NUMBER"], is_plain=False)
    assert each.name(("GONE",)) is None
    assert each.problems == []


def test_every_problem_is_told_once() -> None:
    each = resolver()
    for name in PLAIN:
        each.name((name,))
    each.text("${secret:GONE}${secret:LOST}${secret:C2}", "api: env: X")

    with pytest.raises(Unmet) as caught:
        each.check()
    assert [problem.name for problem in caught.value.problems] == [
        "THIEF",
        "SPY",
        "LOST",
        "C1",
        "SELF",
        "BROKEN",
        "api: env: X",
    ]


def test_a_name_that_is_called_like_the_template_is_no_circle() -> None:
    found = resolver().text("<${secret:URL}>", "URL")

    assert found is not None
    assert found.value == text("<https://example.com/>")


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(("length", "fits"), [(MAX_DEPTH, True), (MAX_DEPTH + 1, False), (5_000, False)])
def test_depth_is_limited_whatever_the_order(length: int, *, fits: bool, reverse: bool) -> None:
    plain = {f"N{number}": text(f"x${{secret:N{number + 1}}}") for number in range(length)}
    plain[f"N{length}"] = text("end")
    each = resolver({}, plain)
    for name in reversed(plain) if reverse else plain:
        each.name((name,))

    assert bool(each.problems) is not fits
    if not fits:
        assert all("more than" in problem.reason for problem in each.problems)


def test_growth_is_limited() -> None:
    plain = {f"N{number}": text(f"${{secret:N{number - 1}}}" * 8) for number in range(1, 32)}
    plain["N0"] = text("x" * 1000)
    each = resolver({}, plain)

    assert each.name(("N31",)) is None
    assert any("64 MiB" in problem.reason for problem in each.problems)


def test_a_name_is_looked_up_once() -> None:
    asked: list[NamePath] = []

    def lookup(path: NamePath) -> Resolved:
        asked.append(path)
        return Resolved(text("x"), is_plain=False)

    each = Resolver(lookup)
    for _ in range(3):
        each.text("${secret:A}-${secret:A|json}-${secret:B}", "X")
    assert asked == [("A",), ("B",)]


def test_what_the_lookup_raises_comes_out() -> None:
    def lookup(_path: NamePath) -> Resolved:
        raise Error("closed")

    with pytest.raises(Error, match="closed"):
        Resolver(lookup).text("${secret:A}", "X")


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        ("", "$"),
        ("", "${"),
        ("", "${secret:"),
        ("", "$${"),
        ("${secret:", "A"),
        ("${secret:A", "|json"),
        ("${secret:", "a/"),
        ("", "{"),
        ("${env:", "\n"),
        ("", "$ "),
        ("", "${secret:USER}"),
    ],
)
def test_references_are_read_in_linear_time(head: str, piece: str) -> None:
    growth.assert_linear(lambda size: partial(resolver().text, head + growth.repeated(piece, size), "X"))


# --- laws


@given(st.text().filter(lambda found: "${" not in found and found.isprintable()))
def test_a_text_without_references_is_itself(template: str) -> None:
    assert resolved(template).decode() == template


TEXTS = st.text(st.sampled_from("$${{}}secrtnv:|AB/ \n"), max_size=40)


@given(TEXTS)
def test_escaping_comes_back(literal: str) -> None:
    template = templates.parse(templates.escape(literal))

    assert template == ((literal,) if literal else (), ())


PIECES = st.lists(
    st.one_of(
        st.text(st.sampled_from("ab $\n|:}"), min_size=1, max_size=5),
        st.builds(
            Reference,
            st.just("secret"),
            st.sampled_from([("USER",), ("PASSWORD",), ("api", "TOKEN"), ("UNICODE",)]),
            st.lists(st.sampled_from(FILTERS), max_size=3).map(tuple),
        ),
    ),
    max_size=6,
)


@given(PIECES)
def test_a_template_reads_back_as_its_pieces(pieces: list[str | Reference]) -> None:
    # A `$` right before a reference would escape it.
    kept = [piece.rstrip("$") if isinstance(piece, str) else piece for piece in pieces]
    template = templates.parse("".join(map(str, kept)))

    assert "".join(map(str, template.pieces)) == "".join(map(str, kept))
    assert [piece for piece in template.pieces if isinstance(piece, Reference)] == [
        piece for piece in kept if isinstance(piece, Reference)
    ]
    assert template.problems == ()


OTHERS: dict[str, Callable[[str], str]] = {
    "urlencode": lambda value: quote(value, safe=""),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "json": json.dumps,
}


@given(st.text(max_size=20).filter(lambda value: value.isprintable()), st.lists(st.sampled_from(FILTERS), max_size=4))
def test_filters_are_what_others_make_of_them(value: str, filters: list[str]) -> None:
    each = resolver({"V": text(value)}, {})
    found = each.text("<" + str(Reference("secret", ("V",), tuple(filters))) + ">", "X")
    expected = value
    for name in filters:
        expected = OTHERS[name](expected)

    assert found is not None
    assert found.value.reveal().decode() == f"<{expected}>"


@given(st.text(max_size=20).filter(lambda value: value.isprintable()))
def test_filters_lose_nothing(value: str) -> None:
    each = resolver({"V": text(value)}, {})
    found = [each.text(f"<${{secret:V|{name}}}>", "X") for name in ("urlencode", "base64", "json")]
    urlencoded, encoded, quoted = (each.value.reveal()[1:-1] for each in found if each)

    assert unquote_to_bytes(urlencoded) == value.encode()
    assert base64.b64decode(encoded) == value.encode()
    assert json.loads(quoted) == value
