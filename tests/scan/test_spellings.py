"""The list of spellings, compared with who writes them: our own dialects, other programs' libraries, and shells.

One law: what any of them writes for a value, the hook finds and the redaction of `run` does not show.
"""

import base64
import contextlib
import html
import json
import shlex
import shutil
import string
import subprocess
import textwrap
import xml.sax.saxutils
from collections.abc import Callable, Iterator
from hashlib import sha256
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitseal import render
from gitseal.document.value import TypedValue, ValueType
from gitseal.process.patterns import Patterns
from gitseal.process.redacting import Redactor
from gitseal.render import DIALECTS, Options, RenderedEntry
from gitseal.scan.forms import all_forms
from gitseal.scan.parts import parts
from gitseal.scan.rules import Rules
from gitseal.scan.scan_blob import scan_blob
from gitseal.scan.spellings import spellings
from gitseal.scan.team import RULE, Owner, Team
from tests.slow import slow_but


class Known:
    """One value, as the hook and the redaction look for it."""

    def __init__(self, value: bytes) -> None:
        self._team = Team([(Owner("production", "KEY"), value)])
        self._values = [("KEY", value)]
        self._patterns = Patterns(all_forms({"KEY": value}))

    def is_found(self, content: bytes) -> bool:
        return any(finding.rule == RULE for finding in scan_blob(b"src/x", 0o100644, [content], Rules(), self._team))

    def redacted(self, content: bytes) -> bytes:
        redactor = Redactor(self._patterns)
        shown = redactor.feed(content) + redactor.finish()
        fast = Redactor(Patterns.of(self._values))
        assert fast.feed(content) + fast.finish() == shown
        return shown

    def check(self, content: bytes, by: str) -> None:
        assert self.is_found(content), f"the hook passes what {by} writes"
        assert b"[redacted:KEY]" in self.redacted(content), f"run shows what {by} writes"


# Hypothesis likes texts that say nothing; what they hash to does not, and every sign may stand beside and between.
SIGNS = st.text(
    st.sampled_from(string.ascii_letters + string.digits + string.punctuation + " \n\tä€\U0001f600\u2028\x1b\x7f"),
    max_size=9,
)
TEXTS = st.builds(
    lambda seed, before, inside, after: (
        before + sha256(seed).hexdigest()[:9] + inside + sha256(seed + b"x").hexdigest()[:7] + after
    ),
    st.binary(max_size=4),
    *(SIGNS, SIGNS, SIGNS),
).filter(lambda text: text == text.strip())
OPTIONS = [Options(name="k8s", interpolate=value) for value in (True, False)]


# No secret's value stands in what it writes.
VALUELESS = {"docker-build"}


def written(dialect: str, value: str) -> Iterator[bytes]:
    """The value by a dialect with each of its options, unless it cannot carry it."""
    entry = RenderedEntry(("KEY",), TypedValue(ValueType.TEXT, value.encode()))
    for options in OPTIONS:
        with contextlib.suppress(render.Refused):
            yield render.render(dialect, [entry], options)


@pytest.mark.fuzz
@given(TEXTS)
@example("pQ7!zX&9vK+2mW<4tR8y$a${B}\"c'd`e\\f|g#h")
def test_what_any_dialect_writes_is_known(text: str) -> None:
    known = Known(text.encode())
    for dialect in DIALECTS.keys() - VALUELESS:
        for content in written(dialect, text):
            known.check(content, dialect)


ACCOUNT = {
    "type": "service_account",
    "private_key_id": sha256(b"id").hexdigest()[:40],
    "private_key": "-----BEGIN PRIVATE KEY-----\n"
    + "".join(base64.b64encode(sha256(b"%d" % line).digest() * 2).decode()[:64] + "\n" for line in range(20))
    + "-----END PRIVATE KEY-----\n",
}


@pytest.mark.parametrize(
    "value",
    slow_but({json.dumps(ACCOUNT)}, [json.dumps(ACCOUNT, indent=2), json.dumps(ACCOUNT), ACCOUNT["private_key"]]),
)
def test_a_document_is_known_in_any_dialect(value: str) -> None:
    """Longer than what is looked for in every spelling: by its common ones, its lines and its fields."""
    known = Known(value.encode())
    for dialect in DIALECTS.keys() - VALUELESS:
        for content in written(dialect, value):
            known.check(content, dialect)
            shown = known.redacted(content)
            assert not [line for line in ACCOUNT["private_key"].splitlines()[1:-1] if line.encode() in shown]


def _dotnet(text: str) -> str:
    """System.Text.Json's default encoder: what is neither ASCII nor harmless in HTML is a number in upper case."""
    short = {"\n": "\\n", "\t": "\\t", "\\": "\\\\"}
    units = (text.encode("utf-16-be")[at : at + 2] for at in range(0, len(text.encode("utf-16-be")), 2))
    signs = (unit.decode("utf-16-be", "surrogatepass") for unit in units)
    escaped = "\"&'+<>`\x7f"
    return "".join(
        short.get(sign) or (f"\\u{ord(sign):04X}" if sign in escaped or not " " <= sign <= "~" else sign)
        for sign in signs
    )


def _go(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written


def _numbered(text: str, short: dict[str, str], byte: str, unit: str, wide: str) -> str:
    """Each character that is not printable ASCII by its number, in the form for its size."""
    return "".join(
        short.get(sign)
        or (sign if " " <= sign <= "~" else (byte if code < 0x80 else unit if code < 0x10000 else wide) % code)
        for sign, code in ((sign, ord(sign)) for sign in text)
    )


_QUOTED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def _pyyaml(text: str) -> str:
    """A text that is not ASCII, as `yaml.dump` writes it unless it is told `allow_unicode`."""
    short = _QUOTED | {"\x1b": "\\e", "\u2028": "\\L", "ä": "\\xE4"}
    return text if text.isascii() else _numbered(text, short, "\\x%02X", "\\u%04X", "\\U%08X")


WRITERS: dict[str, Callable[[str], str]] = {
    "Python's JSON": json.dumps,
    "JavaScript's JSON": lambda text: json.dumps(text, ensure_ascii=False),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"a": text})),
    "Go's JSON": _go,
    "Go's JSON in JSON": lambda text: _go(_go(text)),
    ".NET's JSON": _dotnet,
    "PHP's JSON": lambda text: json.dumps(text).replace("/", "\\/"),
    "repr": repr,
    "ascii": ascii,
    "repr of bytes": lambda text: repr(text.encode()),
    "shlex": shlex.quote,
    "single quotes": lambda text: "'" + text.replace("'", "'\\''") + "'",
    "html.escape": html.escape,
    "text of XML": xml.sax.saxutils.escape,
    "an attribute of XML": xml.sax.saxutils.quoteattr,
    "quote": lambda text: quote(text, safe=""),
    "quote of a path": quote,
    "quote_plus": quote_plus,
    "encodeURIComponent": lambda text: quote(text, safe="!'()*"),
    "encodeURI": lambda text: quote(text, safe="!'()*;/?:@&=+$,#"),
    "CSV": lambda text: '"' + text.replace('"', '""') + '"',
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 with line ends": lambda text: base64.encodebytes(
        b"user and much more before it: " + text.encode()
    ).decode(),
    "base64 of CRLF": lambda text: "\r\n".join(textwrap.wrap(base64.b64encode(b"x" * 50 + text.encode()).decode(), 64)),
    "base64 in YAML": lambda text: textwrap.indent(
        "\n".join(textwrap.wrap(base64.b64encode(b"x" * 61 + text.encode() + b"y" * 9).decode(), 76)), "    "
    ),
    "PyYAML": _pyyaml,
    "Go's %+q": lambda text: _numbered(text, _QUOTED, "\\x%02x", "\\u%04x", "\\U%08x"),
    "JavaScript's code points": lambda text: _numbered(text, _QUOTED, "\\x%02x", "\\u%04x", "\\u{%x}"),
    "Ruby's dump": lambda text: _numbered(text, _QUOTED | {"\x1b": "\\e"}, "\\x%02X", "\\u%04X", "\\u{%X}"),
    "docker compose config": lambda text: "'" + text.replace("'", "''").replace("$", "$$") + "'",
    "docker compose config's JSON": lambda text: json.dumps(text, ensure_ascii=False).replace("$", "$$"),
    "docker compose config's JSON, by older ones": lambda text: _go(text).replace("$", "$$"),
    "Windows's line ends": lambda text: text.replace("\n", "\r\n"),
    "base64 of JSON": lambda text: base64.b64encode(json.dumps({"password": text}).encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
}


@pytest.mark.fuzz
@given(TEXTS)
@example("pQ7!zX&9vK+2mW<4tR8y")
@example("pQ7-zX/9vK+2mW=4tR~8yL&1nB")
@example("pQ7\"zX9'\x1bvK2mW4tR8y")
def test_what_libraries_write_is_known(text: str) -> None:
    known = Known(text.encode())
    for name, write in WRITERS.items():
        known.check(b"x: " + write(text).encode() + b"\n", name)


NODE = """
const text = Buffer.from(process.argv[1], "base64").toString(), url = new URL("https://h/")
url.password = text; url.searchParams.set("k", text)
console.log(JSON.stringify([JSON.stringify(text), encodeURIComponent(text), encodeURI(text), url.password,
  url.search, require("util").inspect(text)]))
"""
PROGRAMS = {
    "bash": ["bash", "-c", 'printf "%q" "$V"'],
    "bash's @Q": ["bash", "-c", 'printf %s "${V@Q}"'],
    "bash's set": ["bash", "-c", "set | grep -A9 ^V="],
    "zsh's (q)": ["zsh", "-fc", 'print -r -- "${(q)V}"'],
    "zsh's (qqqq)": ["zsh", "-fc", 'print -r -- "${(qqqq)V}"'],
    "base64": ["sh", "-c", 'printf %s "$V$V$V$V" | base64'],
    "jq": ["sh", "-c", "jq -n env.V"],
    "jq's @sh": ["sh", "-c", "jq -nr 'env.V|@sh'"],
    "jq's @html": ["sh", "-c", "jq -nr 'env.V|@html'"],
    "jq's @uri": ["sh", "-c", "jq -nr 'env.V|@uri'"],
}
AWKWARD = "pQ7!zX&9vK+2mW<4tR8y $a ${B} \"c'd`e\\f|g#h~i;j(k)l[m]n{o}p=q/r:s@t%u^v*w?x,y>z"


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("value", [AWKWARD, AWKWARD + "\nä€\t1"])
def test_what_programs_write_is_known(name: str, value: str) -> None:
    command = PROGRAMS[name]
    if shutil.which(command[0]) is None or (name.startswith("jq") and shutil.which("jq") is None):
        pytest.skip(f"{command[0]} is not on this machine")
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": "C.UTF-8", "V": value}
    output = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=20).stdout
    Known(value.encode()).check(output, name)


@pytest.mark.parametrize("value", [AWKWARD, AWKWARD + "\nä€\t1"])
def test_what_javascript_writes_is_known(value: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine")
    command = [node, "-e", NODE, base64.b64encode(value.encode()).decode()]
    known = Known(value.encode())
    for text in json.loads(subprocess.run(command, capture_output=True, check=True, timeout=20).stdout):
        known.check(text.encode(), "node")


def test_a_value_of_letters_and_digits_has_few_spellings() -> None:
    assert len(spellings(b"Xk29fKdm3920dkslKQ")) <= 8


PARTS = [
    ("postgres://app:s3cr3t%40pw9@db.internal:5432/app", ["s3cr3t%40pw9", "s3cr3t@pw9"]),
    ("redis://:9f73s3ljTX@cache:6379/0", ["9f73s3ljTX"]),
    ("https://ghx-9f73s3ljTXdk@example.com/a.git", ["ghx-9f73s3ljTXdk"]),
    ("postgres://postgres:postgres@localhost/app", []),
    ("amqp://guest:password@rabbit:5672", []),
    ("https://example.com/callback?code=1", []),
    ("https://example.com/hook?sig=9f73s3ljTXdk&x=1", ["9f73s3ljTXdk"]),
    ("host=db user=app password=9f73s3ljTXdk", ["9f73s3ljTXdk"]),
    ('{"user": "application", "password": "9f73s3ljTXdk", "port": 5432, "tls": true}', ["9f73s3ljTXdk"]),
    ('{"a": [{"url": "mysql://u:9f73s3ljTXdk@db/x"}]}', ["mysql://u:9f73s3ljTXdk@db/x", "9f73s3ljTXdk"]),
    ("9f73s3ljTXdk", []),
    ("a sentence = of words", []),
    ("{not JSON", []),
    ("[" * 2000, []),
]


@pytest.mark.parametrize(("value", "expected"), PARTS)
def test_parts(value: str, expected: list[str]) -> None:
    assert set(parts(value.encode())) == {part.encode() for part in expected}


@pytest.mark.parametrize(("value", "expected"), [pair for pair in PARTS if pair[1]])
def test_parts_are_looked_for_as_values_of_their_own(value: str, expected: list[str]) -> None:
    known = Known(value.encode())
    for part in expected:
        known.check(f"PGPASSWORD='{part}' psql".encode(), "a script")
        known.check(b"Authorization: Basic " + base64.b64encode(b"app:" + part.encode()), "curl")
