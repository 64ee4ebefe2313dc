"""A second reader, written from docs/format.md alone, agrees with gitseal: on every vector, on new files and on damaged ones."""

import base64
import json
import random
import re
import struct
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

import gitseal
from tests import programs
from tests.slow import slow_but
from tests.templates import Templates

TOP = Path(__file__).resolve().parents[2]
READER = TOP / "examples/reader/gitseal-read.mjs"
VECTORS = TOP / "tests/vectors/files"

# All types, sections, what a spelling may lose, and a value of several chunks.
VALUES = """{
  "ACCENTS": "Grüße, 日本 😀", "BIG": -12345678901234567890, "EMPTY": "", "FLAG": true, "LIST": [1.10, "a", null],
  "LONG": "%s", "NOTHING": null, "PORT": 8080, "QUOTES": "'\\"\\\\ $HOME # x\\nline\\r\\n", "RATE": 1.50,
  "api": {"TOKEN": "t-1", "deep": {"KEY": "k-1"}}
}""" % ("0123456789" * 4000)  # fmt: skip

_TYPES = {str: "text", int: "integer", float: "float", bool: "boolean", bytes: "bytes", type(None): "null"}


class Sealed(NamedTuple):
    """A project with one environment, `production`, and the identity file that opens it."""

    top: Path
    identity: Path

    @property
    def file(self) -> Path:
        return self.top / ".secrets/production.yaml"

    def gitseal(self, *arguments: str, stdin: str | bytes = b"") -> str:
        environ = {"GITSEAL_IDENTITY_FILE": str(self.identity), "GITSEAL_ENV": "production"}
        done = programs.run("gitseal", *arguments, cwd=self.top, stdin=stdin, environ=environ)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def keygen(self) -> None:
        programs.run("gitseal", "keygen", "-o", self.identity, cwd=self.top)

    def verdict(self, content: bytes) -> list[str]:
        """What gitseal says of this content, as a vector says it (section 9 of the format)."""
        self.file.write_bytes(content)
        try:
            secrets = gitseal.load(path=self.top, identity=self.identity, local=False)
            names = list(secrets)
        except gitseal.Error as error:
            kind = _kind(error)
            line = re.search(r":(\d+): ", str(error))
            return [
                f"refused: file malformed {line[1] if line else 0}" if kind == "malformed" else f"refused: file {kind}"
            ]
        return [_value(name, secrets[name]) for name in names]


def _kind(error: gitseal.Error) -> str:
    """`NotForYou` is not-for-you: gitseal calls its errors as the format calls refusals."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()


def _value(name: str, secret: gitseal.Value) -> str:
    try:
        typed = secret.reveal(object)
        content = b"" if typed is None else secret.reveal(bytes)
    except gitseal.Error as error:
        moved = re.search(r'was moved: it holds what was sealed as "(.*)"', str(error))
        return f"refused: {name} moved {moved[1]}" if moved else f"refused: {name} {_kind(error)}"
    told = content.hex() if isinstance(typed, bytes) else content.decode()
    return f"value: {name} {_TYPES.get(type(typed), 'json')} {json.dumps(told)}"


@pytest.fixture
def node(peer: Callable[[str], str]) -> str:
    return peer("node")


@pytest.fixture
def sealed(tmp_path: Path, isolated: Path, templates: Templates) -> Sealed:
    assert isolated.is_dir()
    top = tmp_path / "project"
    templates.copy("every-type-sealed", top, seal_every_type)
    return Sealed(top, top / "alice.txt")


@pytest.fixture
def open_policy(sealed: Sealed) -> Sealed:
    """The same under a policy that makes every name plain: a damaged token can be a plain text."""
    with (sealed.top / ".secrets/policy.yaml").open("a", encoding="utf-8") as policy:
        policy.write('\nrules:\n  - names: ["*"]\n    plain: true\n')
    return sealed


def seal_every_type(top: Path) -> None:
    """Every type as a member seals it, and one value that somebody set who cannot read it."""
    alice, stranger = Sealed(top, top / "alice.txt"), Sealed(top, top / "stranger.txt")
    programs.git(top, "init", "--quiet")
    alice.keygen()
    alice.gitseal("init", "-e", "production", "--as", "alice")
    (top / "values.json").write_text(VALUES, encoding="utf-8")
    alice.gitseal("import", "values.json")
    alice.gitseal("set", "RAW", "--type", "bytes", stdin=b"\x00\xff")
    stranger.keygen()
    stranger.gitseal("set", "api/UNSEEN", stdin="unseen")
    assert "ENC[v1,w," in alice.file.read_text(encoding="utf-8")


def disagreements(node: str, folder: Path) -> tuple[str, list[str]]:
    """The reader's last line on a folder of vectors, and each vector that it reads otherwise, if not only by the line named."""
    done = programs.run(node, READER, "--vectors", folder, cwd=TOP)
    assert not done.stderr, done.stderr
    *lines, last = done.stdout.splitlines()
    blocks = re.split(r"\n(?=\S)", "\n".join(lines)) if lines else []
    return last, [block for block in blocks if not _only_another_line(block)]


def _only_another_line(block: str) -> bool:
    """Of several faults of a file any may be named (section 6)."""
    return len(re.findall(r"^  (?:expected|read    ) refused: file malformed \d+$", block, re.MULTILINE)) == 2


def write_vectors(folder: Path, sealed: Sealed, contents: Iterable[bytes]) -> int:
    identity = sealed.identity.read_text(encoding="utf-8").splitlines()[-1]
    number = 0
    for number, content in enumerate(contents, start=1):
        head = "\n".join(["about: what gitseal says", f"identity: {identity}", *sealed.verdict(content), "", ""])
        (folder / f"{number:04}.txt").write_bytes(head.encode() + content)
    return number


def test_the_second_reader_agrees_on_every_vector(node: str) -> None:
    done = programs.run(node, READER, "--vectors", VECTORS, cwd=TOP)

    count = len(list(VECTORS.glob("*.txt")))
    assert (done.stdout, done.stderr, done.returncode) == (f"{count} of {count} vectors agree\n", "", 0)


@pytest.mark.parametrize("line_end", slow_but({"lf"}, {"lf": b"\n", "crlf": b"\r\n"}))
def test_it_reads_what_gitseal_wrote_as_gitseal_does(node: str, sealed: Sealed, line_end: bytes) -> None:
    sealed.file.write_bytes(sealed.file.read_bytes().replace(b"\n", line_end))
    rendered = sealed.gitseal("render", "--format", "json", "--except", "RAW")
    names = [name for name in gitseal.load("production", path=sealed.top, identity=sealed.identity) if name != "RAW"]

    done = programs.run(node, READER, sealed.file, *names, "--identity", sealed.identity, cwd=sealed.top)

    assert (done.stderr, done.returncode) == ("", 0)
    assert json.loads(done.stdout, parse_float=str) == json.loads(rendered, parse_float=str)
    folder = sealed.top / "vectors"
    folder.mkdir()
    assert write_vectors(folder, sealed, [sealed.file.read_bytes()]) == 1
    assert disagreements(node, folder) == ("1 of 1 vectors agree", [])


def test_it_gives_nothing_out_beside_a_value_that_does_not_open(node: str, sealed: Sealed) -> None:
    text = sealed.file.read_text(encoding="utf-8")
    token = re.search(r"ENC\[v1,w,.*\]", text)
    assert token
    sealed.file.write_text(re.sub(r"(?<=PORT:\n  )ENC.*", token[0], text), encoding="utf-8")

    done = programs.run(node, READER, sealed.file, "--identity", sealed.identity, cwd=sealed.top)
    alone = programs.run(node, READER, sealed.file, "FLAG", "--identity", sealed.identity, cwd=sealed.top)

    assert (done.stdout, done.stderr, done.returncode) == (
        "",
        f"{sealed.file}: PORT: moved api/UNSEEN: it was sealed as that name\n",
        1,
    )
    assert (alone.stdout, alone.returncode) == ('{\n  "FLAG": true\n}\n', 0)


@pytest.mark.slow
def test_an_env_file_has_only_names_asked_for_and_values_that_every_reader_takes_alike(
    node: str, sealed: Sealed
) -> None:
    def dotenv(*names: str) -> tuple[str, str, int]:
        options = ("--format", "dotenv", "--identity", sealed.identity)
        done = programs.run(node, READER, sealed.file, *names, *options, cwd=sealed.top)
        return done.stdout, done.stderr.split("\n")[0].split(":")[0], done.returncode

    assert dotenv("PORT", "RATE", "EMPTY") == ("PORT=8080\nRATE=1.50\nEMPTY=\n", "", 0)
    assert dotenv("PORT", "QUOTES", "NOTHING", "api/TOKEN") == (
        "", "dotenv cannot carry QUOTES, NOTHING, api/TOKEN", 1
    )  # fmt: skip
    assert dotenv() == ("", "dotenv needs the NAMEs to write", 1)


def test_a_file_under_another_environments_name_is_refused(node: str, sealed: Sealed) -> None:
    copied = sealed.file.rename(sealed.file.with_name("staging.yaml"))

    done = programs.run(node, READER, copied, cwd=sealed.top)

    assert (done.stdout, done.returncode) == ("", 1)
    assert done.stderr == f'{copied}: its header is of the environment "production"\n'


def guessed(text: str) -> Iterator[str]:
    """Files at the places of the format that this reader once had to guess, each changed in one."""
    header = "\ngitseal:\n"
    stanza, token = (re.search(rf"{start}\[.*\]", text) for start in ("STANZA", "ENC"))
    group = re.search(r"( +)public: .*\n", text)
    assert stanza
    assert token
    assert group

    def beside_public(field: str) -> str:
        return text.replace(group[0], f"{group[0]}{group[1]}{field}\n")

    for succeeds in ("x", "\n        x", "[]", "\n        ENC[x", f"\n        {token[0]}", stanza[0]):
        yield beside_public(f"succeeds: {succeeds}")
    for other in ("x", "5", "a: b", "STANZA[x", "[]", "- x"):
        yield text.replace(stanza[0], other)
    recipient_id = re.search(r"r[0-9a-f]{32}(?=:)", text)
    assert recipient_id
    person = f"        bob{{}}:\n          {recipient_id[0]}:\n            {stanza[0]}\n"
    yield text + "".join(map(person.format, range(255)))
    yield text + "".join(map(person.format, range(256)))
    for version in ("", " []", "\n    a: 1", ' "1"'):
        yield text.replace("  version: 1\n", f"  version:{version}\n")
    yield re.sub(r"environment: .*", 'environment: ""', text)
    for value in ("...", "'a\tb'", '"\\xAb\\u00aB"', '"\\u200b"', '"a\tb"'):
        yield text.replace(header, f"\nNEW: {value}\n{header}")
    for padded in (b"tx\x80" + bytes(61), b"zx\x80" + bytes(61), b"tx" + bytes(62), b"tx\x80" + bytes(60), b""):
        yield text.replace(header, f"\nNEW:\n  {_write_only(text, 'PORT', padded)}\n{header}")
    age = base64.b64decode(stanza[0].split(",")[2][:-1])
    shares = (bytes(32), b"\1" + bytes(31), b"\xff" * 32, b"\2" + bytes(31))
    for share in shares:
        point = base64.b64encode(share).rstrip(b"=")
        stranger = base64.b64encode(re.sub(rb"(?<=-> X25519 ).*", point, age)).decode()
        yield text.replace(stanza[0], f"{stanza[0].rpartition(',')[0]},{stranger}]")


def _write_only(text: str, name: str, padded: bytes) -> str:
    """A token of kind w (4.5) at this name, with these bytes for a padded plaintext."""
    fields = {key: re.search(rf" {key}: (?:gsp1)?(\S+)", text) for key in ("id", "environment", "key", "public")}
    file_id, environment, key_id, public = (field[1] for field in fields.values() if field)
    parts = [part.encode() for part in ("gitseal/v1", "w", file_id, environment, "default", key_id, name)]
    context = struct.pack(">I", len(parts)) + b"".join(struct.pack(">I", len(part)) + part for part in parts)
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    token = suite.encrypt(padded, X25519PublicKey.from_public_bytes(base64.b64decode(public)), context)
    return f"ENC[v1,w,default:{key_id},{base64.b64encode(token).decode()}]"


def test_it_agrees_where_the_text_once_left_a_guess(node: str, open_policy: Sealed, tmp_path: Path) -> None:
    text = open_policy.file.read_text(encoding="utf-8")

    written = write_vectors(tmp_path, open_policy, (content.encode() for content in guessed(text)))

    last, _ = disagreements(node, tmp_path)
    assert last == f"{written} of {written} vectors agree"


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The file with one fault of the kinds that disks, merges, editors and attackers make."""
    lines = content.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    place = chance.randrange(len(content))
    tokens = [number for number, line in enumerate(lines) if b"ENC[" in line]
    match chance.randrange(8):
        case 0:
            return content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]
        case 1:
            return content[:place] + chance.choice(list("\t :#'\"=[],-wA0/\u200b\u2028é")).encode() + content[place:]
        case 2:
            return content[:place] + content[place + chance.randrange(1, 5) :]
        case 3:
            lines.insert(other, lines[one])
        case 4:
            del lines[one]
        case 5:
            lines[one], lines[other] = lines[other], lines[one]
        case 6:
            one, other = chance.sample(tokens, 2)
            lines[one] = lines[other]
        case _:
            # Inside of a token or a stanza, where most of a file's bytes are not: names and keys are as likely.
            number = chance.choice(
                [*tokens, *(n for n, line in enumerate(lines) if b"STANZA[" in line or b"gsp1" in line)]
            )
            at = chance.randrange(4, min(len(lines[number]), 200))
            lines[number] = lines[number][:at] + chance.choice([b"A", b"=", b"k", b"0"]) + lines[number][at + 1 :]
    return b"\n".join(lines)


@pytest.mark.parametrize("count", [pytest.param(40, id="some"), pytest.param(400, id="many", marks=pytest.mark.slow)])
def test_it_refuses_damaged_files_as_gitseal_does(node: str, open_policy: Sealed, count: int, tmp_path: Path) -> None:
    content = re.sub(rb"LONG:\n.*\n\n", b"", open_policy.file.read_bytes())
    chance = random.Random(f"damaged {count}")

    written = write_vectors(tmp_path, open_policy, (damaged(content, chance) for _ in range(count)))

    last, differing = disagreements(node, tmp_path)
    assert not differing, "\n".join(differing)
    assert last.endswith(f" of {written} vectors agree")
