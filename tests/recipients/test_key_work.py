"""A private key file decides how much work its passphrase takes: up to a limit, and before anybody is asked."""

import base64
import struct
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from gitseal.crypto.ssh_wire import string
from gitseal.errors import Error
from gitseal.recipients.dialogue import Dialogue
from gitseal.recipients.identity_file import parse_identities
from gitseal.recipients.key_work import MAX_ROUNDS, MAX_SCRYPT, check_pkcs8


def never(words: str) -> bytes:
    raise AssertionError(words)


def with_rounds(text: bytes, rounds: int) -> bytes:
    """The same OpenSSH key file, which says that it wants this many rounds."""
    lines = text.strip().split(b"\n")
    blob = base64.b64decode(b"".join(lines[1:-1]))
    start = blob.index(b"\0\0\0\x06bcrypt") + 10
    options, _ = string(blob[start:])
    assert options is not None
    at = start + 4 + len(options) - 4
    changed = base64.b64encode(blob[:at] + struct.pack(">I", rounds) + blob[at + 4 :])
    return b"\n".join((lines[0], changed, lines[-1], b""))


@pytest.mark.parametrize("rounds", [MAX_ROUNDS + 1, 2**32 - 1])
def test_a_key_that_asks_for_years_is_refused_before_anybody_is_asked(rounds: int, pairs: dict[str, Any]) -> None:
    hostile = with_rounds(pairs["ssh-ed25519 locked"].private, rounds)
    with pytest.raises(Error, match=f"asks for too much work .*: {rounds:,} rounds of bcrypt, more than 1,024"):
        parse_identities(hostile, Dialogue(never), "me")


@pytest.mark.parametrize("rounds", [16, 24, 100, 500, MAX_ROUNDS])
def test_what_people_give_to_ssh_keygen_is_taken(rounds: int, pairs: dict[str, Any]) -> None:
    pair = pairs["ssh-ed25519 locked"]
    (identity,) = parse_identities(with_rounds(pair.private, rounds), Dialogue(never), "me")
    assert identity.recipient == pair.public


def test_a_second_block_behind_a_harmless_one_is_refused(pairs: dict[str, Any]) -> None:
    harmless, hostile = pairs["ssh-ed25519 locked"].private, with_rounds(pairs["ssh-ed25519 locked"].private, 2**31)
    with pytest.raises(Error, match="damaged SSH private key"):
        parse_identities(harmless + hostile, Dialogue(never), "me")


@pytest.mark.parametrize(
    ("limit", "options", "message"),
    [
        ("MAX_ITERATIONS", ["-v2", "aes-256-cbc", "-iter", "2049"], "2,049 iterations, more than 2,048"),
        ("MAX_SCRYPT", ["-scrypt", "-scrypt_N", "512", "-scrypt_r", "8"], "4,096 blocks of scrypt, more than 2,048"),
    ],
)
def test_the_same_for_pkcs8_as_openssl_writes_it(
    limit: str,
    options: list[str],
    message: str,
    peer: Callable[[str], str],
    pairs: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = [peer("openssl"), "pkcs8", "-topk8", *options, "-passout", "pass:x"]
    done = subprocess.run(command, input=pairs["ssh-rsa pem"].private, capture_output=True, check=True)
    (identity,) = parse_identities(done.stdout, Dialogue(never), "me")
    assert identity.recipient is None
    # What takes too long to read takes as long to write, so the limit comes down to the file.
    monkeypatch.setattr(f"gitseal.recipients.key_work.{limit}", 2048)
    with pytest.raises(Error, match=message):
        parse_identities(done.stdout, Dialogue(never), "me")


def test_scrypt_takes_a_gibibyte_at_most() -> None:
    assert MAX_SCRYPT * 128 == 1 << 30


@pytest.mark.parametrize("der", [b"", b"\x30", b"\x30\x84", b"\x30\x80" * 50, b"\x30\xff" + bytes(64), bytes(64)])
def test_what_is_no_key_passes_and_opens_nothing(der: bytes) -> None:
    check_pkcs8(der, "me")
