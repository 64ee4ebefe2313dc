"""Files that dotenvx, ejson and ansible-vault sealed (vectors/make.sh) have for us the values that these tools decrypt."""

import hmac
import json
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7

from gitseal.document.value import ValueType
from gitseal.errors import Error, Malformed
from gitseal.exchange import Encrypted, foreign, refuse_encrypted_values
from gitseal.exchange.foreign import ForeignSource, Opened, ToolKeys
from gitseal.recipients.dialogue import Dialogue

VECTORS = Path(__file__).parent / "vectors"
EJSON = ToolKeys(environ={"EJSON_KEYDIR": str(VECTORS / "keydir")})
DOTENVX = ToolKeys(given=(VECTORS / "dotenvx.keys").read_bytes())
VAULT = ToolKeys(
    environ={
        "ANSIBLE_VAULT_PASSWORD_FILE": str(VECTORS / "password.txt"),
        "ANSIBLE_VAULT_IDENTITY_LIST": f"prod@{VECTORS / 'other.txt'}, asked@prompt",
    }
)


def read(name: str, keys: ToolKeys, form: str = "") -> Opened:
    opened = foreign.read((VECTORS / name).read_bytes(), ForeignSource(name, form, keys))
    assert opened is not None
    return opened


def values(opened: Opened) -> dict[str, object]:
    return {"/".join(item.path): _python(item.value.kind, item.value.reveal()) for item in opened.imported.items}


def _python(kind: ValueType, content: bytes) -> object:
    return content.decode() if kind is ValueType.TEXT else json.loads(content)


@pytest.mark.parametrize("name", ["dotenvx.env", "dotenvx.production.env"])
def test_dotenvx(name: str) -> None:
    wanted = json.loads((VECTORS / "dotenvx.json").read_text())
    del wanted["DOTENV_PUBLIC_KEY"]
    opened = read(name, DOTENVX)

    # dotenvx resolves what refers to other names; we do when asked.
    assert values(opened) == {**wanted, "URL": "postgres://u:${SMTP_PASSWORD}@db/shop"}
    assert opened.imported.references == ("URL",)
    assert opened.is_untyped
    comments = {item.path[0]: item.comments[-1:] for item in opened.imported.items if item.comments}
    assert comments == {"SMTP_USER": ("# Mail",), "PEM": ("# Two lines",)}


def test_the_keys_of_dotenvx_are_found_where_it_finds_them(tmp_path: Path) -> None:
    lines = (VECTORS / "dotenvx.keys").read_text().splitlines()
    first, second = (line for line in lines if line.startswith("DOTENV"))
    name, _, digits = second.partition("=")
    assert read("dotenvx.production.env", ToolKeys(environ={name: f"{'0' * 64},{digits}"})).imported.items
    assert read("dotenvx.env", ToolKeys(given=first.partition("=")[2].encode())).imported.items
    (tmp_path / ".env.keys").write_text(f"export {first}\n")
    assert read("dotenvx.env", ToolKeys(folder=str(tmp_path))).imported.items
    for keys in (ToolKeys(), ToolKeys(folder=str(tmp_path / "none")), ToolKeys(environ={name: digits})):
        with pytest.raises(Encrypted) as caught:
            read("dotenvx.env", keys)
        assert digits not in caught.value.message + caught.value.hint


def test_ejson() -> None:
    wanted = json.loads((VECTORS / "secrets.json").read_text())
    del wanted["_public_key"]
    environment = {f"environment/{name}": value for name, value in wanted.pop("environment").items()}
    assert values(read("secrets.ejson", EJSON)) == {**wanted, **environment}
    (key,) = (VECTORS / "keydir").iterdir()
    assert values(read("secrets.ejson", ToolKeys(given=key.read_bytes()))) == {**wanted, **environment}


def test_ejson_without_its_key(tmp_path: Path) -> None:
    for keys in (
        ToolKeys(environ={"EJSON_KEYDIR": str(tmp_path)}),
        ToolKeys(given=b"0" * 64),
        ToolKeys(given=b"no key"),
    ):
        with pytest.raises(Encrypted):
            read("secrets.ejson", keys)


PLAIN = {
    "db_user": "shop",
    "db_password": "hush-a",
    "db_port": 5432,
    "api/token": "hûsh 🔑",
    "hosts": ["hush-b", "hush-c"],
}


@pytest.mark.parametrize("name", ["whole.yml", "labelled.yml"])
def test_a_whole_vault_of_ansible(name: str) -> None:
    assert values(read(name, VAULT)) == PLAIN


def test_sealed_strings_of_ansible() -> None:
    assert values(read("inline.yml", VAULT)) == {
        "db_user": "shop",
        "db_password": "hush-a",
        "token": "hûsh 🔑",
        "api/hosts": ["hush-b"],
        "api/port": 8080,
    }


def _answering(*answers: str) -> tuple[ToolKeys, list[str]]:
    asked: list[str] = []

    def ask(prompt: str) -> bytes | None:
        asked.append(prompt)
        return answers[len(asked) - 1].encode() if len(asked) <= len(answers) else None

    return ToolKeys(dialogue=Dialogue(ask, passphrases=[])), asked


def test_a_person_is_asked_for_the_passwords_of_a_vault_that_no_file_has() -> None:
    first, second = ((VECTORS / f"{name}.txt").read_text().strip() for name in ("password", "other"))
    keys, asked = _answering("hush-wrong", f"{first}\n", second)
    assert values(read("inline.yml", keys))["token"] == "hûsh 🔑"
    first_tries = ['password for "inline.yml"', 'password for "inline.yml" (wrong; try 2 of 3)']
    assert asked == [*first_tries, 'password for "inline.yml, prod"']
    assert values(read("inline.yml", keys))["db_password"] == "hush-a"
    assert len(asked) == 3


def test_a_wrong_password_is_told_and_none_shows_the_way_out() -> None:
    keys, asked = _answering("hush-1", "hush-2", "hush-3", "hush-4")
    with pytest.raises(Error, match=r"the password for .* is wrong") as caught:
        read("whole.yml", keys)
    assert len(asked) == 3
    assert "hush" not in caught.value.message
    with pytest.raises(Encrypted, match=r"name no file with its password, and none was typed$"):
        read("whole.yml", _answering()[0])
    with pytest.raises(Encrypted, match=r"name no file with its password, and none was typed$"):
        read("whole.yml", ToolKeys())


def test_ansibles_word_for_a_question_is_one_here() -> None:
    listed = {"ANSIBLE_VAULT_IDENTITY_LIST": f"{VECTORS / 'password.txt'}, prod@prompt"}
    keys, asked = _answering((VECTORS / "other.txt").read_text().strip())
    assert values(read("inline.yml", keys._replace(environ=listed)))["token"] == "hûsh 🔑"
    assert asked == ['password for "inline.yml, prod"']


def test_a_vault_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text("hush-wrong\n")
    for keys in (
        ToolKeys(),
        ToolKeys(given=b"hush-wrong"),
        ToolKeys(environ={"ANSIBLE_VAULT_PASSWORD_FILE": str(tmp_path / "wrong")}),
    ):
        with pytest.raises(Encrypted) as caught:
            read("whole.yml", keys)
        assert "hush" not in caught.value.message + caught.value.hint


def test_a_program_that_prints_a_password_is_not_run(tmp_path: Path) -> None:
    program, trace = tmp_path / "password.sh", tmp_path / "trace"
    program.write_text(f"#!/bin/sh\ntouch {trace}\n")
    program.chmod(0o755)
    with pytest.raises(Error, match="is a program that prints a password"):
        read("whole.yml", ToolKeys(environ={"ANSIBLE_VAULT_PASSWORD_FILE": str(program)}))
    assert not trace.exists()


@pytest.mark.parametrize("form", ["", "dotenv", "json", "yaml"])
def test_a_sealed_file_is_known_whatever_it_is_said_to_be(form: str) -> None:
    assert read("dotenvx.env", DOTENVX, form).imported.items
    assert read("secrets.ejson", EJSON, form).imported.items


def test_a_format_that_is_asked_for_has_to_be_there() -> None:
    with pytest.raises(Malformed, match=r"^a\.env: the file is not what dotenvx writes$"):
        foreign.read(b"A=1\n", ForeignSource("a.env", "dotenvx", ToolKeys()))


def test_no_key_of_dotenvx_is_imported() -> None:
    with pytest.raises(Malformed, match="private keys of dotenvx"):
        read("dotenvx.keys", ToolKeys())


@pytest.mark.parametrize(
    "content",
    [b"A=1\n", b'{"a": "EJ[1:x]"}', b"a: $ANSIBLE_VAULT;1.1;AES256\n", b"A=encrypted: yes\n", b"DOTENV_PATH=.env\n"],
)
def test_ordinary_files_are_nobodys(content: bytes) -> None:
    assert foreign.read(content, ForeignSource("f", "", ToolKeys())) is None


def test_dotenv_vault_is_refused_by_name() -> None:
    content = b'#/--- .env.vault ---/\nDOTENV_VAULT_PRODUCTION="' + b"hush" * 20 + b'"\nDOTENV_VAULT=vlt_1\n'
    with pytest.raises(Encrypted, match=r"^f: the file is encrypted by dotenv-vault$") as caught:
        foreign.read(content, ForeignSource("f", "dotenv", ToolKeys()))
    assert "dotenv-vault local decrypt" in caught.value.hint


def vaulted(content: bytes) -> bytes:
    """What ansible-vault makes of these bytes, with the password of the vectors."""
    password, salt = (VECTORS / "password.txt").read_bytes().strip(), b"hush-salt"
    derived = PBKDF2HMAC(SHA256(), 80, salt, 10_000).derive(password)
    padder, encryptor = PKCS7(128).padder(), Cipher(AES(derived[:32]), CTR(derived[64:])).encryptor()
    sealed = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    mac = hmac.digest(derived[32:64], sealed, "sha256")
    lines = b"\n".join(part.hex().encode() for part in (salt, mac, sealed)).hex()
    return b"$ANSIBLE_VAULT;1.1;AES256\n" + lines.encode() + b"\n"


def test_a_vault_of_one_key_has_no_names() -> None:
    with pytest.raises(Malformed, match=r"^f: it holds one PEM block, and no names$"):
        foreign.read(vaulted(b"-----BEGIN KEY-----\nhush\n"), ForeignSource("f", "", VAULT))


def test_a_vault_is_what_its_name_says() -> None:
    for name, content in (("a.json", b'{"A": "hush"}'), (".env.prod", b"A=hush"), ("all", b"A: hush")):
        opened = foreign.read(vaulted(content), ForeignSource(f"dir.env/{name}", "", VAULT))
        assert opened is not None
        assert values(opened) == {"A": "hush"}


def test_ciphertext_within_a_vault_becomes_no_value() -> None:
    opened = foreign.read(vaulted(b"A: EJ[1:hush:x:y]\n"), ForeignSource("f", "", VAULT))
    assert opened is not None
    with pytest.raises(Encrypted, match="encrypted by ejson"):
        refuse_encrypted_values(opened.imported)


_PUBLIC = b'DOTENV_PUBLIC_KEY="' + b"0" * 66 + b'"\n'


@pytest.mark.parametrize("value", ["encrypted:", "encrypted:####", '" encrypted:abcd"', "encrypted: yes"])
def test_what_dotenvx_would_try_to_open_becomes_no_value(value: str) -> None:
    with pytest.raises(Error) as caught:
        foreign.read(_PUBLIC + f"A={value}\n".encode(), ForeignSource("f", "", ToolKeys()))
    assert "sealed by dotenvx" in caught.value.message
    added = (VECTORS / "dotenvx.env").read_bytes() + f"\nADDED={value}\n".encode()
    with pytest.raises(Error) as caught:
        foreign.read(added, ForeignSource("f", "", DOTENVX))
    assert caught.value.message.startswith('f: the value of "ADDED": it does not open')


def test_a_sentence_in_a_file_of_dotenvx_is_a_value() -> None:
    opened = foreign.read(_PUBLIC + b'A="it is encrypted: ask"\n', ForeignSource("f", "", ToolKeys()))
    assert opened is not None
    assert values(opened) == {"A": "it is encrypted: ask"}


def test_ciphertext_of_dotenvx_within_a_longer_text_becomes_no_value() -> None:
    lines = (VECTORS / "dotenvx.env").read_text()
    token = lines[lines.index("encrypted:") :].partition("\n")[0].strip("\"'")
    for value in (f"pre{token}", f'"a {token}"'):
        opened = foreign.read(f"{lines}\nADDED={value}\n".encode(), ForeignSource("f", "", DOTENVX))
        assert opened is not None
        with pytest.raises(Encrypted, match=r'^the value of "ADDED" is encrypted by dotenvx$') as caught:
            refuse_encrypted_values(opened.imported)
        assert "take away what stands before" in caught.value.cipher.advice


def test_what_stands_behind_a_hash_is_left_as_dotenvx_leaves_it() -> None:
    """`F=a#b` has the value `a` for dotenvx, which writes the ciphertext in its place and keeps the rest."""
    lines = (VECTORS / "dotenvx.env").read_text()
    token = lines[lines.index("encrypted:") :].partition("\n")[0].strip("\"'")
    for behind in ("#b", " # b", "#"):
        opened = foreign.read(f"{lines}\nADDED={token}{behind}\n".encode(), ForeignSource("f", "", DOTENVX))
        assert opened is not None
        assert values(opened)["ADDED"] == values(read("dotenvx.env", DOTENVX))["SMTP_USER"]
    with pytest.raises(Error, match='the value of "ADDED": it does not open'):
        foreign.read(f'{lines}\nADDED="{token}#b"\n'.encode(), ForeignSource("f", "", DOTENVX))


def _edited(name: str, old: bytes, new: bytes) -> bytes:
    data = (VECTORS / name).read_bytes()
    assert old in data
    return data.replace(old, new, 1)


@pytest.mark.parametrize(
    ("name", "keys", "old", "new"),
    [
        ("dotenvx.env", DOTENVX, b"encrypted:B", b"encrypted:C"),
        ("dotenvx.env", DOTENVX, b"encrypted:", b"encrypted:A"),
        ("dotenvx.env", DOTENVX, b"encrypted:", b"encrypted:" + b"A" * 200),
        ("secrets.ejson", EJSON, b"EJ[1:", b"EJ[2:"),
        ("secrets.ejson", EJSON, b'==]"', b']"'),
        ("secrets.ejson", EJSON, b'==]"', b'=="'),
        ("secrets.ejson", EJSON, b'"EJ[1:', b'"EJ[1:AAAA'),
        ("secrets.ejson", EJSON, b'  "port"', b'  "_public_key": "' + b"0" * 64 + b'", "port"'),
        ("secrets.ejson", EJSON, b'"port"', b'"_comment"'),
        ("whole.yml", VAULT, b"AES256\n", b"AES256\n3"),
        ("whole.yml", VAULT, b"AES256\n", b"AES256\n33"),
        ("whole.yml", VAULT, b";1.1;AES256", b";1.0;AES"),
        ("whole.yml", VAULT, b"AES256\n", b"AES256\nG3"),
        ("inline.yml", VAULT, b"AES256\n", b"AES256\n          39\n"),
    ],
)
def test_what_was_changed_does_not_open(name: str, keys: ToolKeys, old: bytes, new: bytes) -> None:
    with pytest.raises(Error) as caught:
        foreign.read(_edited(name, old, new), ForeignSource(name, "", keys))
    assert caught.value.message.startswith(name)
    assert "hush" not in repr(caught.value)


def test_a_value_cut_to_nothing_is_refused() -> None:
    whole = (VECTORS / "whole.yml").read_bytes()
    for length in range(0, len(whole), 97):
        with pytest.raises(Error):
            foreign.read(b"$ANSIBLE_VAULT;1.1;AES256\n" + whole[26:][:length], ForeignSource("v", "", VAULT))


def test_too_many_strings_of_a_vault_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitseal.exchange.foreign.ansible_vault._MOST_STRINGS", 2)
    with pytest.raises(Malformed, match="more than 2 sealed strings"):
        read("inline.yml", VAULT)


def test_deep_nesting_is_refused() -> None:
    public = b"0" * 64
    deep = b'{"_public_key": "' + public + b'", "a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    with pytest.raises(Malformed, match="nested more than"):
        foreign.read(deep, ForeignSource("d", "", EJSON))


def test_a_public_key_leads_to_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "id").write_text("hush")
    content = b'{"_public_key": "../id", "a": "EJ[1:x:y:z]"}'
    assert (
        foreign.read(content, ForeignSource("e", "", ToolKeys(environ={"EJSON_KEYDIR": str(tmp_path / "keys")})))
        is None
    )


def test_a_missing_library_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nacl.public", None)
    with pytest.raises(Error, match=r"^ejson needs the package PyNaCl, which is not installed$") as caught:
        read("secrets.ejson", EJSON)
    assert "install" in caught.value.hint
