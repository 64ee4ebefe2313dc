"""Each kind of recipient: what it takes, what it refuses, and that the real age reads and writes the same stanzas."""

import base64
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Damaged, Error, Malformed
from gitseal.recipients import kinds
from gitseal.recipients.dialogue import NOBODY
from gitseal.recipients.identity_file import parse_identities
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient, without_private_keys
from gitseal.recipients.stanza import check_stanza
from gitseal.recipients.x25519 import generate
from tests.recipients.real_age import age_for

KINDS = ["x25519", "hybrid", "ssh-ed25519", "ssh-rsa"]
KEY = bytes(range(32))


def refused(text: str) -> Error:
    with pytest.raises(Error) as caught:
        parse_recipient(text)
    assert text not in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrapped_comes_back(kind: str, pairs: dict[str, Any]) -> None:
    pair = pairs[kind]
    recipient = parse_recipient(pair.public)
    (identity,) = parse_identities(pair.private, NOBODY, "me")

    @given(st.binary(min_size=32, max_size=32))
    def law(data_key: bytes) -> None:
        stanza = recipient.wrap(data_key)
        check_stanza(stanza)
        check_stanza(stanza, recipient)
        assert identity.unwrap(stanza) == data_key

    law()
    assert identity.recipient == recipient.canonical
    assert identity.wants(recipient_id(recipient.canonical))
    assert not identity.wants(recipient_id("another"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_real_age_opens_our_stanza(
    kind: str, pairs: dict[str, Any], peer: Callable[[str], str], tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_bytes(pairs[kind].private)
    key.chmod(0o600)
    stanza = parse_recipient(pairs[kind].public).wrap(KEY)
    done = subprocess.run(
        [age_for(peer, is_post_quantum=kind == "hybrid"), "-d", "-i", key],
        input=stanza,
        capture_output=True,
        check=True,
    )
    assert done.stdout == KEY


@pytest.mark.parametrize("kind", KINDS)
def test_we_open_the_stanza_of_the_real_age(kind: str, pairs: dict[str, Any], peer: Callable[[str], str]) -> None:
    pair = pairs[kind]
    stanza = subprocess.run(
        [age_for(peer, is_post_quantum=kind == "hybrid"), "-r", pair.public], input=KEY, capture_output=True, check=True
    ).stdout
    check_stanza(stanza, parse_recipient(pair.public))
    (identity,) = parse_identities(pair.private, NOBODY, "me")
    assert identity.unwrap(stanza) == KEY


def test_the_file_of_age_keygen_parses(peer: Callable[[str], str]) -> None:
    text = subprocess.run([peer("age-keygen")], capture_output=True, check=True).stdout
    (identity,) = parse_identities(text, NOBODY, "me")
    assert f"# public key: {identity.recipient}" in text.decode()


def test_the_real_age_keygen_reads_what_generate_makes(peer: Callable[[str], str], tmp_path: Path) -> None:
    made = generate()
    file = tmp_path / "identity.txt"
    file.write_bytes(made.text.reveal())
    shown = subprocess.run([peer("age-keygen"), "-y", file], capture_output=True, text=True, check=True).stdout
    assert shown == made.recipient + "\n"
    assert made.text.reveal().startswith(f"# public key: {made.recipient}\nAGE-SECRET-KEY-1".encode())
    assert "SECRET" not in repr(made)


@pytest.mark.parametrize("kind", KINDS)
def test_another_identity_gives_none(kind: str, pairs: dict[str, Any]) -> None:
    stanza = parse_recipient(pairs[kind].public).wrap(KEY)
    for other in {*KINDS, "ssh-ed25519 locked"} - {kind}:
        (identity,) = parse_identities(pairs[other].private, NOBODY, "me")
        assert identity.unwrap(stanza) is None
    (stranger,) = parse_identities(generate().text.reveal(), NOBODY, "me")
    assert stranger.unwrap(stanza) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_stanza_never_opens(kind: str, pairs: dict[str, Any]) -> None:
    stanza = parse_recipient(pairs[kind].public).wrap(KEY)
    (identity,) = parse_identities(pairs[kind].private, NOBODY, "me")
    # RSA takes a millisecond to open, so every byte is changed for the others and every fifth there.
    for place in range(0, len(stanza), 5 if kind == "ssh-rsa" else 1):
        changed = bytearray(stanza)
        changed[place] ^= 1
        try:
            assert identity.unwrap(bytes(changed)) is None
        except (Malformed, Damaged):
            continue


def test_a_data_key_of_another_length_is_a_bug_of_the_caller(pairs: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        parse_recipient(pairs["x25519"].public).wrap(KEY[:31])


def test_the_id_is_that_of_the_format() -> None:
    # printf %s age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj | sha256sum | cut -c1-32
    known = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
    assert recipient_id(known) == "r6a804773982840fa7eae3847079a53b0"


def test_an_age_recipient_has_one_spelling(pairs: dict[str, Any], encode: Callable[[str, bytes], str]) -> None:
    text = pairs["x25519"].public
    assert parse_recipient(f" {text}\n").canonical == text
    assert "lower case" in refused(text.upper()).message
    refused(text[:20] + text[20:].upper())
    refused(text[:-1])
    refused(text[:-1] + ("q" if text[-1] != "q" else "p"))
    refused(encode("age", bytes(31)))
    refused("age1" + "q" * 5)


P = 2**255 - 19
EIGHTH = 325606250916557431795983626356110631294008115727848805560023387167927233504
OTHER = 39382357235489614581723060781553021112529911719440698176882885853963445705823
WEAK = [0, 1, P - 1, P, P + 1, P + 9, EIGHTH, OTHER, 2**255, 2**255 + 9]


@pytest.mark.parametrize("u", WEAK)
def test_weak_and_twice_spelled_points_are_refused(u: int, encode: Callable[[str, bytes], str]) -> None:
    assert "weak" in refused(encode("age", u.to_bytes(32, "little"))).message


def double(u: int) -> int | None:
    """Double the point on Curve25519; None is the point at infinity."""
    below = 4 * u * (u * u + 486662 * u + 1) % P
    return (u * u - 1) ** 2 * pow(below, -1, P) % P if below else None


@pytest.mark.parametrize("u", [0, 1, P - 1, EIGHTH, OTHER])
def test_the_list_of_weak_points_is_right(u: int) -> None:
    point: int | None = u
    for _ in range(3):
        point = None if point is None else double(point)
    assert point is None


def ssh_text(kind: str, *fields: bytes) -> str:
    blob = b"".join(len(field).to_bytes(4, "big") + field for field in (kind.encode(), *fields))
    return f"{kind} {base64.b64encode(blob).decode()}"


def number(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


# y of the points of order 1, 2, 4, 8, 8 (libsodium, ge25519_has_small_order), and spellings above p.
ED_WEAK = [
    1,
    P - 1,
    0,
    int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
    int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
    P,
    P + 1,
    P + 3,
]


@pytest.mark.parametrize("y", [*ED_WEAK, *(y + 2**255 for y in ED_WEAK)])
def test_weak_ssh_points_are_refused(y: int) -> None:
    assert "sound" in refused(ssh_text("ssh-ed25519", y.to_bytes(32, "little"))).message


def test_a_point_off_the_curve_is_refused() -> None:
    refused(ssh_text("ssh-ed25519", (2).to_bytes(32, "little")))


def test_an_ssh_recipient_loses_its_comment(pairs: dict[str, Any]) -> None:
    text = pairs["ssh-ed25519"].public
    assert parse_recipient(f"{text} alice@laptop, the old one\n").canonical == text
    assert parse_recipient(text.replace(" ", "  ")).canonical == text


def test_an_ssh_recipient_has_one_spelling(pairs: dict[str, Any]) -> None:
    text = pairs["ssh-rsa"].public
    kind, encoded = text.split()
    for changed in (encoded[:-1], encoded[:-4], encoded + "=", encoded[:30] + "!" + encoded[30:], "", "é"):
        refused(f"{kind} {changed}")
    refused(f"ssh-ed25519 {encoded}")
    refused(f"{text}\n{text}")
    blob = base64.b64decode(encoded)
    refused(f"{kind} {base64.b64encode(blob + bytes(4)).decode()}")
    refused(f'command="x" {text}')


def test_base64_with_spare_bits_is_refused() -> None:
    key = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    text = ssh_text("ssh-ed25519", key)
    assert parse_recipient(text).canonical == text
    # 51 bytes leave no spare bits, an RSA blob of 279 neither, so the check is put to a blob with them.
    blob = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x1f" + key[:31]).decode()
    assert blob.endswith("=")
    refused("ssh-ed25519 " + blob[:-2] + chr(ord(blob[-2]) + 1) + "=")


def test_rsa_keys_have_bounds(pairs: dict[str, Any]) -> None:
    modulus = rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
    assert parse_recipient(ssh_text("ssh-rsa", number(65537), number(modulus))).wrap(KEY)
    for exponent in (0, 1, 2, 65536):
        assert "sound" in refused(ssh_text("ssh-rsa", number(exponent), number(modulus))).message
    refused(ssh_text("ssh-rsa", number(65537), b"\0" + number(modulus)))
    refused(ssh_text("ssh-rsa", number(65537), number(modulus)[1:]))
    refused(ssh_text("ssh-rsa", number(65537), number(modulus + 1)))
    refused(ssh_text("ssh-rsa", number(65537)))
    refused(ssh_text("ssh-rsa", number(65537), number(modulus), b"more"))
    short = refused(ssh_text("ssh-rsa", number(65537), number(modulus >> 8 | 1)))
    assert (short.message, "2048 to 4096" in short.hint) == ("the ssh-rsa recipient has 2040 bits", True)
    refused(ssh_text("ssh-rsa", number(65537), number((modulus << 2056) + 1)))


def test_other_ssh_types_are_refused_with_what_works() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    text = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    for other in (text, "ssh-dss AAAA", "sk-ssh-ed25519@openssh.com AAAA x", "ssh-ed25519-cert-v01@openssh.com AAAA"):
        failure = refused(other)
        assert other.split()[0] in failure.message
        assert "ssh-ed25519" in failure.hint


def test_other_kinds_say_what_they_are(encode: Callable[[str, bytes], str]) -> None:
    assert "post-quantum" in refused(encode("age1pq", bytes(1215))).message
    assert "weak point" in refused(encode("age1pq", bytes(1216))).message
    assert "ML-KEM" in refused(encode("age1pq", b"\xff" * 1184 + bytes([9]) + bytes(31))).message
    assert "private key" in refused(generate().text.reveal().decode().splitlines()[1]).message
    assert "private key" in refused("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA").message
    for text in ("alice", "AGE1X", "age2x", "github:alice", "p256tag"):
        refused(text)


def test_nothing_heavy_is_imported_before_the_first_key() -> None:
    code = (
        "import sys, gitseal.recipients.kinds as r, gitseal.identities\n"
        "assert not {'pyrage', 'json', 'subprocess', 'tempfile', 'bcrypt'} & set(sys.modules)\n"
        "r.parse_recipient('age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj')\n"
        "assert 'pyrage' in sys.modules and not {'subprocess', 'tempfile'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_kind_is_told_from_the_others(pairs: dict[str, Any], encode: Callable[[str, bytes], str]) -> None:
    keys = [*(pair.public for pair in pairs.values()), encode("age1toy", b"0123456789")]
    assert all(sum(kind.is_public(key) for kind in kinds.KINDS) == 1 for key in keys)
    types = [name for kind in kinds.KINDS for name in kind.stanzas]
    assert len(types) == len(set(types))


def test_an_identity_line_is_known_whole_and_not_with_a_character_changed() -> None:
    line = generate().text.reveal().decode().splitlines()[1]
    (known,) = (form for form in kinds.IDENTITY_LINES if line.startswith(form.begins))
    assert re.fullmatch(known.pattern, line.encode())
    assert known.is_whole(line.lower())
    assert not known.is_whole(line[:-1].lower() + ("q" if line[-1] != "Q" else "p"))


def test_private_keys_in_a_message_are_hidden() -> None:
    key = generate()[0].reveal().decode().split()[-1]
    plugin = "AGE-PLUGIN-YUBIKEY-1QYZGLEQZ7CSNY"
    pem = "-----BEGIN OPENSSH PRIVATE KEY-----\\nb3BlbnNzaC1rZXktdjE="
    for text in (key, key.lower(), plugin, key[:30]):
        assert without_private_keys(f'"{text}" cannot be read') == '"[a private key]" cannot be read'
    assert without_private_keys(f'"x/{pem}') == '"x/[a private key]'
    for text in (
        "age1qqq is no recipient",
        "each line is AGE-SECRET-KEY-1… or AGE-PLUGIN-NAME-1…",
        "-----BEGIN PUBLIC KEY-----",
    ):
        assert without_private_keys(text) == text
