"""Plugins: a toy one, a real program on PATH, wraps and unwraps; what it must not see it does not see."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitseal.errors import Damaged, Error, Malformed
from gitseal.recipients.identity_file import parse_identities
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.protocol import Tier
from gitseal.recipients.stanza import check_stanza
from gitseal.variables import IDENTITY_VARIABLES

KEY = bytes(range(32))


def test_both_halves_work(toy: Any) -> None:
    recipient = parse_recipient(toy.recipient)
    stanza = recipient.wrap(KEY)
    check_stanza(stanza, recipient)
    (identity,) = parse_identities(f"# toy\n{toy.identity}\n".encode(), None, "me")
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
    (identity,) = parse_identities(toy.identity.encode(), None, "me")
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
        (identity,) = parse_identities(toy.identity.encode(), None, "me")
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
    (identity,) = parse_identities(toy.identity.encode(), None, "me")
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


def test_a_pin_is_asked_for_and_a_wrong_one_is_the_plugins_error(toy: Any) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    toy.mode("pin")
    asked: list[str] = []

    def ask(prompt: str) -> bytes:
        asked.append(prompt)
        return b"1234" if len(asked) > 1 else b"0000"

    (identity,) = parse_identities(toy.identity.encode(), ask, "me")
    with pytest.raises(Error, match=r"age-plugin-toy failed.*wrong PIN") as caught:
        identity.unwrap(stanza)
    assert not isinstance(caught.value, Damaged)
    assert "0000" not in caught.value.message
    assert identity.unwrap(stanza) == KEY
    assert asked == ["age-plugin-toy asks: PIN of the toy"] * 2
    (alone,) = parse_identities(toy.identity.encode(), None, "me")
    with pytest.raises(Error, match="wrong PIN"):
        alone.unwrap(stanza)


def test_what_a_callback_raises_comes_out_as_it_is(toy: Any) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    toy.mode("pin")

    def ask(prompt: str) -> bytes:
        raise KeyboardInterrupt(prompt)

    (identity,) = parse_identities(toy.identity.encode(), ask, "me")
    with pytest.raises(KeyboardInterrupt):
        identity.unwrap(stanza)


def test_words_of_a_plugin_are_told_without_control_characters(toy: Any) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    toy.mode("msg")
    told: list[str] = []
    (identity,) = parse_identities(toy.identity.encode(), None, "me", tell=told.append)
    assert identity.unwrap(stanza) == KEY
    assert told == [
        "age-plugin-toy: touch  the toy",
        "age-plugin-toy asks, and gets no answer here: really?",
        "age-plugin-toy asks, and gets no answer here: your name?",
    ]
    (silent,) = parse_identities(toy.identity.encode(), None, "me")
    assert silent.unwrap(stanza) == KEY


@pytest.mark.parametrize("answer", [True, False, None])
def test_what_a_plugin_wants_to_have_confirmed_is_asked_once(toy: Any, *, answer: bool | None) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    toy.mode("confirm")
    asked: list[tuple[str, str, str | None]] = []

    def confirm(question: str, yes: str, no: str | None) -> bool | None:
        asked.append((question, yes, no))
        return answer

    (identity,) = parse_identities(toy.identity.encode(), None, "me", confirm=confirm)
    if not answer:
        with pytest.raises(Error, match="skipped"):
            identity.unwrap(stanza)
        return
    assert [identity.unwrap(stanza) for _ in range(3)] == [KEY] * 3
    assert asked == [("age-plugin-toy asks: Insert key 42?", "yes", "no")]


def test_a_pin_that_was_right_is_asked_for_once_and_a_wrong_one_is_never_given_again(toy: Any) -> None:
    stanza = parse_recipient(toy.recipient).wrap(KEY)
    toy.mode("pin")
    answers = [b"0000", b"1234"]
    (identity,) = parse_identities(toy.identity.encode(), lambda _words: answers.pop(0), "me")
    with pytest.raises(Error, match="wrong PIN"):
        identity.unwrap(stanza)
    assert [identity.unwrap(stanza) for _ in range(3)] == [KEY] * 3
    assert answers == []


def test_a_damaged_payload_is_damage_and_not_the_plugins_fault(toy: Any) -> None:
    stanza = bytearray(parse_recipient(toy.recipient).wrap(KEY))
    stanza[-1] ^= 1
    (identity,) = parse_identities(toy.identity.encode(), None, "me")
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
