"""The limits of a file, what a new one looks like, and what is told apart when a value does not open."""

import pytest

from gitseal.crypto.datakey import DataKey
from gitseal.document import document
from gitseal.document.document import MAX_NAMES
from gitseal.document.header import MAX_GROUPS, MAX_STANZAS, public_text
from gitseal.document.token import Stanza
from gitseal.document.value import MAX_CONTENT, ValueType, checked, from_plaintext, text
from gitseal.errors import Damaged, Error, Malformed, NotForYou, Stale, UnknownVersion
from gitseal.yamltext import editor, reader
from gitseal.yamltext.editor import Put

NEW = b"""\
# Sealed by gitseal: names are readable, values are not.

gitseal:
  version: 1
  id: FILE-ID
  environment: production
"""


def test_a_new_file() -> None:
    new = document.create("production")

    assert new.serialise() == NEW.replace(b"FILE-ID", new.header.id.encode())
    assert document.create("production").header.id != new.header.id


def test_a_new_group_and_its_first_value() -> None:
    new = document.create("production")
    key = DataKey.generate(new.header.scope("default"))
    block = ("gitseal", "access", "default")
    puts = {
        ("A",): Put(document.seal(key, ("A",), text("x")).serialise(), own_line=True),
        (*block, "key"): Put(key.key_id, tight=True),
        (*block, "public"): Put(public_text(key.public), tight=True),
        (*block, "stanzas", "alice", "r" + "0" * 32): Put(Stanza.of(key.key_id, b"1").serialise(), own_line=True),
        (*block, "stanzas", "bob", "r" + "1" * 32): Put(Stanza.of(key.key_id, b"2").serialise(), own_line=True),
    }

    made = document.parse(editor.edit(new.tree, puts, last="gitseal").serialise())

    shape = [line.partition("[")[0] for line in made.tree.lines]
    assert shape == [
        "# Sealed by gitseal: names are readable, values are not.",
        "",
        "A:",
        "  ENC",
        "",
        "gitseal:",
        "  version: 1",
        f"  id: {new.header.id}",
        "  environment: production",
        "",
        "  access:",
        "    default:",
        f"      key: {key.key_id}",
        f"      public: {public_text(key.public)}",
        "      stanzas:",
        "        alice:",
        f"          r{'0' * 32}:",
        "            STANZA",
        "",
        "        bob:",
        f"          r{'1' * 32}:",
        "            STANZA",
        "",
    ]
    assert document.open_entry(made, made.entries["A",], {"default": key}) == text("x")


def header(access: str) -> bytes:
    return f"gitseal:\n  version: 1\n  id: f{'0' * 32}\n  environment: e\n  access:\n{access}".encode()


def group(name: str, stanzas: int = 0) -> str:
    key = DataKey(document.parse(header("    {}\n").replace(b"\n    {}", b" {}")).header.scope(name), bytes(32))
    lines = [f"    {name}:", f"      key: {key.key_id}", f"      public: {public_text(key.public)}"]
    if stanzas:
        lines += ["      stanzas:", "        a:"]
    lines += [f"          r{at:032x}: {Stanza.of(key.key_id, b'x').serialise()}" for at in range(stanzas)]
    return "\n".join(lines) + "\n"


def test_the_most_groups() -> None:
    groups = [group(f"g{at}") for at in range(MAX_GROUPS + 1)]

    assert len(document.parse(header("".join(groups[:-1]))).header.access) == MAX_GROUPS == 64
    with pytest.raises(Malformed, match="at most 64 access groups"):
        document.parse(header("".join(groups)))


def test_the_most_stanzas() -> None:
    assert len(list(document.parse(header(group("g", MAX_STANZAS))).header.access["g"].wrapped())) == MAX_STANZAS == 256
    with pytest.raises(Malformed, match="at most 256 stanzas"):
        document.parse(header(group("g", MAX_STANZAS + 1)))


def test_one_name_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_NAMES", 2)
    end = document.create("e").serialise().decode()
    for written in ("{}: 1\n", "{}:\n  - 1\n"):
        names = [written.format(name) for name in "ABC"]
        assert len(document.parse(("".join(names[:2]) + end).encode()).entries) == 2
        with pytest.raises(Malformed, match="at most 2 names"):
            document.parse(("".join(names) + end).encode())


@pytest.mark.slow
def test_the_most_names() -> None:
    names = [f"A{at}: 1\n" for at in range(MAX_NAMES + 1)]
    end = document.create("e").serialise().decode()

    assert len(document.parse(("".join(names[:-1]) + end).encode()).entries) == MAX_NAMES == 200_000
    with pytest.raises(Malformed, match="at most 200000 names"):
        document.parse(("".join(names) + end).encode())


def test_the_largest_file() -> None:
    with pytest.raises(Malformed, match="larger than 64 MiB"):
        reader.parse(b"#" * (64 * 2**20 + 1))


def test_the_largest_value() -> None:
    assert from_plaintext(b"y" + bytes(MAX_CONTENT)).kind is ValueType.BYTES
    with pytest.raises(Error, match="more than the 8388608 that fit"):
        checked(ValueType.BYTES, bytes(MAX_CONTENT + 1))
    with pytest.raises(Damaged):
        from_plaintext(b"y" + bytes(MAX_CONTENT + 1))


@pytest.mark.parametrize("kind", list(ValueType))
def test_no_value_shows_itself(kind: ValueType) -> None:
    content = {
        ValueType.TEXT: b"s3cr3t",
        ValueType.INTEGER: b"7331",
        ValueType.FLOAT: b"73.31",
        ValueType.BOOLEAN: b"true",
    }
    value = checked(kind, content.get(kind, b"" if kind is ValueType.NULL else b'"s3cr3t"'))

    assert repr(value) == str(value) == f"{value}" == f"Value({kind.word}, …)"


def test_no_refused_content_shows_itself() -> None:
    for kind in (ValueType.INTEGER, ValueType.FLOAT, ValueType.BOOLEAN, ValueType.NULL, ValueType.JSON):
        with pytest.raises(Error) as refused:
            checked(kind, b"s3cr3t")
        assert "s3cr3t" not in refused.value.message + refused.value.hint
        with pytest.raises(Damaged) as damaged:
            from_plaintext(kind.value + b"s3cr3t")
        assert "s3cr3t" not in damaged.value.message
    with pytest.raises(UnknownVersion) as unknown:
        from_plaintext(b"zs3cr3t")
    assert "s3cr3t" not in unknown.value.message


def test_refusals_name_the_name_and_its_line() -> None:
    scope = document.create("production").header.scope("default")
    key, old = DataKey(scope, bytes(32)), DataKey(scope, b"\1" * 32)
    access = f"  access:\n    default:\n      key: {key.key_id}\n      public: {public_text(key.public)}\n"
    tokens = {
        "GOOD": document.seal(key, ("GOOD",), text("x")),
        "MOVED": document.seal(key, ("GOOD",), text("x")),
        "STALE": document.seal(old, ("STALE",), text("x")),
        "LOST": document.seal(key, ("ELSEWHERE",), text("x")),
    }
    lines = "".join(f"{name}:\n  {token.serialise()}\n\n" for name, token in tokens.items())
    head = f"gitseal:\n  version: 1\n  id: {scope.file_id}\n  environment: production\n"
    parsed = document.parse((lines + head + access).encode())
    keys = {"default": key}

    assert document.open_entry(parsed, parsed.entries["GOOD",], keys) == text("x")
    with pytest.raises(Damaged, match=r'"MOVED" \(line 4\) was moved: it holds what was sealed as "GOOD"'):
        document.open_entry(parsed, parsed.entries["MOVED",], keys)
    with pytest.raises(Stale, match=r'"STALE" \(line 7\)'):
        document.open_entry(parsed, parsed.entries["STALE",], {})
    with pytest.raises(Damaged, match=r'"LOST" \(line 10\): damaged or moved'):
        document.open_entry(parsed, parsed.entries["LOST",], keys)
    with pytest.raises(NotForYou, match='"GOOD" is sealed to access group "default"'):
        document.open_entry(parsed, parsed.entries["GOOD",], {})
