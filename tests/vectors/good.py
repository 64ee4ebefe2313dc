"""Files that open: every type, both kinds, every border of a size class, every layout that the grammar has."""

import hashlib
import json
from collections.abc import Iterator

from tests.vectors.build import ALICE, BOB, TITLE, File, Vector
from tests.vectors.reference import Stream, b64

# Each with the plaintext that is sealed: a type byte and the content.
TYPES = {
    "TEXT": (b"t", "postgres://app@db/app"),
    "EMPTY": (b"t", ""),
    "LINES": (b"t", "first\n\nthird\r\n"),
    "UNICODE": (b"t", "Grüße, 日本, 😀, \u200b\u0000"),
    "INTEGER": (b"i", "-9007199254740993"),
    "FLOAT": (b"f", "1.50"),
    "BOOLEAN": (b"b", "true"),
    "NOTHING": (b"n", ""),
    "BYTES": (b"y", "00ff80"),
    "JSON": (b"j", '{"a": [1, "b", null]}'),
    "JSON_PAIR": (b"j", '["\\ud83d\\ude00", "\\u0000"]'),
    "JSON_DEEP": (b"j", "[" * 128 + "]" * 128),
    "JSON_LONG": (b"j", "-" + "9" * 999),
    "JSON_SPACED": (b"j", " [1.10 ,\t1e400]\r\n"),
}
WORDS = {b"t": "text", b"i": "integer", b"f": "float", b"b": "boolean", b"n": "null", b"y": "bytes", b"j": "json"}
# Bytes of a plaintext with its marker: the last that fit a class. 16 KiB is a chunk of Cobblestone too.
BORDERS = (*range(64, 513, 64), 576, 1024, 1152, 2048, 4096, 16384, 18432, 32768)


def value(name: str, kind: bytes, content: bytes) -> str:
    """The line that says what a name holds; of a long value only its length and hash."""
    if len(content) > 100:
        return f"value: {name} {WORDS[kind]} {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}"
    return f"value: {name} {WORDS[kind]} {json.dumps(content.hex() if kind == b'y' else content.decode())}"


def example() -> tuple[File, str]:
    """The file of the worked example in docs/format.md, section 10, and its one token."""
    file = File("example")
    return file, file.default.seal("api/TOKEN", b"ts3cr3t")


def vectors() -> Iterator[Vector]:
    file, token = example()
    about = "the worked example of docs/format.md"
    yield Vector("example", about, ['value: api/TOKEN text "s3cr3t"'], file.text({"api/TOKEN": token}))
    yield from types()
    yield from borders()
    yield from headers()
    yield from layouts()


def types() -> Iterator[Vector]:
    for kind, word in {"s": "sealed by a holder of the data key", "w": "write-only"}.items():
        label = f"types-{kind}"
        file = File(label)
        plaintexts = {
            name: (mark, bytes.fromhex(text) if mark == b"y" else text.encode()) for name, (mark, text) in TYPES.items()
        }
        sealed = {name: file.default.seal(name, mark + content, kind) for name, (mark, content) in plaintexts.items()}
        yield Vector(
            label, f"every type, {word}", [value(name, *pair) for name, pair in plaintexts.items()], file.text(sealed)
        )


def borders() -> Iterator[Vector]:
    for border in BORDERS:
        label = f"size-{border}"
        file = File(label)
        contents = {"FILLS_IT": b"x" * (border - 2), "IS_ONE_MORE": b"x" * (border - 1)}
        sealed = {name: file.default.seal(name, b"t" + content) for name, content in contents.items()}
        about = f"a plaintext that fills the size class of {border} bytes, and one that is a byte longer"
        yield Vector(
            label, about, [value(name, b"t", content) for name, content in contents.items()], file.text(sealed)
        )
    file = File("size-16384-w")
    sealed = {"A": file.default.seal("A", b"t" + b"x" * 16382, "w")}
    yield Vector("size-16384-w", "a write-only value of 16 KiB", [value("A", b"t", b"x" * 16382)], file.text(sealed))


def headers() -> Iterator[Vector]:
    file = File("sections")
    names = ("A", "api/TOKEN", "api/deep/B", "a1/a2/a3/a4/a5/a6/a7/a8")
    sealed = {name: file.default.seal(name, b"t" + name.encode()) for name in names}
    yield Vector(
        "sections",
        "names in sections, eight deep",
        [value(name, b"t", name.encode()) for name in names],
        file.text(sealed),
    )

    file = File("two-people")
    blocks = file.default.block({BOB: file.default.stanza(file.default.age_file(BOB)), ALICE: file.default.stanza()})
    yield Vector(
        "two-people", "wrapped for two", ['value: A text "x"'], file.text({"A": file.default.seal("A", b"tx")}, blocks)
    )

    file = File("two-groups")
    other = file.group("payments")
    bobs = other.block({BOB: other.stanza(other.age_file(BOB))})
    sealed = {"A": file.default.seal("A", b"tx"), "B": other.seal("B", b"ty")}
    expect = ['value: A text "x"', "refused: B not-for-you"]
    yield Vector("two-groups", "one group of two opens", expect, file.text(sealed, file.default.block(), bobs))

    file = File("grease")
    greased = file.default.age_file(before="-> a-grease x y\nAAAA\n", after="-> -grease\n\n")
    expect = ['value: A text "x"']
    text = file.text({"A": file.default.seal("A", b"tx")}, file.default.block({ALICE: file.default.stanza(greased)}))
    yield Vector("grease", "an age header with grease stanzas", expect, text)

    file = File("succession")
    old = file.group("default", secret=Stream("the old key").take(32))
    words = f"{file.default.key_id} gsp1{b64(file.default.public)}"
    succeeds = old.seal("gitseal/access/default/succeeds", b"t" + words.encode())
    expect = ['value: A text "x"', f"succession: default {old.secret.hex()} {json.dumps(words)}"]
    text = file.text({"A": file.default.seal("A", b"tx")}, file.default.block(succeeds=succeeds))
    yield Vector("succession", "the old data key vouches for the new one", expect, text)

    file = File("no-access")
    header = f"gitseal:\n  version: 1\n  id: {file.id}\n  environment: production\n"
    yield Vector("no-access", "a new file: no access group yet", [], (TITLE + header).encode())


def layouts() -> Iterator[Vector]:
    file = File("crlf")
    text = file.text({"A": file.default.seal("A", b"tx"), "B": file.default.seal("B", b"ty")}).replace(b"\n", b"\r\n")
    yield Vector("crlf", "lines end with CR LF", ['value: A text "x"', 'value: B text "y"'], text)

    file = File("one-line")
    token = file.default.seal("A", b"tx")
    text = f"# one\nA : {token}  # why\nB: '{file.default.seal('B', b'ty')}'\n{file.header().rstrip()}".encode()
    about = "tokens on their names' lines, one quoted; comments; no line end at the end"
    yield Vector("one-line", about, ['value: A text "x"', 'value: B text "y"'], text)

    file = File("header-first")
    text = (file.header() + "\nA:\n  " + file.default.seal("A", b"tx") + "\n").encode()
    yield Vector("header-first", "the header stands first", ['value: A text "x"'], text)

    file = File("quoted-name")
    text = file.text({'"yes"': file.default.seal("yes", b"tx")})
    yield Vector(
        "quoted-name", "a name that has to be quoted is bound without its quotes", ['value: yes text "x"'], text
    )

    yield plain()


# What a text of a list is as JSON: escapes where JSON has to have them, and nowhere else.
TEXTS = "json " + json.dumps('["a\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f","é😀"]')


def plain() -> Vector:
    file = File("plain")
    lines = {
        "LEVEL: info": 'text "info"',
        "PORT: 8080": 'integer "8080"',
        "NEGATIVE: -1": 'integer "-1"',
        "RATIO: 0.50": 'float "0.50"',
        "ON: true": 'boolean "true"',
        "NOTHING: null": 'null ""',
        "EMPTY:": 'null ""',
        'QUOTED: "8080"': 'text "8080"',
        "SINGLE: 'it''s'": 'text "it\'s"',
        'ESCAPES: "a\\nb\\t\\"\\x41\\u00e9"': 'text "a\\nb\\t\\"A\\u00e9"',
        "LIST:\n  - a\n  - 1": 'json "[\\"a\\",1]"',
        "NUMBERS:\n  - 1.10\n  - 0.00001\n  - -0.50\n  - 100000000000000000": 'json "[1.10,0.00001,-0.50,100000000000000000]"',
        'TEXTS:\n  - "a\\"\\\\/\\b\\f\\n\\r\\t\\x01\\x7f"\n  - é😀': TEXTS,
        "MIXED:\n  - null\n  - true\n  - {}\n  - []": 'json "[null,true,{},[]]"',
        "NONE: []": 'json "[]"',
        "NOWHERE: {}": 'json "{}"',
        "LIKE: ENC": 'text "ENC"',
        "HASH: a#b": 'text "a#b"',
    }
    lines = {('"ON": true' if line == "ON: true" else line): said for line, said in lines.items()}
    expect = [f"value: {line.partition(':')[0].strip(chr(34))} {said}" for line, said in lines.items()]
    return Vector(
        "plain", "plain values of every spelling", expect, (TITLE + "\n".join(lines) + "\n\n" + file.header()).encode()
    )
