"""Plugins: a toy one, a real program on PATH, wraps and unwraps; what it must not see it does not see."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gitseal.errors import Damaged, Error, Malformed
from gitseal.recipients import hybrid
from gitseal.recipients.dialogue import NOBODY, Dialogue
from gitseal.recipients.identity_file import parse_identities
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.plugin import parse
from gitseal.recipients.protocol import Tier, foresee
from gitseal.recipients.stanza import check_stanza
from gitseal.variables import IDENTITY_VARIABLES
from tests.recipients.conftest import PASSPHRASE, behind_passphrase

KEY = bytes(range(32))


def test_both_halves_work(toy: Any) -> None:
    recipient = parse_recipient(toy.recipient)
    stanza = recipient.wrap(KEY)
    check_stanza(stanza, recipient)
    (identity,) = parse_identities(f"# toy\n{toy.identity}\n".encode(), NOBODY, "me")
    assert identity.unwrap(stanza) == KEY
    assert (identity.recipient, identity.tier, identity.wants("any")) == (None, Tier.PLUGIN, True)
    assert toy.identity not in repr(identity)


def test_the_real_age_opens_it_with_the_same_plugin(toy: Any, peer: Callable[[str], str], tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(toy.identity + "\n", encoding="utf-8")
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    done = subprocess.run([peer("age"), "-d", "-i", key], input=stanza, capture_output=True, check=True)
    assert done.stdout == KEY


def test_a_stanza_for_another_is_none(toy: Any, pairs: dict[str, Any], encode: Callable[[str, bytes], str]) -> None:
    (identity,) = parse_identities(toy.identity.encode(), NOBODY, "me")
    assert identity.unwrap(parse_recipient(encode("age1toy", b"another")).wrap(KEY)) is None
    assert identity.unwrap(parse_recipient(pairs["x25519"].public).wrap(KEY)) is None


@pytest.mark.parametrize("half", ["recipient", "identity"])
def test_the_plugin_sees_no_identity_of_ours(half: str, toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    for name in IDENTITY_VARIABLES:
        monkeypatch.setenv(name, "hunter2")
    monkeypatch.setenv("AGEDEBUG", "plugin")
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}:bin:")
    before = dict(os.environ)
    if half == "recipient":
        parse_recipient(toy.recipient).wrap(KEY)
    else:
        (identity,) = parse_identities(toy.identity.encode(), NOBODY, "me")
        assert identity.unwrap(stanza) == KEY
    assert dict(os.environ) == before
    seen = dict(line.split("=", 1) for line in toy.log.read_text(encoding="utf-8").splitlines() if "=" in line)
    assert not {*IDENTITY_VARIABLES, "AGEDEBUG"} & set(seen)
    assert "hunter2" not in "".join(seen.values())
    assert all(entry.startswith("/") for entry in seen["PATH"].split(":"))


def test_the_environment_comes_back_after_a_failure(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITSEAL_IDENTITY", "hunter2")
    toy.mode("die")
    before = dict(os.environ)
    with pytest.raises(Error, match="age-plugin-toy failed"):
        parse_recipient(toy.recipient).wrap(KEY)
    assert dict(os.environ) == before


def test_file_keys_are_not_printed_for_debugging(
    toy: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AGEDEBUG", "plugin")
    parse_recipient(toy.recipient).wrap(KEY)
    assert capfd.readouterr() == ("", "")


def test_a_program_beside_the_secrets_is_not_started(
    encode: Callable[[str, bytes], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "age-plugin-evil"
    planted.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n", encoding="utf-8")
    planted.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".::{os.environ['PATH']}")
    with pytest.raises(Error, match='"age-plugin-evil" is not installed'):
        parse_recipient(encode("age1evil", b"data")).wrap(KEY)
    assert not (tmp_path / "started").exists()


def test_a_missing_program_is_named_with_how_to_get_it(encode: Callable[[str, bytes], str]) -> None:
    recipient = parse_recipient(encode("age1nowhere", b"data"))
    with pytest.raises(Error, match='"age-plugin-nowhere" is not installed') as caught:
        recipient.wrap(KEY)
    assert "install age-plugin-nowhere" in caught.value.hint


def test_a_missing_program_for_an_identity(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    (identity,) = parse_identities(toy.identity.encode(), NOBODY, "me")
    monkeypatch.delenv("PATH")
    with pytest.raises(Error, match='"age-plugin-toy" is not installed'):
        identity.unwrap(stanza)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("error", "the toy .31m is broken …"),
        ("two", "2 recipients"),
        ("native", "lengths of type ssh-ed25519"),
        ("die", "age-plugin-toy failed"),
    ],
)
def test_a_plugin_that_fails_is_named(mode: str, words: str, toy: Any) -> None:
    toy.mode(mode)
    with pytest.raises(Error, match=words) as caught:
        parse_recipient(toy.recipient).wrap(KEY)
    assert not isinstance(caught.value, Malformed)
    assert "age-plugin-toy" in caught.value.message
    assert caught.value.message.isprintable()
    assert "1SECRET" not in caught.value.message


def test_a_pin_is_asked_for_and_a_wrong_one_is_the_plugins_error_for_the_whole_command(toy: Any) -> None:
    stanza, other = (parse_recipient(toy.recipient).wrap(KEY) for _ in range(2))
    toy.mode("pin")
    asked: list[str] = []

    def ask(prompt: str) -> bytes:
        asked.append(prompt)
        return b"0000"

    (identity,) = parse_identities(toy.identity.encode(), Dialogue(ask), "me")
    for one in (stanza, other, stanza):
        with pytest.raises(Error, match=r"age-plugin-toy failed.*wrong PIN") as caught:
            identity.unwrap(one)
        assert not isinstance(caught.value, Damaged)
        assert "0000" not in caught.value.message
    # A hardware key locks itself after three wrong ones.
    assert asked == ["age-plugin-toy asks: PIN of the toy"]
    (alone,) = parse_identities(toy.identity.encode(), NOBODY, "me")
    with pytest.raises(Error, match="wrong PIN") as caught:
        alone.unwrap(stanza)
    assert caught.value.hint.endswith("run the command in a terminal, where it can ask: PIN of the toy")


def test_what_a_callback_raises_comes_out_as_it_is(toy: Any) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    toy.mode("pin")

    def ask(prompt: str) -> bytes:
        raise KeyboardInterrupt(prompt)

    (identity,) = parse_identities(toy.identity.encode(), Dialogue(ask), "me")
    with pytest.raises(KeyboardInterrupt):
        identity.unwrap(stanza)


def test_words_of_a_plugin_are_told_without_control_characters(toy: Any) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    toy.mode("msg")
    told: list[str] = []
    (identity,) = parse_identities(toy.identity.encode(), Dialogue(tell=told.append), "me")
    assert identity.unwrap(stanza) == KEY
    assert told == [
        "age-plugin-toy: touch  the toy",
        "age-plugin-toy asks, and gets no answer here: really?",
        "age-plugin-toy asks, and gets no answer here: your name?",
    ]
    (silent,) = parse_identities(toy.identity.encode(), NOBODY, "me")
    assert silent.unwrap(stanza) == KEY


@pytest.mark.parametrize("answer", [True, False, None])
def test_what_a_plugin_wants_to_have_confirmed_is_asked_once(toy: Any, *, answer: bool | None) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    toy.mode("confirm")
    asked: list[tuple[str, str, str | None]] = []

    def confirm(question: str, yes: str, no: str | None) -> bool | None:
        asked.append((question, yes, no))
        return answer

    (identity,) = parse_identities(toy.identity.encode(), Dialogue(confirm=confirm), "me")
    if not answer:
        with pytest.raises(Error, match="skipped"):
            identity.unwrap(stanza)
        return
    assert [identity.unwrap(stanza) for _ in range(3)] == [KEY] * 3
    assert asked == [("age-plugin-toy asks: Insert key 42?", "yes", "no")]


def test_a_pin_that_was_right_is_asked_for_once(toy: Any) -> None:
    stanzas = [parse_recipient(toy.recipient).wrap(KEY) for _ in range(3)]
    toy.mode("pin")
    answers = [b"1234"]
    (identity,) = parse_identities(toy.identity.encode(), Dialogue(lambda _words: answers.pop(0)), "me")
    assert [identity.unwrap(stanza) for stanza in stanzas] == [KEY] * 3
    assert answers == []


def test_what_is_foreseen_is_opened_by_one_start(
    toy: Any, pairs: dict[str, Any], encode: Callable[[str, bytes], str]
) -> None:
    own = [parse_recipient(toy.recipient).wrap(bytes([number]) * 32) for number in range(5)]
    others = [parse_recipient(key).wrap(KEY) for key in (encode("age1toy", b"another"), pairs["x25519"].public)]
    damaged = own[0][:-1] + bytes([own[0][-1] ^ 1])
    (identity,) = parse_identities(toy.identity.encode(), NOBODY, "me")
    toy.starts.unlink()
    foresee(identity, [*own, *others, damaged, b"no stanza"])
    assert [identity.unwrap(stanza) for stanza in own] == [bytes([number]) * 32 for number in range(5)]
    assert [identity.unwrap(stanza) for stanza in others] == [None, None]
    with pytest.raises(Damaged):
        identity.unwrap(damaged)
    # Not where the command was: that may be a repository.
    assert toy.starts.read_text(encoding="utf-8").splitlines() == ["--age-plugin=identity-v1 in /"]


def test_one_start_serves_an_identity_file_behind_a_passphrase_too(toy: Any) -> None:
    own = [parse_recipient(toy.recipient).wrap(bytes([number]) * 32) for number in range(3)]
    sealed = behind_passphrase(toy.identity.encode())
    (identity,) = parse_identities(sealed, Dialogue(lambda _words: PASSPHRASE), "me")
    toy.starts.unlink()
    foresee(identity, own)
    assert [identity.unwrap(stanza) for stanza in own] == [bytes([number]) * 32 for number in range(3)]
    assert len(toy.starts.read_text(encoding="utf-8").splitlines()) == 1


def test_what_a_plugin_asks_when_it_wraps_reaches_the_person_once(toy: Any) -> None:
    toy.mode("pin")
    asked: list[str] = []

    def ask(prompt: str) -> bytes:
        asked.append(prompt)
        return b"1234"

    recipient = parse(toy.recipient)
    dialogue = Dialogue(ask, answers={})
    (identity,) = parse_identities(toy.identity.encode(), dialogue, "me")
    for _ in range(3):
        stanza = recipient.wrap(KEY, dialogue)
        check_stanza(stanza, recipient)
        assert identity.unwrap(stanza) == KEY
    assert asked == ["age-plugin-toy asks: PIN of the toy"]
    with pytest.raises(Error, match=r"age-plugin-toy failed: wrong PIN") as caught:
        parse(toy.recipient).wrap(KEY)
    assert "run the command in a terminal" in caught.value.hint
    toy.mode("msg")
    told: list[str] = []
    recipient.wrap(KEY, Dialogue(tell=told.append, confirm=lambda *_words: True))
    assert told == ["age-plugin-toy: wrapping to the toy"]


def test_a_plugin_may_ask_for_what_is_no_secret(toy: Any) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    toy.mode("name")
    told: list[str] = []
    dialogue = Dialogue(ask_line=lambda _words: "bob", tell=told.append)
    (identity,) = parse_identities(toy.identity.encode(), dialogue, "me")
    assert identity.unwrap(stanza) == KEY
    assert told == ["age-plugin-toy: hello bob"]


def test_a_plugin_that_does_not_keep_to_the_protocol_is_named(toy: Any) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    toy.mode("garbled")
    (identity,) = parse_identities(toy.identity.encode(), NOBODY, "me")
    with pytest.raises(Error, match="does not keep to the protocol"):
        identity.unwrap(stanza)


def test_a_damaged_payload_is_damage_and_not_the_plugins_fault(toy: Any) -> None:
    stanza = bytearray(parse_recipient(toy.recipient).wrap(KEY))
    stanza[-1] ^= 1
    (identity,) = parse_identities(toy.identity.encode(), NOBODY, "me")
    with pytest.raises(Damaged):
        identity.unwrap(bytes(stanza))


def test_a_plugin_recipient_has_one_spelling(
    toy: Any, encode: Callable[[str, bytes], str], encode_values: Callable[[str, list[int]], str]
) -> None:
    assert parse_recipient(toy.recipient).canonical == toy.recipient
    for text in (
        toy.recipient[:-1],
        toy.recipient[:8] + toy.recipient[8:].upper(),
        encode_values("age1toy", [1, 1, 1, 1]),
        encode_values("age1toy", [1]),
        encode("age1to/../y", b"data"),
        encode("age1", b"data"),
        encode("age1TOY", b"data"),
    ):
        with pytest.raises(Error):
            parse_recipient(text)
    assert parse_recipient(encode("age1a1b-c.d_e+f", b"data")).canonical


def test_a_real_plugin_opens_several_stanzas_by_one_start(peer: Callable[[str], str], tmp_path: Path) -> None:
    program = Path(peer("age-plugin-pq"))
    made = hybrid.generate()
    done = subprocess.run([program, "-identity"], input=made.text.reveal(), capture_output=True, check=True)
    stanzas = [parse_recipient(made.recipient).wrap(bytes([number]) * 32) for number in range(3)]
    stranger = parse_recipient(hybrid.generate().recipient).wrap(KEY)
    # Whatever starts it a second time finds no program any more.
    (tmp_path / "bin").mkdir()
    link = tmp_path / "bin/age-plugin-pq"
    link.write_text(f'#!/bin/sh\nrm "$0"\nexec {program} "$@"\n', encoding="utf-8")
    link.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path}/bin{os.pathsep}/usr/bin{os.pathsep}/bin")
        (identity,) = parse_identities(done.stdout, NOBODY, "me")
        foresee(identity, [*stanzas, stranger])
        assert [identity.unwrap(stanza) for stanza in stanzas] == [bytes([number]) * 32 for number in range(3)]
        assert identity.unwrap(stranger) is None
    assert not link.exists()


def test_a_real_plugin_wraps(peer: Callable[[str], str], encode: Callable[[str, bytes], str]) -> None:
    peer("age-plugin-tag")
    point = (
        ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    )
    recipient = parse_recipient(encode("age1tag", point))
    stanza = recipient.wrap(KEY)
    check_stanza(stanza, recipient)
    assert b"\n-> p256tag " in stanza
