"""What the manifest asks of values: found all at once, told without them."""

import base64
import uuid
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.document.value import TypedValue, ValueType, text
from gitseal.policy import manifest_parser
from gitseal.policy.manifest import TYPES, Manifest
from gitseal.policy.manifest_pattern import MAX_TEXT
from gitseal.report.sentences import literal
from gitseal.resolve import requirements, value_types
from gitseal.resolve.problems import PATTERN, REQUIRED, TYPE, Problem
from tests import growth

PEM = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmg\nAwIBAgIU\n-----END CERTIFICATE-----\n"
ENCRYPTED = (
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\nAAAA\n-----END RSA PRIVATE KEY-----"
)
PGP = "-----BEGIN PGP MESSAGE-----\n\nAAAA\n=abcd\n-----END PGP MESSAGE-----"

# Each type with what is of it and what is not.
CASES: dict[str, tuple[list[str], list[str]]] = {
    "string": (["", "x", "a b\n", "é"], []),
    "integer": (["0", "-1", "+1", "007", "9" * 400], ["", "1.0", "1e3", "0x10", "1_000", "1 ", "1\n", "٣", "-", "one"]),
    "number": (
        ["0", "-1", "1.5", ".5", "5.", "1e9", "-1.5E-3"],
        ["", ".", "1,5", "1e", "nan", ".inf", "1 ", "1\n", "0x1p3", "٣.٣"],
    ),
    "boolean": (
        ["true", "false", "True", "YES", "no", "on", "off", "1", "0"],
        ["", "2", "y", "t", "true ", "true\n", "null"],
    ),
    "port": (
        ["1", "80", "65535", "08080"[:5]],
        ["0", "65536", "-1", "+80", "", "80 ", "80\n", "http", "080800", "٨٠", "999999999"],
    ),
    "url": (
        [
            "https://example.com",
            "http://u:p@h:80/x?y=z#f",
            "postgres://u:p%40@db/app",
            "redis://[::1]:6379/0",
            "HTTPS://EXAMPLE.COM",
            "sqlite:///app.db",
            "postgresql:///app?host=/run",
            "mongodb://a:1,b:2/db",
            "postgres://u:p@ss@db/app",
            "amqp://h/%2f",
            "git+ssh://h/x",
        ],
        [
            "",
            "example.com",
            "//example.com",
            "https:/example.com",
            "https://",
            "https:///x",
            "://x",
            "1http://x",
            "https://a b",
            "https://x\n",
            " https://x",
            "https://u:p@",
            "https://:80",
            "https://h:70000",
            "mailto:a@b",
            "sqlite://",
            "sqlite:///",
        ],
    ),
    "email": (
        ["a@b.c", "me+tag@example.com", "root@localhost", "é@exämple.org"],
        ["", "a", "a@", "@b", "a@b@c", "a b@c", "<a@b>", "Me <a@b>", "a@b\n", "a" * 254 + "@b"],
    ),
    "hostname": (
        ["localhost", "db-1.internal", "example.com.", "_srv.x", "a" * 63, "10.0.0.1"],
        ["", ".", "a..b", "-a", "a-", "a b", "a_b:80", "a" * 64, "a.b\n", "é", ".".join(["a" * 49] * 6)],
    ),
    "ip": (["127.0.0.1", "::1", "2001:db8::"], ["", "256.0.0.1", "127.0.0.1/8", "localhost", "1.2.3", "::1\n"]),
    "uuid": (
        [str(uuid.UUID(int=7)), "AAAAAAAA-bbbb-4ccc-8ddd-EEEEEEEEEEEE"],
        [
            "",
            "0" * 32,
            "{" + str(uuid.UUID(int=7)) + "}",
            str(uuid.UUID(int=7)) + "\n",
            "g" + str(uuid.UUID(int=7))[1:],
        ],
    ),
    "hex": (["00", "dead", "DEADbeef"], ["", "0", "0x00", "gg", "de ad", "dead\n"]),
    "base64": (
        ["AA==", "AA", "AAA=", "AAAA", "+/+/", "-_-_", "AAAA\nAAAA\n", "_w"],
        ["", "A", "A===", "AA=", "AAAA=", "+_AA", "AA==AA", "a b!", "é"],
    ),
    "json": (
        ["{}", "[1, 2]", '"x"', "1", "null", ' {"a": 1}\n'],
        ["", "{", "{'a': 1}", "NaN", '{"a": 1, "a": 2}', "x", "[" * 100_000],
    ),
    "pem": (
        [PEM, PEM.strip(), PEM + PEM, PEM.replace("\n", "\r\n"), "Bag Attributes\n" + PEM, ENCRYPTED, PGP, "\n" + PEM],
        [
            "",
            "x",
            PEM.replace("\n", "\\n"),
            PEM.replace("\n", " "),
            PEM.replace("END CERTIFICATE", "END KEY"),
            PEM.partition("-----END")[0],
            PEM.partition("\n")[2],
            PEM + "more",
            "-----BEGIN X-----\n-----END X-----",
            "-----BEGIN X-----\nnot base64!\n-----END X-----",
            PEM.replace("-----END", "----END"),
        ],
    ),
}


def test_every_type_has_cases_and_a_check() -> None:
    assert tuple(CASES) == TYPES
    assert tuple(value_types.CHECKS) == TYPES
    assert set(requirements._ARTICLES) == set(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_types(name: str) -> None:
    good, bad = CASES[name]

    assert [each for each in good if not value_types.is_of(name, each)] == []
    assert [each for each in bad if value_types.is_of(name, each)] == []


@given(st.binary(), st.booleans(), st.booleans())
def test_base64_comes_back(content: bytes, urlsafe: bool, padded: bool) -> None:  # noqa: FBT001
    encoded = (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(content)

    assert value_types.decode_base64(encoded if padded else encoded.rstrip(b"=")) == content
    assert value_types.decode_base64(base64.encodebytes(content)) == content


@given(st.text("AQgw/+-_= \n", max_size=12).map(str.encode))
def test_what_is_taken_for_base64_is_written_in_one_way(content: bytes) -> None:
    decoded = value_types.decode_base64(content)
    if decoded is not None:
        bare = b"".join(content.split()).rstrip(b"=")
        assert len(base64.b64encode(decoded).rstrip(b"=")) == len(bare)


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("piece", ["1", ":", "a@", "-----BEGIN A-----\n", " ", "://"])
def test_a_type_is_checked_in_linear_time(name: str, piece: str) -> None:
    growth.assert_linear(lambda size: partial(value_types.is_of, name, growth.repeated(piece, size)))


# --- held against an environment

MANIFEST = """\
version: 1
secrets:
  EVERYWHERE: {required: true}
  THERE: {required: [production, staging]}
  OPTIONAL: {type: url}
  KEY: {type: string, pattern: "^sk_", required: true}
  PORT: {type: port, pattern: "^[1-9]", required: true}
  api:
    TOKEN: {required: true, type: uuid}
"""


def parsed(body: str = MANIFEST) -> Manifest:
    return manifest_parser.parse(body.encode())


def found(view: dict[str, TypedValue | None], environment: str = "production", body: str = MANIFEST) -> list[Problem]:
    paths = {tuple(name.split("/")): value for name, value in view.items()}
    return requirements.problems(parsed(body), environment, paths)


GOOD: dict[str, TypedValue | None] = {
    "EVERYWHERE": text(""),
    "THERE": TypedValue(ValueType.BYTES, b"\xff"),
    "KEY": text("sk_1"),
    "PORT": TypedValue(ValueType.INTEGER, b"8080"),
    "api/TOKEN": text(str(uuid.UUID(int=7))),
    "UNDECLARED": text("x"),
}


def test_nothing_stands_against_a_good_environment() -> None:
    assert found(GOOD) == []
    assert found(dict.fromkeys(GOOD, None)) == []


def test_all_that_is_missing_is_told_at_once() -> None:
    assert [(problem.name, problem.kind) for problem in found({})] == [
        (name, REQUIRED) for name in ("EVERYWHERE", "THERE", "KEY", "PORT", "api/TOKEN")
    ]
    assert found({})[0].sentence == '"EVERYWHERE" is required in production and has no value'
    assert "THERE" not in [problem.name for problem in found({}, "development")]


def test_a_null_is_missing() -> None:
    assert found({**GOOD, "PORT": TypedValue(ValueType.NULL, b""), "OPTIONAL": TypedValue(ValueType.NULL, b"")}) == [
        Problem("PORT", literal("is required in production and has no value"), REQUIRED)
    ]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("OPTIONAL", text("private"), [("is not a URL", TYPE)]),
        ("OPTIONAL", text("https://private\n"), [("is not a URL: it has a blank or a line end around it", TYPE)]),
        ("KEY", text("private"), [("does not match its pattern", PATTERN)]),
        (
            "KEY",
            text("sk_" + "x" * MAX_TEXT),
            [(f"has more than the {MAX_TEXT} characters that a pattern is tried on", PATTERN)],
        ),
        ("KEY", TypedValue(ValueType.BYTES, b"sk_private\xff"), [("is not text: its bytes are not UTF-8", TYPE)]),
        ("KEY", TypedValue(ValueType.BYTES, b"sk_1"), []),
        ("PORT", text("080"), [("does not match its pattern", PATTERN)]),
        ("PORT", text("private"), [("is not a port", TYPE), ("does not match its pattern", PATTERN)]),
        (
            "PORT",
            TypedValue(ValueType.BOOLEAN, b"true"),
            [("is not a port", TYPE), ("does not match its pattern", PATTERN)],
        ),
    ],
)
def test_a_value_that_does_not_fit(name: str, value: TypedValue, expected: list[tuple[str, str]]) -> None:
    problems = found({**GOOD, name: value})

    assert problems == [Problem(name, literal(reason), kind) for reason, kind in expected]
    assert "private" not in repr(problems)


@pytest.mark.parametrize(
    ("kind", "content", "name"),
    [
        (ValueType.INTEGER, b"-5", "integer"),
        (ValueType.INTEGER, b"-5", "number"),
        (ValueType.FLOAT, b"0.5", "number"),
        (ValueType.BOOLEAN, b"false", "boolean"),
        (ValueType.JSON, b'{"a":1}', "json"),
        (ValueType.INTEGER, b"5", "json"),
        (ValueType.INTEGER, b"5", "string"),
        (ValueType.BYTES, b"AAAA", "base64"),
    ],
)
def test_kinds_of_values(kind: ValueType, content: bytes, name: str) -> None:
    assert found({"A": TypedValue(kind, content)}, body=f"version: 1\nsecrets:\n  A: {{type: {name}}}\n") == []


def test_the_line_ends_of_a_pem_block() -> None:
    (problem,) = found({"A": text(PEM.replace("\n", "\\n"))}, body="version: 1\nsecrets:\n  A: {type: pem}\n")

    assert problem.reason == "is not PEM: its line ends are written as \\n"


def test_only_missing_ones_may_be_allowed() -> None:
    problems = found({**GOOD, "KEY": text("x"), "PORT": TypedValue(ValueType.NULL, b"")})

    strict = requirements.sort(problems, allow_missing=False)
    assert (strict.fatal, strict.warnings) == (tuple(problems), ())
    lax = requirements.sort(problems, allow_missing=True)
    assert [problem.name for problem in lax.fatal] == ["KEY"]
    assert [problem.name for problem in lax.warnings] == ["PORT"]
