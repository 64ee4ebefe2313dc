"""Files of sops that somebody without a key has changed, or made to do harm: refused, with nothing of them in the message."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Damaged, Error, Malformed, NotForYou
from gitseal.exchange import Encrypted, sops
from gitseal.identities import discover

VECTORS = Path(__file__).parent / "vectors"
SOME = (VECTORS / "unencrypted_regex.yaml").read_text()
MAC_ONLY = (VECTORS / "mac_only_encrypted.yaml").read_text()
TYPES = (VECTORS / "types.yaml").read_text()


def _read(text: str) -> sops.SopsFile:
    keyring = discover({"GITSEAL_IDENTITY_FILE": str(VECTORS / "age.txt")}, VECTORS, None)
    return sops.read(text.encode(), keyring.by_cost(), "s.yaml")


def _refused(text: str) -> Error:
    with pytest.raises(Error) as caught:
        _read(text)
    error: Error = caught.value
    assert error.message.startswith("s.yaml")
    assert "hush" not in repr(error) + error.hint
    assert error.hint
    # Nor in what a traceback would show of the errors before.
    assert error.__context__ is None or error.__suppress_context__
    return error


def _swapped(text: str) -> str:
    first, second = re.findall(r"pw: (ENC\[.*\])", text)
    return text.replace(first, "FIRST").replace(second, first).replace("FIRST", second)


CHANGES: dict[str, Callable[[str], str]] = {
    "a value in clear": lambda text: text.replace("host: plain", "host: other"),
    "no MAC": lambda text: re.sub(r"    mac: .*\n", "", text),
    "an empty MAC": lambda text: re.sub(r"    mac: .*\n", '    mac: ""\n', text),
    "a MAC of a value": lambda text: re.sub(
        r"    mac: .*\n", "    mac: " + text.partition("pw: ")[2].partition("\n")[0] + "\n", text
    ),
    "another time": lambda text: re.sub(r'lastmodified: "20', 'lastmodified: "19', text),
    "two values swapped": _swapped,
    "a value emptied": lambda text: re.sub(r"^pw: .*$", 'pw: ""', text, flags=re.MULTILINE),
    "a value gone": lambda text: re.sub(r"^pw: .*\n", "", text, flags=re.MULTILINE),
    "a tag": lambda text: re.sub(r"(pw: .*tag:)..", r"\1AA", text),
    "base64": lambda text: re.sub(r"(pw: .*data:)", r"\1=", text),
    "no iv": lambda text: re.sub(r"(pw: .*iv:)[^,]*", r"\1AA==", text),
    "a type that is none": lambda text: text.replace("type:str", "type:comment", 1),
    "a text as a number": lambda text: text.replace("type:str", "type:int", 1),
    "a text as bytes": lambda text: text.replace("type:str", "type:bytes", 1),
    "a text as a time": lambda text: text.replace("type:str", "type:time", 1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_file_is_refused(change: Callable[[str], str]) -> None:
    assert change(SOME) != SOME
    assert isinstance(_refused(change(SOME)), Damaged | Malformed)


@pytest.mark.parametrize("added", ["ADMIN: hush", "ADMIN: 5"])
def test_a_value_in_clear_where_the_file_says_sealed_is_refused(added: str) -> None:
    suffixed = MAC_ONLY.replace("encrypted_regex: ^pw$", "encrypted_suffix: N")
    assert "stands in clear" in _refused(f"{added}\n{suffixed}").message


@pytest.mark.parametrize("added", ["other: {pw: hush}", "pw_: 1\nmore: {pw: {ADMIN: hush}}"])
def test_a_value_in_clear_where_the_files_expression_says_sealed_is_refused(added: str) -> None:
    """sops refuses them too. No MAC covers them."""
    assert "stands in clear" in _refused(f"{added}\n{MAC_ONLY}").message


@pytest.mark.parametrize(
    "rule", ["encrypted_regex: ^(pw)+$", 'unencrypted_regex: "^[[:lower:]]+$"', "encrypted_comment_regex: secret"]
)
def test_a_value_in_clear_that_nobody_here_can_judge_is_left_to_sops(rule: str) -> None:
    judged = MAC_ONLY.replace("encrypted_regex: ^pw$", rule)
    assert judged != MAC_ONLY
    error = _refused(judged)
    assert isinstance(error, Encrypted)
    assert "stands in clear" in error.message
    # If the MAC covers it, nobody put it there.
    assert _read(SOME.replace("unencrypted_regex: ^(host|port)$", rule)).imported.items


@pytest.mark.parametrize("name", ["clash", "clash_with_nothing"])
def test_a_name_that_is_a_value_in_one_document_and_a_section_in_another_is_refused(name: str) -> None:
    error = _refused((VECTORS / f"{name}.yaml").read_text())
    assert 'two documents of the file give "y" different values' in error.message


def test_a_sealed_key_that_was_copied_to_another_recipient_is_refused() -> None:
    entry = re.search(r"^ +- enc: (?:.*\n)+? +recipient: (\S+)\n", TYPES, re.MULTILINE)
    assert entry is not None
    other = "age1sxrms53khryca8x5jy5kw20lkzjwqk500kmfgkmrt7d6t7saxpjqwtyj4r"
    error = _refused(TYPES.replace(entry[0], entry[0] + entry[0].replace(entry[1], other)))
    assert "one and the same sealed key" in error.message
    with pytest.raises(Malformed):
        sops.look(TYPES.replace(entry[0], entry[0] + entry[0].replace(entry[1], other)).encode(), "s.yaml")
    # Twice the same recipient is no harm.
    assert _read(TYPES.replace(entry[0], entry[0] * 2)).recipients == (entry[1], entry[1])


def test_what_asks_for_too_much_is_refused_soon() -> None:
    start = time.process_time()
    nested = "a: " + "{a: " * 200 + "1" + "}" * 200
    for text in (
        SOME + nested,
        "a: &x [1]\nb: *x\n" + SOME,
        SOME.replace("    age:\n", "    age:\n" + '        - {recipient: age1, enc: "x"}\n' * 2000),
        SOME.replace("host: plain", "host: " + "9" * 5000),
        "[" * 100_000 + '"lastmodified" "sops":',
        '{"sops":' + "[" * 100_000 + '"lastmodified"',
    ):
        if sops.is_sops_file(text.encode()):
            _refused(text)
    assert time.process_time() - start < 30  # a bound far off: what is meant to fail takes hours


def test_an_expression_that_could_take_for_ever_is_never_run() -> None:
    evil = SOME.replace("unencrypted_regex: ^(host|port)$", "unencrypted_regex: ^(([a-z])+.)+[A-Z]([a-z])+$")
    assert evil != SOME
    name = "a" * 64
    assert len(_read(evil.replace("host:", f"{name}:")).imported.items) == 4


def test_a_sealed_comment_brings_no_further_line() -> None:
    comments = [line for item in _read(TYPES).imported.items for line in item.comments]
    assert comments
    assert all(line.startswith("#") and "\n" not in line for line in comments)


def test_a_key_that_no_one_has_and_keys_of_services_are_told_apart() -> None:
    keys = SOME[SOME.index("    age:") : SOME.index("    lastmodified")]
    pgp = "    pgp:\n        - {fp: AB, enc: x, created_at: y}\n"
    only = SOME.replace(keys, pgp)
    error = _refused(only)
    assert isinstance(error, Encrypted)
    assert "PGP" in error.message
    assert error.cipher.command == "sops decrypt --output-type json {}"
    assert "shared out" in _refused(SOME.replace(keys, "    key_groups:\n        - pgp: [{fp: AB, enc: x}]\n")).message
    assert _refused(SOME.replace(keys, "")).message == "s.yaml: the file has no recipients"
    stranger = discover({}, VECTORS / "nowhere", None)
    with pytest.raises(NotForYou):
        sops.read(SOME.encode(), stranger.by_cost(), "s.yaml")
    with pytest.raises(Encrypted, match="no identity at hand opens it"):
        sops.read(SOME.replace("    age:", pgp + "    age:").encode(), stranger.by_cost(), "s.yaml")


def test_a_comment_in_a_list_is_left_out() -> None:
    """sops seals it as an item that is not in the MAC, and so refused such files of its own in 3.13.2."""
    text = (VECTORS / "comment_in_list.yaml").read_text()
    (item,) = _read(text).imported.items
    assert item.value.reveal() == b'[1,"hush"]'
