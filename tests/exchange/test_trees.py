"""JSON and YAML in: types, sections, refusals with their lines; and what render wrote comes back."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from gitseal.document.value import TypedValue, ValueType, text
from gitseal.errors import Error, Malformed, UsageError
from gitseal.exchange import IMPORTERS, detect, foreign, parse
from gitseal.exchange.foreign import ForeignSource, ToolKeys
from gitseal.render import Refused, RenderedEntry, render


def given_values(form: str, content: str) -> dict[str, tuple[str, str]]:
    items = parse(form, content.encode()).items
    return {"/".join(item.path): (item.value.kind.word, item.value.reveal().decode()) for item in items}


def test_json() -> None:
    content = """\ufeff{
      "TEXT": "a\\u00e9\\ud83d\\ude00\\n", "EMPTY": "", "ZERO": 0, "MINUS": -0.0, "BIG": 123456789012345678901234567890,
      "FLOAT": 1.50, "HUGE": 1E+400, "YES": true, "NO": false, "NULL": null,
      "api": {"TOKEN": "x", "deep": {"A": 1}, "none": {}},
      "LIST": [1.50, "é\\"", {"a b": [null, true, -1]}, []]
    }"""
    assert given_values("json", content) == {
        "TEXT": ("text", "aé😀\n"),
        "EMPTY": ("text", ""),
        "ZERO": ("integer", "0"),
        "MINUS": ("float", "-0.0"),
        "BIG": ("integer", "123456789012345678901234567890"),
        "FLOAT": ("float", "1.50"),
        "HUGE": ("float", "1E+400"),
        "YES": ("boolean", "true"),
        "NO": ("boolean", "false"),
        "NULL": ("null", ""),
        "api/TOKEN": ("text", "x"),
        "api/deep/A": ("integer", "1"),
        "api/none": ("json", "{}"),
        "LIST": ("json", '[1.50,"é\\"",{"a b":[null,true,-1]},[]]'),
    }


def test_yaml() -> None:
    content = """\
--- # the one document
TEXT: a b
QUOTED: "1"
SINGLE: 'true'
BLOCK: |
  a
  b
FOLDED: >-
  a
  b
YES: yes
BOOL: true
NONE:
TILDE: ~
INT: 8080
UNDERSCORE: 1_000
FLOAT: 1.50
POINT: 0.5
EXPONENT: 1e3
INF: -.inf
NAN: .nan
DATE: 2001-01-01
TIME: 2001-01-01T00:00:00Z
SEXAGESIMAL: 1:30
VERSION: 1.2.3
BYTES: !!binary aGk=
STR: !!str 5
TAGGED: !!float 5.0
STAMP: !!timestamp 2001-01-01
yes: a name
api:
  TOKEN: x
  none: {}
  deep: {A: 1}
LIST:
  - 16
  - {when: 2001-01-01, "a b": 0.50}
"""
    assert given_values("yaml", content) == {
        "TEXT": ("text", "a b"),
        "QUOTED": ("text", "1"),
        "SINGLE": ("text", "true"),
        "BLOCK": ("text", "a\nb\n"),
        "FOLDED": ("text", "a b"),
        "YES": ("text", "yes"),
        "BOOL": ("boolean", "true"),
        "NONE": ("null", ""),
        "TILDE": ("null", ""),
        "INT": ("integer", "8080"),
        "UNDERSCORE": ("text", "1_000"),
        "FLOAT": ("float", "1.50"),
        "POINT": ("float", "0.5"),
        "EXPONENT": ("float", "1e3"),
        "INF": ("float", "-.inf"),
        "NAN": ("float", ".nan"),
        "DATE": ("text", "2001-01-01"),
        "TIME": ("text", "2001-01-01T00:00:00Z"),
        "SEXAGESIMAL": ("text", "1:30"),
        "VERSION": ("text", "1.2.3"),
        "BYTES": ("bytes", "hi"),
        "STR": ("text", "5"),
        "TAGGED": ("float", "5.0"),
        "STAMP": ("text", "2001-01-01"),
        "yes": ("text", "a name"),
        "api/TOKEN": ("text", "x"),
        "api/none": ("json", "{}"),
        "api/deep/A": ("integer", "1"),
        "LIST": ("json", '[16,{"when":"2001-01-01","a b":0.50}]'),
    }


def test_yaml_lines() -> None:
    items = parse("yaml", b"# c\r\nA: 1\r\n\r\nb:\r\n  C:\r\n    - x\r\n  D: |\r\n    y\r\n").items
    assert [(item.path, item.line) for item in items] == [(("A",), 2), (("b", "C"), 5), (("b", "D"), 7)]
    assert items[2].value == text("y\n")


@pytest.mark.parametrize("content", ["", "# only\n", "---\n", "{}", "~"])
def test_empty_yaml(content: str) -> None:
    assert parse("yaml", content.encode()).items == ()


@pytest.mark.parametrize(
    ("form", "content", "line", "words"),
    [
        ("json", '{"A": 1, "A": 2}', 0, '"A" stands twice'),
        ("json", '{"L": [{"A": 1, "A": 2}]}', 0, '"A" stands twice'),
        ("json", '{"A": NaN}', 0, "NaN"),
        ("json", '{"A": -Infinity}', 0, "NaN or Infinity"),
        ("json", '{"A": "private\\ud800"}', 0, "surrogate"),
        ("json", '{"A": ["private\\udc00"]}', 0, "surrogate"),
        ("json", '{"L": [{"\\ud800": 1}]}', 0, "surrogate"),
        ("json", '{"a b": "private"}', 0, '"a b" cannot be a name'),
        ("json", '{"a\\u001b\\u202e": "private"}', 0, '"a??" cannot be a name'),
        ("json", '{"": 1}', 0, "cannot be a name"),
        ("json", '["private"]', 0, "not an object"),
        ("json", '"private"', 0, "not an object"),
        ("json", '{"A": "private"\n "B": 1}', 2, "not JSON"),
        ("json", '{"A": "private",}', 1, "not JSON"),
        ("json", '{"A": 01}', 1, "not JSON"),
        ("json", "", 1, "not JSON"),
        ("json", '{"A":' * 9 + "1" + "}" * 9, 0, "8 deep"),
        ("json", '{"A":' + "[" * 70 + "]" * 70 + "}", 0, "nested"),
        ("json", '{"A":' + "[" * 200_000, 0, "nested"),
        ("json", '{"A":' * 200_000, 0, "nested"),
        ("yaml", "A: 1\nA: 2\n", 2, '"A" stands twice'),
        ("yaml", "A: 1\n'A': 2\n", 2, '"A" stands twice'),
        ("yaml", "L:\n- {A: 1, A: 2}\n", 2, '"A" stands twice'),
        ("yaml", "A: &x private\nB: *x\n", 1, "anchors"),
        ("yaml", "A: private\nB: *x\n", 2, "anchors"),
        ("yaml", "A: &x [private]\n", 1, "anchors"),
        ("yaml", "A: 1\n<<: {B: private}\n", 2, "merge keys"),
        ("yaml", "%YAML 1.1\n---\nA: yes\n", 1, "directives"),
        ("yaml", "A: 1\n---\nB: private\n", 2, "second document"),
        ("yaml", "A: 1\n...\n---\nB: private\n", 3, "second document"),
        ("yaml", "A: 1\n1: private\n", 2, '"1" is a number, not a name'),
        ("yaml", "~: private\n", 1, "is a null, not a name"),
        ("yaml", "true: private\n", 1, '"true" is a boolean, not a name'),
        ("yaml", "{[a]: private}\n", 1, "where a name should"),
        ("yaml", "? a\n: private\n", 1, '"?" stands before a name'),
        ("yaml", "A: !foo private\n", 1, "tag"),
        ("yaml", "A: !foo {B: private}\n", 1, "tag"),
        ("yaml", "A: !!set {B, C}\n", 1, "tag"),
        ("yaml", "A: !!int private\n", 1, "tag"),
        ("yaml", "A: !!binary private~\n", 1, "tag"),
        ("yaml", "A: 1\nMODE: 0644\n", 2, "another spelling"),
        ("json", '{"A": -0}', 0, "-0"),
        ("yaml", "L:\n- .inf\n", 2, "JSON cannot hold"),
        ("yaml", "L:\n- 1\n- !!binary aGk=\n", 3, "JSON cannot hold"),
        ("yaml", "A: 0x" + "f" * 5000, 1, "another spelling"),
        ("yaml", "- private\n", 1, "not a mapping"),
        ("yaml", "private\n", 1, "not a mapping"),
        ("yaml", "A: 1\na b: private\n", 2, '"a b" cannot be a name'),
        ("yaml", "A: 1\n\tB: private\n", 2, "not YAML"),
        ("yaml", "A: 'private\nB: 1\n", 3, "not YAML"),
        ("yaml", "A: private: x\n", 1, "not YAML"),
        ("yaml", "A: 1\nB: private\x07\n", 2, "does not allow"),
        ("yaml", 'A: "private\\q"\n', 1, "not YAML"),
        ("yaml", 'A: "private\\ud800"\n', 1, "surrogate"),
        ("yaml", "A: " + "{A: " * 9 + "1" + "}" * 9, 1, "8 deep"),
        ("yaml", "A: " + "[" * 70 + "]" * 70, 1, "nested"),
        ("yaml", "A: " + "[" * 100_000, 1, "nested"),
        ("yaml", "A: " + "{x: " * 100_000, 1, "nested"),
        ("yaml", "A:\n" + "- " * 100_000, 2, "nested"),
    ],
)
def test_refused_with_the_line_and_without_the_text(form: str, content: str, line: int, words: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(form, content.encode())
    assert words in caught.value.message
    assert caught.value.line == line
    error: BaseException | None = caught.value
    while error is not None:
        assert "private" not in repr(error) + repr(vars(error)), error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_sealed_files_are_refused(form: str) -> None:
    with pytest.raises(Error) as caught:
        parse(form, b'{"A": "ENC[AES256_GCM,x]", "sops": {"version": "3", "mac": "x"}}')
    assert caught.value.message == "the file is encrypted by sops"
    with pytest.raises(Error, match="sealed by gitseal"):
        parse(form, b'{"A": "ENC[v1,x]", "gitseal": {"version": 1}}')


@pytest.mark.parametrize("section", ['{"enabled": true, "version": "3.9"}', "null", '"3.9"', "{}", '["age"]'])
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_a_setting_may_be_called_sops(form: str, section: str) -> None:
    data = b'{"sops": %s, "lastmodified": "today", "mac": {"lastmodified": 1}}' % section.encode()
    assert "lastmodified" in {"/".join(item.path) for item in parse(form, data).items}
    assert foreign.read(data, ForeignSource("f", form, ToolKeys())) is None


@pytest.mark.parametrize(
    "data",
    [
        b"sops:\n  enabled: true\n\n  path: /x\nlastmodified: today\nmac: x\n",
        b"sops: {enabled: true}\nmac: x\na: {lastmodified: today}\n",
        b"sops:\na:\n  lastmodified: today\n",
        b"[sops]\npath = x\n[a]\nlastmodified = today\n",
        b'{"a": {"sops": {"lastmodified": 1}}}',
    ],
)
def test_only_a_section_with_metadata_is_of_sops(data: bytes) -> None:
    assert foreign.read(data, ForeignSource("f", "", ToolKeys())) is None


@pytest.mark.parametrize(
    "data",
    [
        b"a: ENC[x]\nsops:\n    # hm\n    age:\n        - enc: |\n            x\n\n    lastmodified: x\n",
        b'a: ENC[x]\r\nsops:\r\n    mac: x\r\n    "lastmodified": x\r\n',
        b"sops: {age: [{enc: x}],\n lastmodified: x}\n",
        b"[sops]\n\nversion = 3\n age = x\nlastmodified = today\n",
        b'{"sops": {"lastmodified": 1}}',
        b'{"sops": {"lastmodified": ',
    ],
)
def test_metadata_of_sops_is_known_damaged_too(data: bytes) -> None:
    with pytest.raises(Error):
        foreign.read(data, ForeignSource("f", "", ToolKeys()))


@pytest.mark.parametrize(
    ("filename", "form"),
    [
        (".env", "dotenv"),
        (".env.production", "dotenv"),
        ("prod.env", "dotenv"),
        ("x/config.JSON", "json"),
        ("a.yaml", "yaml"),
        ("a.yml", "yaml"),
        (".env.yaml", "yaml"),
        ("-", "dotenv"),
        ("secrets.txt", "dotenv"),
        ("json", "json"),
    ],
)
def test_detect(filename: str, form: str) -> None:
    assert detect(filename) == form
    assert form in IMPORTERS


def test_unknown_format() -> None:
    with pytest.raises(UsageError, match='no format "toml"'):
        parse("toml", b"")


# --- laws

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"gitseal", "sops"}
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
TREES = st.dictionaries(
    NAMES,
    st.lists(JSON)
    | TEXTS
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dictionaries(NAMES, TEXTS | st.integers(), min_size=1),
    max_size=5,
)
VALUES = st.one_of(
    TEXTS.map(text),
    st.integers().map(lambda number: TypedValue(ValueType.INTEGER, str(number).encode())),
    st.from_regex(r"-?(0|[1-9][0-9]*)\.[0-9]+(e[+-][0-9]+)?", fullmatch=True).map(
        lambda f: TypedValue(ValueType.FLOAT, f.encode())
    ),
    st.sampled_from(
        [
            TypedValue(ValueType.NULL, b""),
            TypedValue(ValueType.BOOLEAN, b"true"),
            TypedValue(ValueType.BOOLEAN, b"false"),
        ]
    ),
    st.lists(JSON, max_size=3).map(
        lambda tree: TypedValue(ValueType.JSON, json.dumps(tree, ensure_ascii=False).encode())
    ),
)
ENTRIES = st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map(tuple), VALUES, max_size=6)


@pytest.mark.fuzz
@pytest.mark.parametrize("form", ["json", "yaml"])
@given(values=ENTRIES)
def test_what_render_wrote_comes_back(form: str, values: dict[tuple[str, ...], TypedValue]) -> None:
    try:
        written = render(form, [RenderedEntry(path, value) for path, value in values.items()])
    except Refused:
        return
    read = {item.path: _comparable(item.value) for item in parse(form, written).items}
    assert read == {path: _comparable(value) for path, value in values.items()}


@pytest.mark.fuzz
@given(values=st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True), TEXTS, max_size=6))
def test_what_render_wrote_as_dotenv_comes_back(values: dict[str, str]) -> None:
    values = {name: content for name, content in values.items() if name != "gitseal"}
    try:
        written = render("dotenv", [RenderedEntry((name,), text(content)) for name, content in values.items()])
    except Refused:
        return
    read = parse("dotenv", written)
    assert {item.path[0]: item.value.reveal().decode() for item in read.items} == values
    assert not read.references


def _comparable(value: TypedValue) -> object:
    content = value.reveal().decode()
    return (value.kind, _exact(content) if value.kind is ValueType.JSON else content)


def _exact(content: str) -> object:
    """A JSON text as a value that is equal only with all types equal."""
    return json.dumps(json.loads(content))


@pytest.mark.fuzz
@given(TREES)
def test_json_is_read_as_the_standard_library_reads_it(tree: dict[str, object]) -> None:
    for content in (json.dumps(tree), json.dumps(tree, ensure_ascii=False, indent=1)):
        assert _tree("json", content.encode()) == _normal(tree)


PLAIN = st.sampled_from(
    [
        *("a", "yes", "true", "false", "null", "~", "", "1", "-2", "0", "1.5", "-1.0e-3", "0.5", "1e3"),
        *("a b", "a#b", "a:b", "http://x/?y=z", "2001-01-01", "1:30", "1.2.3", "-x", "é😀", "a  # comment", "a\n    b"),
    ]
)
SINGLE = st.text("ab'\"\\:# {}-\t", max_size=8).map(lambda content: "'" + content.replace("'", "''") + "'")
BLOCK = st.builds(
    "{0}{1}\n    a{2}\n\n    b: # {2}\n".format,
    st.sampled_from("|>"),
    st.sampled_from(["", "-", "+"]),
    st.text("ab:'# ", max_size=5),
)
FLOW = st.lists(JSON, max_size=3).map(json.dumps) | st.just("[a, {b: c, 'd': 1.5}]")
SCALARS = PLAIN | SINGLE | BLOCK | FLOW | TEXTS.map(json.dumps)
DOCUMENTS = st.dictionaries(NAMES, SCALARS | st.lists(SCALARS, min_size=1, max_size=3), max_size=5)


@pytest.mark.fuzz
@given(DOCUMENTS)
def test_yaml_is_read_as_ruamel_reads_it(document: dict[str, str | list[str]]) -> None:
    lines = []
    for name, node in document.items():
        lines.append(f"{name}: {node}" if isinstance(node, str) else f"{name}:\n" + "\n".join(f"  - {n}" for n in node))
    content = "\n".join(lines)
    try:
        theirs = YAML(typ="safe", pure=True).load(content)
    except Exception:  # noqa: BLE001 - it also falls over in ways of its own
        with pytest.raises(Malformed):
            parse("yaml", content.encode())
        return
    try:
        ours = _tree("yaml", content.encode())
    except Malformed as error:
        if "not a name" in error.message or "surrogate" in error.message:
            return
        raise
    assert ours == _normal(theirs or {})


def _tree(form: str, content: bytes) -> dict[str, object]:
    read: dict[str, object] = {}
    for item in parse(form, content).items:
        section = read
        for part in item.path[:-1]:
            below = section.setdefault(part, {})
            assert isinstance(below, dict)
            section = below
        section[item.path[-1]] = _object(item.value)
    return read


def _object(value: TypedValue) -> object:
    content = value.reveal().decode()
    if value.kind is ValueType.TEXT:
        return content
    return None if value.kind is ValueType.NULL else json.loads(content)


def _normal(tree: object) -> object:
    return json.loads(json.dumps(tree, default=lambda when: when.isoformat() if isinstance(when, date) else None))
