"""One runner over all vectors: the file opens to the values that are expected, or is refused in the way that is."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from gitseal.crypto.datakey import DataKey
from gitseal.document import document
from gitseal.document.document import Document
from gitseal.document.header import succession_path
from gitseal.document.value import TypedValue, ValueType, from_plaintext
from gitseal.errors import Damaged, Error, Malformed, NotForYou, Stale, UnknownVersion
from gitseal.hidden import SecretBytes
from gitseal.identities import Keyring
from gitseal.identities.source import IdentitySource
from gitseal.project.keys import Keys

HERE = Path(__file__).parent
FILES = sorted((HERE / "files").glob("*.txt"))
REFUSALS = {
    NotForYou: "not-for-you",
    Damaged: "damaged",
    Stale: "stale",
    Malformed: "malformed",
    UnknownVersion: "unknown-version",
}


def told(value: TypedValue) -> str:
    content = value.reveal()
    if len(content) > 100:
        return f"{value.kind.word} {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}"
    return f"{value.kind.word} {json.dumps(content.hex() if value.kind is ValueType.BYTES else content.decode())}"


def refusal(error: Error) -> str:
    word = REFUSALS[type(error)]
    if isinstance(error, Damaged) and " was moved: " in error.message:
        return "moved " + error.message.rpartition(' sealed as "')[2].removesuffix('"')
    return word


def outcomes(data: bytes, identity: str) -> list[str]:
    """What gitseal has to say of the file, in the words of the vectors."""
    try:
        parsed = document.parse(data)
    except Malformed as error:
        return [f"refused: file malformed {error.line}"]
    except UnknownVersion:
        return ["refused: file unknown-version"]
    keys = Keys(parsed.header, Keyring([IdentitySource("the vector", SecretBytes(identity.encode()), explicit=True)]))
    return [outcome(parsed, name, keys) for name in parsed.entries]


def outcome(parsed: Document, path: tuple[str, ...], keys: Keys) -> str:
    entry = parsed.entries[path]
    try:
        return f"value: {entry.name} {told(document.open_entry(parsed, entry, keys))}"
    except Error as error:
        return f"refused: {entry.name} {refusal(error)}"


def succession(data: bytes, line: str) -> str:
    """The line again, with what the succession token opens to under the old key that the line gives."""
    group, secret = line.removeprefix("succession: ").split(" ")[:2]
    header = document.parse(data).header
    token = header.access[group].succeeds
    assert token is not None
    old = DataKey(header.scope(group), bytes.fromhex(secret))
    assert token.key_id == old.key_id
    value = from_plaintext(old.open(token.kind, succession_path(group), token.ciphertext()))
    return f"succession: {group} {secret} {json.dumps(value.reveal().decode())}"


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_vector(path: Path) -> None:
    head, data = path.read_bytes().split(b"\n\n", 1)
    about, identity, *expect = head.decode().split("\n")
    assert about.startswith("about: ")

    said = outcomes(data, identity.removeprefix("identity: "))
    said += [succession(data, line) for line in expect if line.startswith("succession: ")]

    assert said == expect


def test_the_vectors_are_what_their_program_makes() -> None:
    done = subprocess.run([sys.executable, HERE / "make.py", "--check"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_changed_vector_is_noticed() -> None:
    from tests.vectors import make

    made = make.everything()

    assert len(made) == len(FILES) > 120
    assert all(path.read_bytes() == made[path.name] for path in FILES)
