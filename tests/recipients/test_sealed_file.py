"""Whole age files: real age opens what we seal, and we open what it sealed, whatever the kind and length."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Damaged, Error, Malformed, NotForYou
from gitseal.recipients import hybrid, sealed_file, x25519
from gitseal.recipients.dialogue import NOBODY
from gitseal.recipients.identity_file import parse_identities
from tests.recipients.real_age import age_for
from tests.recipients.test_hybrid import VECTORS, vector

CHUNK = 64 * 1024
LENGTHS = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5)
KINDS = ("x25519", "pq", "ssh-ed25519", "ssh-rsa")


class Key:
    """A new key of a kind: its public half, its private half in a file, and as an identity of ours."""

    def __init__(self, kind: str, folder: Path, name: str = "me") -> None:
        self.file = folder / f"{kind}-{name}"
        if kind.startswith("ssh-"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", kind.removeprefix("ssh-"), "-N", "", "-C", "", "-f", self.file], check=True
            )
            self.recipient = self.file.with_suffix(".pub").read_text().strip()
        else:
            made = hybrid.generate() if kind == "pq" else x25519.generate()
            self.file.write_bytes(made.text.reveal())
            self.file.chmod(0o600)
            self.recipient = made.recipient
        self.identities = parse_identities(self.file.read_bytes(), NOBODY, name)


def sealed(content: bytes, *recipients: str) -> bytes:
    return sealed_file.seal(content, sealed_file.recipient_keys(recipients))


def opened(file: bytes, *keys: Key) -> bytes:
    return sealed_file.open_file(file, [one for key in keys for one in key.identities], None, "backup.age")


@pytest.mark.parametrize("kind", KINDS)
def test_real_age_and_we_open_each_others_files_of_any_length(
    kind: str, tmp_path: Path, peer: Callable[[str], str]
) -> None:
    age, me, other = age_for(peer, is_post_quantum=kind == "pq"), Key(kind, tmp_path), Key(kind, tmp_path, "other")
    ours, theirs = tmp_path / "ours.age", tmp_path / "theirs.age"
    for length in LENGTHS:
        content = bytes(number % 251 for number in range(length))
        ours.write_bytes(sealed(content, other.recipient, me.recipient))
        assert subprocess.run([age, "-d", "-i", me.file, ours], check=True, capture_output=True).stdout == content
        subprocess.run([age, "-r", other.recipient, "-r", me.recipient, "-o", theirs], input=content, check=True)
        assert opened(theirs.read_bytes(), me) == content
        assert opened(ours.read_bytes(), me) == content
        theirs.unlink()


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.name)
def test_a_vector_of_a_whole_file_has_its_outcome(path: Path) -> None:
    """Files for several recipients too, which no stanza of ours is."""
    fields, file = vector(path)
    identity = hybrid.parse_identity(fields["identity"], "the vector's")
    try:
        content = identity.open_file(file)
        got = "no match" if content is None else hashlib.sha256(content).hexdigest()
    except (Malformed, Damaged):
        got = "header failure"
    assert got == fields.get("payload", fields["expect"])


@pytest.mark.parametrize("kind", ["x25519", "pq"])
def test_what_is_cut_off_or_changed_is_damaged(kind: str, tmp_path: Path) -> None:
    me = Key(kind, tmp_path)
    file = sealed(bytes(2 * CHUNK), me.recipient)
    # Behind a whole chunk too, where every byte that is left is as it was.
    for length in (len(file) - 1, len(file) - CHUNK - 16, file.index(b"\n--- ") + 20, 30):
        with pytest.raises(Error, match="is damaged"):
            opened(file[:length], me)
    for at in (len(file) - 1, len(file) - CHUNK, file.index(b"\n--- ") + 6):
        changed = bytearray(file)
        changed[at] ^= 1
        with pytest.raises(Error, match="is damaged"):
            opened(bytes(changed), me)


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    me, other, third = Key("x25519", tmp_path), Key("pq", tmp_path), Key("ssh-ed25519", tmp_path)
    for recipient, keys in ((me.recipient, (other, third)), (other.recipient, (me, third))):
        with pytest.raises(NotForYou, match="no identity at hand opens"):
            opened(sealed(b"content", recipient), *keys)


def test_post_quantum_keys_stand_in_no_file_with_others(tmp_path: Path) -> None:
    """As in age: one other recipient would make the file as weak as that one."""
    with pytest.raises(Error, match="post-quantum"):
        sealed_file.recipient_keys([Key("x25519", tmp_path).recipient, Key("pq", tmp_path).recipient])


def test_a_plugins_key_and_a_private_key_are_no_recipients_of_a_file() -> None:
    with pytest.raises(Error, match="age plugin"):
        sealed_file.recipient_keys(["age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t"])
    with pytest.raises(Error, match="private key"):
        sealed_file.recipient_keys([x25519.generate().text.reveal().decode().splitlines()[1]])


@pytest.mark.slow
def test_a_passphrase_opens_it_and_another_does_not() -> None:
    file = sealed_file.seal_behind(b"content", "pass phräse".encode())
    assert sealed_file.open_file(file, [], lambda _: "pass phräse".encode(), "b") == b"content"
    with pytest.raises(Error, match="is wrong"):
        sealed_file.open_file(file, [], lambda _: b"another", "b")
    with pytest.raises(Error, match="not at hand"):
        sealed_file.open_file(file, [], None, "b")
