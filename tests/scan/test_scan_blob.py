"""One blob, all rules: where findings stand, what they say and never say, and that no cut changes them."""

import base64
import json
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitseal.scan import env_files, windows
from gitseal.scan.rules import Rules
from gitseal.scan.scan_blob import scan_blob
from gitseal.scan.team import Owner, Team

FILE, LINK = 0o100644, 0o120000
VALUE = b"Xk29fKdm3920dkslKQ"
TEAM = Team([(Owner("production", "TOKEN"), VALUE)])
BEGIN, END = b"-----BEGIN ", b"-----END "
KEY = BEGIN + b"PRIVATE KEY-----\n" + base64.encodebytes(bytes(range(7, 200))) + END + b"PRIVATE KEY-----\n"
TOKEN = b"AK" + b"IA" + b"QX5TZ7LMN2RWCVBD"
PARTS = [
    KEY,
    TOKEN,
    VALUE,
    base64.b64encode(KEY),
    KEY.decode().encode("utf-16-le"),
    TOKEN.decode().encode("utf-16-be"),
    json.dumps(KEY.decode()).encode(),
    b" # gitseal: allow for a test\n",
    b"\n",
    b"\0",
    b"filler " * 30,
    b"-----BEGIN ",
    b"AKIA",
    VALUE[:9] + b'" +\n "' + VALUE[9:],
    b"\xff\xfe",
]


SOPS_VECTORS = Path(__file__).parents[1] / "exchange/sops/vectors"


def lines(content: bytes, path: bytes = b"src/x", rules: Rules | None = None, mode: int = FILE) -> list[str]:
    return [each.as_text() for each in scan_blob(path, mode, [content], rules or Rules(), TEAM)]


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "_WINDOW", 64)


def cut(content: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted({min(each, len(content)) for each in cuts}), len(content)]
    return [content[a:b] for a, b in pairwise(places)]


@pytest.mark.fuzz
@given(
    st.lists(st.sampled_from(PARTS), max_size=12),
    st.lists(st.integers(0, 20_000), max_size=20),
    st.sampled_from([b"src/x", b"a/.env"]),
)
def test_no_cut_changes_what_is_found(parts: list[bytes], cuts: list[int], path: bytes) -> None:
    content = b"".join(parts)
    whole = scan_blob(path, FILE, [content], Rules(), TEAM)
    before = windows._WINDOW
    try:
        windows._WINDOW = 64
        assert scan_blob(path, FILE, cut(content, cuts), Rules(), TEAM) == whole
    finally:
        windows._WINDOW = before


@pytest.mark.fuzz
@given(st.integers(0, 30_000), st.sampled_from([b"x", b"\n", b" "]))
@settings(max_examples=30)
def test_nothing_is_missed_where_windows_meet(before: int, filler: bytes) -> None:
    size = windows._WINDOW
    content = filler * (size - windows.AHEAD - 15_000 + before) + b"\n" + KEY + b"\n" + TOKEN + b"\n" + VALUE + b"\n"
    chunks = (content[at : at + 4096] for at in range(0, len(content), 4096))
    findings = scan_blob(b"x", FILE, chunks, Rules(), TEAM)
    first = content[: content.index(KEY)].count(b"\n") + 1
    assert [(each.rule, each.line) for each in findings] == [
        ("private-key", first),
        ("token", first + KEY.count(b"\n") + 1),
        ("team-value", first + KEY.count(b"\n") + 2),
    ]


def test_a_large_blob_is_never_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """300 MiB as a stream of one chunk again and again: nothing grows with it."""
    import tracemalloc

    chunk = (b"some text of a log file, line after line\n" * 1600)[:65536]

    def stream() -> Iterator[bytes]:
        for _ in range(400):
            yield chunk
        yield KEY

    tracemalloc.start()
    (one,) = scan_blob(b"log.txt", FILE, stream(), Rules(), TEAM)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert one.rule == "private-key"
    assert peak < 8 * 2**20


def test_an_env_file_is_one_finding() -> None:
    content = b"# settings\nA=1\nB=two\n\nC=${B}\nD=\nE=three\nF='f o u r'\n"
    (one,) = scan_blob(b"conf/.env.staging", FILE, [content], Rules(), None)
    assert one.line == 2
    assert one.message == 'values stand in the open in an env file: "A", "B", "E" and 1 more'
    assert one.hint == "git rm --cached -f :/conf/.env.staging"
    (one,) = scan_blob(b".env", FILE, [b"A=1\n"], Rules(environments=("base", "production")), None)
    assert one.message == 'a value stands in the open in an env file: "A"'
    assert one.hint == 'if "base" is where its values belong: git rm --cached -f :/.env && gitseal import .env -e base'


def test_a_template_is_a_finding_for_each_value() -> None:
    content = b"PORT=3000\nAPI_KEY=your-key\nSECRET_KEY=9f73s3ljTXVcMT3Blb3ljT\nTOKEN=9f73s3ljTXVcMT3Blb3ljX\n"
    assert lines(content, b".env.example") == [
        '.env.example:3: template: "SECRET_KEY" holds a value that is no placeholder',
        '.env.example:4: template: "TOKEN" holds a value that is no placeholder',
    ]
    assert len(lines(b"\n".join(b"K%d_KEY=9f73s3ljTXVcMT3Blb3ljT" % n for n in range(40)), b".env.example")) == 11


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"# A=b\n",
        b"A=\nB=''\n",
        b"A=<a>\nB=changeme\n",
        b"\xef\xbb\xbfA=\n",
        "A=\r\nB=todo".encode("utf-16"),
        b"A=${B}\n",
    ],
)
def test_placeholders_alone_pass(content: bytes) -> None:
    assert lines(content, b".env") == lines(content, b".env.example") == []


@pytest.mark.fuzz
@given(
    st.lists(
        st.sampled_from(["<x>", "${A}", "your-key", "xxx", "changeme", "TODO", "", '""', "''", "op://a/b/c"]),
        max_size=9,
    ),
    st.sampled_from(["=", ": ", " = "]),
)
def test_a_placeholder_never_blocks(values: list[str], sign: str) -> None:
    content = "".join(f"NAME_{number}{sign}{value}\n" for number, value in enumerate(values)).encode()
    assert lines(content, b".env") == lines(content, b"x/.env.example") == []


def test_pragmas_in_env_files() -> None:
    assert lines(b"A=1 # gitseal: allow a port is no secret\n", b".env") == []
    assert lines(b"A=1 # gitseal: allow\n", b".env") != []
    assert lines(b"A=1 # gitseal: allow a port\nB=2\n", b".env") == [
        '.env:2: env-file: a value stands in the open in an env file: "B"'
    ]
    assert lines("A=1 # gitseal: allow a port\r\n".encode("utf-16"), b".env") == []


def test_files_of_others_tools_pass() -> None:
    dotenvx = b'DOTENV_PUBLIC_KEY="03' + b"a1" * 32 + b'"\nA="encrypted:' + b"BOk1" * 40 + b'"\n'
    vault = b'DOTENV_VAULT_PRODUCTION="' + b"aGVs" * 20 + b'"\nDOTENV_VAULT_PRODUCTION_VERSION=2\n'
    sealed = b"ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]\n"
    sops = b"A=" + sealed + b"sops_mac=" + sealed + b"sops_version=3.9.0\nsops_lastmodified=2026-11-21T00:00:00Z\n"
    assert lines(dotenvx, b".env") == lines(vault, b".env.vault") == lines(sops, b".env") == []
    assert lines(b'DOTENV_PRIVATE_KEY="' + b"a1" * 32 + b'"\n', b".env.keys") != []
    assert lines(b"sops_version=3.9.0\nA=1\n", b".env") != []


@pytest.mark.parametrize("name", ["flat.env", "both.yaml", "blob.bin"])
def test_files_that_sops_sealed_pass_and_a_value_in_clear_among_them_does_not(name: str) -> None:
    """blob.bin is JSON. `URL_unencrypted` and `host` are in clear because their sealer wanted that."""
    content = (SOPS_VECTORS / name).read_bytes().replace(b"=https://example.com/#x", b"=").replace(b"plain", b"")
    path = {".env": b".env", ".yaml": b".env.yaml", ".bin": b".env.json"}[Path(name).suffix]
    assert lines(content, path) == []
    for line in (
        b"A=hush-1234\n",
        b"sops: {recipient: hush-1234}\n",
        b"recipient: hush-1234\n",
        b'"enc": "hush-1234"\n',
    ):
        assert lines(content + b"\n" + line, path) != []


def test_an_env_file_that_is_too_large_is_not_let_through() -> None:
    content = b"# nothing\n" * (env_files.LIMIT // 10 + 1)
    (one,) = lines(content, b".env")
    assert one == ".env: too-large: an env file of more than 256 KiB is not looked at, so it is not let through"


def test_links() -> None:
    assert lines(b"../../.env", b"apps/web/.env", mode=LINK) == []
    assert lines(b"/etc/app.conf", b".env", mode=LINK) == []
    assert lines(b".env.example", b".env", mode=LINK) == []
    (one,) = lines(b"settings.txt", b"apps/web/.env", mode=LINK)
    assert "env-link" in one
    assert lines(b"A=b", b"settings", mode=LINK) == []
    assert lines(VALUE, b"settings", mode=LINK) != []


def test_names_of_any_bytes() -> None:
    (one,) = scan_blob(b"a b\xff\n'x'/.env", FILE, [b"A=1"], Rules(), None)
    assert one.path.encode("utf-8", "surrogateescape") == b"a b\xff\n'x'/.env"
    assert one.hint.isprintable()
    assert one.hint.startswith("git rm --cached -f $':/a b\\xff\\x0a\\x27x\\x27/.env'")


def test_binary_files_are_looked_at() -> None:
    head = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
    found = lines(head + b"\n" + KEY + head + TOKEN + head + VALUE + head)
    assert [each.split(": ")[1] for each in found] == ["private-key", "token", "team-value"]


def test_many_findings_are_cut() -> None:
    content = b"".join(TOKEN + b"\n" for _ in range(10_000))
    found = scan_blob(b"x", FILE, [content], Rules(), None)
    assert [each.line for each in found] == list(range(1, 51))
    found = scan_blob(b"x", FILE, [VALUE + b"\n" for _ in range(10_000)], Rules(), TEAM)
    assert [each.message for each in found] == ['the value of "TOKEN" of production stands here, and in 49 more lines']


SECRET = st.binary(min_size=1, max_size=8).map(
    lambda seed: base64.b32encode(sha256(seed).digest()).decode().strip("=").lower()[:24]
)


@pytest.mark.fuzz
@given(
    SECRET,
    st.sampled_from(
        [
            "A={}",
            "A='{}'",
            "{}",
            "export A={}",
            "A: {}",
            'A="\n{}\n"',
            "A={}\n{}==\n{}=",
            '{{"a": "{}"}}',
            "A=b{}=c",
            "{}: x",
            "A=1 {}=2",
        ]
    ),
    st.sampled_from([b".env", b".env.example", b"x", b".envrc"]),
)
def test_no_finding_says_a_value(secret: str, around: str, path: bytes) -> None:
    content = around.replace("{}", secret).replace("{{", "{").replace("}}", "}").encode()
    for finding in scan_blob(path, FILE, [content], Rules(), Team([(Owner("e", "N"), secret.encode())])):
        if around not in {"{}: x", "A=1 {}=2"}:  # a name is shown, where one takes it for a name
            assert secret not in repr(finding)
