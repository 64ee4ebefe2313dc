"""The keyless check: every way in which an age file is not one data key for one public key."""

import base64
import os
import re
from contextlib import suppress
from functools import partial
from typing import Any

import pyrage
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitseal.errors import Malformed
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.stanza import MAX_STANZA, _parts, check_stanza, parse_header
from tests import growth

KEY = bytes(range(32))
VERSION = b"age-encryption.org/v1\n"
MAC = b"--- " + b"A" * 43 + b"\n"
PAYLOAD = bytes(64)


def b64(content: bytes) -> bytes:
    return base64.b64encode(content).rstrip(b"=")


def body(content: bytes) -> bytes:
    text = b64(content)
    return b"".join(text[at : at + 64] + b"\n" for at in range(0, len(text) + 1, 64))


def x25519(share: bytes = bytes(32), wrapped: bytes = bytes(32)) -> bytes:
    return b"-> X25519 " + b64(share) + b"\n" + body(wrapped)


def file(*stanzas: bytes, payload: bytes = PAYLOAD, mac: bytes = MAC) -> bytes:
    return VERSION + b"".join(stanzas) + mac + payload


GREASE = b"-> Rs~h-grease i9DH k:`\n" + body(b"grease")
SSH = b"-> ssh-ed25519 " + b64(b"tagg") + b" " + b64(bytes(32)) + b"\n" + body(bytes(32))
RSA = b"-> ssh-rsa " + b64(b"tagg") + b"\n" + body(bytes(256))
TOY = b"-> toy\n" + body(b"")
SOUND = {
    "x25519": file(x25519()),
    "with grease": file(x25519(), GREASE),
    "grease first": file(GREASE, x25519(), GREASE),
    "ssh-ed25519": file(SSH),
    "ssh-rsa": file(RSA),
    "rsa of 4096 bits": file(RSA.replace(body(bytes(256)), body(bytes(512)))),
    "a plugin's": file(TOY),
    "a body of 48 bytes, with the empty last line": file(b"-> toy x\n" + body(bytes(48))),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_stanzas_pass(name: str) -> None:
    """Malformed is raised for one that does not."""
    check_stanza(SOUND[name])


ONE = "1 recipients|2 recipients|0 recipients"
BAD = {
    "nothing": (b"", "version 1"),
    "5 bytes": (b"age-e", "version 1"),
    "another version": (SOUND["x25519"].replace(b"/v1", b"/v2"), "version 1"),
    "carriage returns": (SOUND["x25519"].replace(b"/v1\n", b"/v1\r\n"), "version 1"),
    "armored": (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "version 1"),
    "a header alone": (VERSION + x25519(), "header"),
    "no stanza": (file(), "header"),
    "grease alone": (file(GREASE), "0 recipients"),
    "two recipients": (file(x25519(), x25519(b"a" * 32)), "2 recipients"),
    "a hidden second recipient of another type": (file(x25519(), GREASE, TOY), "2 recipients"),
    "scrypt": (file(b"-> scrypt " + b64(bytes(16)) + b" 18\n" + body(bytes(32))), "passphrase"),
    "oversize": (file(x25519(), b"-> x-grease\n" + body(bytes(6000))), f"more than {MAX_STANZA}"),
    "trailing data": (SOUND["x25519"] + b"\n", "65 bytes where 64"),
    "a short payload": (SOUND["x25519"][:-1], "63 bytes where 64"),
    "no payload": (SOUND["x25519"][:-64], "0 bytes where 64"),
    "spare bits in the share": (file(x25519().replace(b"A\n", b"B\n", 1)), "argument is not canonical"),
    "spare bits in the body": (file(b"-> X25519 " + b64(bytes(32)) + b"\n" + b"A" * 42 + b"B\n"), "body is not"),
    "spare bits in the MAC": (file(x25519(), mac=b"--- " + b"A" * 42 + b"B\n"), "MAC is not"),
    "padding": (file(x25519().replace(b"A\n", b"A=\n")), "header"),
    "padding in an argument": (file(x25519().replace(b"A\n", b"A=\n", 1)), "argument|header"),
    "an argument that is no base64": (file(x25519().replace(b"A\n", b"!\n", 1)), "argument is not canonical"),
    "a body of an impossible length": (file(b"-> toy\nAAAAA\n"), "body is not canonical"),
    "a MAC that is cut": (file(x25519(), mac=b"--- AAAA\n"), "header"),
    "a share of 31 bytes": (file(x25519(bytes(31))), "lengths of type X25519"),
    "a body of 33 bytes": (file(x25519(wrapped=bytes(33))), "lengths of type X25519"),
    "an argument too many": (file(x25519().replace(b"X25519 ", b"X25519 AA ")), "lengths of type X25519"),
    "no argument": (file(b"-> X25519\n" + body(bytes(32))), "lengths of type X25519"),
    "an ssh tag of 5 bytes": (file(SSH.replace(b64(b"tagg"), b64(b"taggg"))), "lengths of type ssh-ed25519"),
    "rsa of 1024 bits": (file(RSA.replace(body(bytes(256)), body(bytes(128)))), "lengths of type ssh-rsa"),
    "two spaces": (file(x25519().replace(b"X25519 ", b"X25519  ")), "header"),
    "a space at the end": (file(TOY.replace(b"toy", b"toy ")), "header"),
    "an escape in an argument": (file(TOY.replace(b"toy", b"toy \x1b[31m")), "header"),
    "an unfinished body": (file(b"-> toy\n" + b"A" * 64 + b"\n"), "header"),
    "a long line": (file(b"-> toy\n" + b"A" * 68 + b"\n"), "header"),
    "a case of its own": (file(x25519().replace(b"X25519", b"x25519"), x25519()), "2 recipients"),
}


@pytest.mark.parametrize("name", BAD)
def test_broken_stanzas_are_refused_with_the_reason(name: str) -> None:
    stanza, reason = BAD[name]
    with pytest.raises(Malformed, match=reason):
        check_stanza(stanza)


def test_pyrage_opens_a_hidden_second_recipient_and_the_check_does_not() -> None:
    mine, theirs = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    stanza = pyrage.encrypt(KEY, [mine.to_public(), theirs.to_public()])
    assert pyrage.decrypt(stanza, [mine]) == KEY
    with pytest.raises(Malformed, match="2 recipients"):
        check_stanza(stanza)


def test_a_stanza_fits_its_own_recipient_only(pairs: dict[str, Any]) -> None:
    recipients = {name: parse_recipient(pair.public) for name, pair in pairs.items()}
    alike = {pair.public for pair in pairs.values()}
    assert len(alike) == 6
    for recipient in recipients.values():
        stanza = recipient.wrap(KEY)
        for other in recipients.values():
            if other.canonical == recipient.canonical:
                check_stanza(stanza, other)
            else:
                with pytest.raises(Malformed, match="another recipient"):
                    check_stanza(stanza, other)


def test_what_age_encrypts_with_a_passphrase_is_refused(sealed: dict[str, bytes]) -> None:
    with pytest.raises(Malformed, match="passphrase"):
        check_stanza(sealed["binary"].partition(b"--- ")[0] + MAC + PAYLOAD)


def test_a_longer_secret_is_refused(pairs: dict[str, Any]) -> None:
    key = pyrage.x25519.Recipient.from_str(pairs["x25519"].public)
    for length in (0, 31, 33):
        with pytest.raises(Malformed, match="payload"):
            check_stanza(pyrage.encrypt(os.urandom(length), [key]))


@given(st.sampled_from(sorted(SOUND)), st.integers(0, 400), st.integers(0, 255))
def test_one_changed_byte_of_a_header_passes_only_where_the_grammar_allows(name: str, place: int, value: int) -> None:
    stanza = bytearray(SOUND[name])
    stanza[place % len(stanza)] = value
    try:
        header = parse_header(bytes(stanza))
    except Malformed:
        return
    assert re.fullmatch("[!-~]+", header.type)


@given(st.binary(max_size=200))
def test_anything_is_malformed_or_sound(tail: bytes) -> None:
    with pytest.raises(Malformed):
        parse_header(VERSION + tail)


@pytest.mark.parametrize(
    ("head", "piece"), [(b"", b"-> a\n"), (b"-> ", b"a "), (b"-> a\n", b"A"), (b"-> a\n", b"A" * 64 + b"\n")]
)
def test_the_check_takes_linear_time(head: bytes, piece: bytes) -> None:
    """The check refuses what is longer than a stanza, so the law looks at what is behind that limit."""
    with pytest.raises(Malformed):
        check_stanza((VERSION + head + growth.repeated(piece, MAX_STANZA))[:MAX_STANZA])
    growth.assert_linear(lambda size: partial(_try_parts, VERSION + head + growth.repeated(piece, size)))


STANZA = rb"-> ([!-~]+)((?: [!-~]+)*)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)"
HEADER = re.compile(VERSION + rb"(?:" + STANZA + rb")+--- ([A-Za-z0-9+/]{43})\n")
PIECES = st.sampled_from(
    [x25519(), GREASE, SSH, TOY, MAC, b"-> ", b" ", b"\n", b"A" * 63, b"A" * 64, b"--- ", b"=", b"\xff"]
)


@given(st.lists(PIECES, max_size=7).map(b"".join))
@example(x25519() + MAC + b"\n--- \n")
def test_the_header_is_what_the_grammar_of_age_says(rest: bytes) -> None:
    """C2SP's age.md has it as one expression; here it is read line by line."""
    stanza = VERSION + rest
    match = HEADER.match(stanza)
    try:
        parts, mac, end = _parts(stanza)
    except Malformed:
        assert match is None
        return
    assert match is not None
    assert (mac, end) == (match[4], match.end())
    spelled = [(kind, *words.split()) for kind, words, _ in re.findall(STANZA, stanza[:end])]
    assert [(part.type, *part.arguments) for part in parts] == spelled
    assert [part.body for part in parts] == [
        body.replace(b"\n", b"") for _, _, body in re.findall(STANZA, stanza[:end])
    ]


def _try_parts(stanza: bytes) -> None:
    with suppress(Malformed):
        _parts(stanza)
