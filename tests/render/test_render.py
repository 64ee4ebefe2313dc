"""The dialects' own rules: types, trees, refusals. That readers agree is in test_readers.py."""

import subprocess
import sys

import pytest

from gitseal.document.value import TypedValue, ValueType, text
from gitseal.errors import UsageError
from gitseal.render import _KIN, DIALECTS, Options, Refused, RenderedEntry, render, takes_sections

TYPED = [
    RenderedEntry(("TEXT",), text("a b")),
    RenderedEntry(("INTEGER",), TypedValue(ValueType.INTEGER, b"8080")),
    RenderedEntry(("FLOAT",), TypedValue(ValueType.FLOAT, b"1.50")),
    RenderedEntry(("BOOLEAN",), TypedValue(ValueType.BOOLEAN, b"true")),
    RenderedEntry(("NULL",), TypedValue(ValueType.NULL, b"")),
    RenderedEntry(("BYTES",), TypedValue(ValueType.BYTES, "é".encode())),
    RenderedEntry(("JSON",), TypedValue(ValueType.JSON, b'{"a":[1.0]}')),
]
TREE = [
    RenderedEntry(("api", "A"), text("1")),
    RenderedEntry(("B",), text("2")),
    RenderedEntry(("api", "deep", "C"), text("3")),
]


NAMED = Options(name="app")


def refused(dialect: str, entries: list[RenderedEntry]) -> Refused:
    with pytest.raises(Refused) as caught:
        render(dialect, entries, NAMED)
    return caught.value


WRITTEN = {
    "dotenv": """\
TEXT='a b'
INTEGER='8080'
FLOAT='1.50'
BOOLEAN='true'
BYTES='é'
JSON='{"a":[1.0]}'
""",
    "shell": """\
TEXT='a b'
INTEGER=8080
FLOAT=1.50
BOOLEAN=true
BYTES='é'
JSON='{"a":[1.0]}'
""",
    "json": """\
{
  "TEXT": "a b",
  "INTEGER": 8080,
  "FLOAT": 1.50,
  "BOOLEAN": true,
  "NULL": null,
  "BYTES": "é",
  "JSON": {"a":[1.0]}
}
""",
    "yaml": """\
TEXT: "a b"
INTEGER: 8080
FLOAT: 1.50
BOOLEAN: true
"NULL": null
BYTES: "é"
JSON: {"a": [1.0]}
""",
    "toml": """\
TEXT = "a b"
INTEGER = 8080
FLOAT = 1.50
BOOLEAN = true
BYTES = "é"
JSON = {a = [1.0]}
""",
    "systemd": """\
TEXT="a b"
INTEGER="8080"
FLOAT="1.50"
BOOLEAN="true"
BYTES="é"
JSON="{\\"a\\":[1.0]}"
""",
    "docker": """\
TEXT=a b
INTEGER=8080
FLOAT=1.50
BOOLEAN=true
BYTES=é
JSON={"a":[1.0]}
""",
    "k8s-secret": """\
apiVersion: v1
kind: Secret
metadata:
  name: "app"
type: Opaque
data:
  "TEXT": "YSBi"
  "INTEGER": "ODA4MA=="
  "FLOAT": "MS41MA=="
  "BOOLEAN": "dHJ1ZQ=="
  "BYTES": "w6k="
  "JSON": "eyJhIjpbMS4wXX0="
""",
    "fish": """\
set -gx TEXT 'a b'
set -gx INTEGER '8080'
set -gx FLOAT '1.50'
set -gx BOOLEAN 'true'
set -gx BYTES 'é'
set -gx JSON '{"a":[1.0]}'
""",
    "powershell": """\
$env:TEXT = 'a b'
$env:INTEGER = '8080'
$env:FLOAT = '1.50'
$env:BOOLEAN = 'true'
$env:BYTES = "$([char]0x00e9)"
$env:JSON = '{"a":[1.0]}'
""",
}


@pytest.mark.parametrize("dialect", WRITTEN)
def test_types(dialect: str) -> None:
    assert render(dialect, TYPED, NAMED).decode() == WRITTEN[dialect]


def test_sections_stand_where_their_first_name_stands() -> None:
    assert render("toml", TREE) == b'B = "2"\n\n[api]\nA = "1"\n\n[api.deep]\nC = "3"\n'
    assert render("yaml", TREE) == b'api:\n  A: "1"\n  deep:\n    C: "3"\nB: "2"\n'
    assert render("json", TREE) == (
        b'{\n  "api": {\n    "A": "1",\n    "deep": {\n      "C": "3"\n    }\n  },\n  "B": "2"\n}\n'
    )


@pytest.mark.parametrize(
    ("dialect", "nothing"),
    [("dotenv", b""), ("shell", b""), ("json", b"{}\n"), ("yaml", b"{}\n"), ("toml", b""), ("docker-build", b"")],
)
def test_nothing(dialect: str, nothing: bytes) -> None:
    assert render(dialect, []) == nothing


def test_export_is_the_shells() -> None:
    assert render("shell", [RenderedEntry(("A",), text("it's"))], export=True) == b"export A='it'\\''s'\n"
    assert render("dotenv", [RenderedEntry(("A",), text("it's"))], export=True) == b'A="it\'s"\n'


def test_every_refused_name_is_listed_once_with_its_reason() -> None:
    entries = [
        RenderedEntry(("CR",), text("private\r")),
        RenderedEntry(("GOOD",), text("private")),
        RenderedEntry(("OTHER",), text("private\r")),
        RenderedEntry(("DOLLAR",), text("private ${X}")),
    ]
    refusal = refused("dotenv", entries)
    assert refusal.message == (
        'dotenv cannot carry this exactly: "CR", "OTHER" have a carriage return, which python-dotenv, node and others turn '
        'into a line feed or drop; "DOLLAR" has ${, which python-dotenv expands even in single quotes'
    )
    assert refusal.hint == (
        "if one of these is what reads it: --format compose, python-dotenv, node-dotenv, systemd or shell"
    )
    assert "private" not in refusal.message + refusal.hint


def test_what_is_offered_instead_may_serve_and_carries_everything() -> None:
    """No Secret of Kubernetes for somebody who wants a file of variables, and nothing that would refuse in its turn."""
    raw = [
        RenderedEntry(("NUL",), text("private\0")),
        RenderedEntry(("RAW",), TypedValue(ValueType.BYTES, b"private\xff")),
    ]
    refusal = refused("dotenv", raw)
    assert refusal.alternatives == ()
    assert refusal.hint == "leave out what this reader cannot have: --except NUL --except RAW"
    feed = [RenderedEntry(("PEM",), text("a\nb"))]
    assert refused("docker", feed).hint == "if one of these is what reads it: --format compose"
    assert refused("gitlab-dotenv", feed).alternatives == ()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_may_serve_instead_is_of_one_kind(dialect: str) -> None:
    kin = _KIN.get(dialect, ())
    assert dialect not in kin
    assert all(takes_sections(other) == takes_sections(dialect) for other in kin)


@pytest.mark.parametrize("content", [b".inf", b"-.inf", b".nan"])
def test_json_has_no_infinities(content: bytes) -> None:
    refusal = refused("json", [RenderedEntry(("api", "F"), TypedValue(ValueType.FLOAT, content))])
    assert refusal.refusals[0].name == "api/F"
    assert refusal.message.endswith("JSON does not know")
    assert refusal.hint == "if one of these is what reads it: --format yaml or toml"


def test_what_no_dialect_carries() -> None:
    entries = [
        RenderedEntry(("api", "RAW"), TypedValue(ValueType.BYTES, b"\xff")),
        RenderedEntry(("J",), TypedValue(ValueType.JSON, b'"\\ud800"')),
    ]
    assert refused("json", entries).hint == ("leave out what this reader cannot have: --except api/RAW")
    assert refused("yaml", entries).refusals[0].name == "J"


def test_a_name_that_is_a_section_too_is_refused() -> None:
    both = [RenderedEntry(("api",), text("1")), RenderedEntry(("api", "A"), text("2"))]
    assert refused("yaml", both).refusals[0].name == "api/A"
    assert refused("json", both[::-1]).refusals[0].name == "api"


def test_json_values_that_yaml_readers_would_not_take() -> None:
    deep = b"[" * 100 + b"]" * 100
    long = b'{"' + b"k" * 2000 + b'":1}'
    assert (
        len(
            refused(
                "yaml",
                [
                    RenderedEntry(("A",), TypedValue(ValueType.JSON, deep)),
                    RenderedEntry(("B",), TypedValue(ValueType.JSON, long)),
                ],
            ).refusals
        )
        == 2
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_path_given_twice_is_a_bug(dialect: str) -> None:
    with pytest.raises(ValueError, match="twice"):
        render(dialect, [RenderedEntry(("A",), text("1")), RenderedEntry(("A",), text("1"))], NAMED)


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if not takes_sections(name)])
def test_env_shaped_dialects_take_one_part(dialect: str) -> None:
    with pytest.raises(ValueError, match="unpack"):
        render(dialect, TREE, NAMED)


def test_unknown_dialect() -> None:
    with pytest.raises(UsageError, match='no format "xml"'):
        render("xml", [])


def test_a_refusal_keeps_no_value() -> None:
    """Neither the error nor what it was raised from holds the value."""
    error: BaseException | None = refused(
        "dotenv", [RenderedEntry(("RAW",), TypedValue(ValueType.BYTES, b"private\xff"))]
    )
    while error is not None:
        assert not isinstance(error, UnicodeDecodeError)
        assert "private" not in repr(error) + repr(vars(error))
        error = error.__cause__ or error.__context__


def test_start_up_loads_little() -> None:
    script = (
        "import sys; from gitseal.render import RenderedEntry, render; from gitseal.document.value import text\n"
        "render('dotenv', [RenderedEntry(('A',), text('x'))]); render('shell', [RenderedEntry(('A',), text('x'))])\n"
        "render('yaml', [RenderedEntry(('A',), text('x'))])\n"
        "print(*{'json', 'ruamel', 'subprocess', 'dataclasses', 'inspect', 'tempfile'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
