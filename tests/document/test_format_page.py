"""docs/format.md is not only words: its worked example is the vector's, and its tables are those of the code."""

import base64
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.padding import size_class
from gitseal.crypto.public_key import Scope
from gitseal.document.token import parse_token
from gitseal.document.value import ValueType
from gitseal.errors import Malformed
from gitseal.policy import dangerous_names
from gitseal.yamltext import scalars
from tests.vectors import good, reference
from tests.vectors.build import ALICE

TOP = Path(__file__).resolve().parent.parent.parent
PAGE = (TOP / "docs/format.md").read_text(encoding="utf-8")


def section(number: int) -> str:
    found = re.search(rf"^## {number}\. .*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[0]


def worked_out() -> dict[str, str]:
    file, token = good.example()
    group = file.default
    ciphertext = base64.b64decode(token.rpartition(",")[2][:-1])
    return {
        "D": group.secret.hex(),
        "info of the value key": reference.frame("gitseal/v1/value", *group.scope).hex(),
        "value key": reference.derive(group.scope, group.secret, "value").hex(),
        "write-only private key": reference.derive(group.scope, group.secret, "write-only").hex(),
        "public key": group.public.hex(),
        "key id": group.key_id,
        "recipient id of Alice": ALICE.id,
        "context": reference.context("s", group.scope, group.key_id, ("api", "TOKEN")).hex(),
        "padded plaintext": reference.pad(b"ts3cr3t").hex(),
        "salt": ciphertext[:24].hex(),
        "commitment": ciphertext[24:56].hex(),
        "the one chunk, with its tag": ciphertext[56:].hex(),
    }


def worked_out_write_only() -> dict[str, str]:
    file, _token = good.example()
    group = file.default
    ephemeral = bytes(range(32))
    info = reference.context("w", group.scope, group.key_id, ("api", "TOKEN"))
    sealed = reference.hpke(group.public, info, reference.pad(b"ts3cr3t"), ephemeral)
    exchanged = reference.shared(ephemeral, group.public)
    key, nonce = reference.hpke_key(sealed[:32], group.public, exchanged, info)
    return {
        "ephemeral private key": ephemeral.hex(),
        "encapsulated key": sealed[:32].hex(),
        "what the exchange gives": exchanged.hex(),
        "context": info.hex(),
        "key": key.hex(),
        "nonce": nonce.hex(),
        "ciphertext, with its tag": sealed[32:].hex(),
        "token": group.token("w", sealed),
    }


def written(values: dict[str, str]) -> str:
    """The values as the page has them: names, and hexadecimal digits in lines of 96."""
    lines = []
    for name, text in values.items():
        lines += [f"{name}:", *(f"  {text[at : at + 96]}" for at in range(0, len(text), 96))]
    return "\n".join(lines)


def test_the_worked_example() -> None:
    vector = next(iter(good.vectors()))

    assert f"```\n{written(worked_out())}\n```" in section(10)
    assert f"```\n{written(worked_out_write_only())}\n```" in section(10)
    assert f"```yaml\n{vector.file.decode()}```" in section(10)
    assert ALICE.identity in section(10)
    assert ALICE.recipient in section(10)


def test_the_worked_write_only_token_opens() -> None:
    file, _token = good.example()
    key = DataKey(Scope(*file.default.scope), file.default.secret)
    token = parse_token(worked_out_write_only()["token"], 1)
    assert token is not None

    assert key.open(token.kind, ("api", "TOKEN"), token.ciphertext()) == b"ts3cr3t"


def spelled(text: str) -> str:
    """The type of a plain scalar by the patterns of the page."""
    rows = re.findall(r"^\| `([^`]+)`(?:, in any case of letters)? \| (\w+) \|", section(2), re.MULTILINE)
    assert len(rows) == 9
    for pattern, kind in rows:
        flags = re.IGNORECASE if kind == "refused" else re.NOFLAG
        if re.fullmatch(pattern.replace("\\|", "|"), text, flags):
            return str(kind)
    return "text"


def read(text: str) -> str:
    """The type of a plain scalar by the program."""
    try:
        value = scalars.parse(text, 1)
    except Malformed:
        return "refused"
    words = {bool: "boolean", int: "integer", float: "float", str: "text", type(None): "null"}
    return words[type(value)]


@pytest.mark.fuzz
@given(st.text(st.sampled_from("0019.-+eExXoObBTZ_:, abfinyNULtrusa~=<"), min_size=1, max_size=22))
@example("0o17")
@example("9" * 18)
@example("9" * 19)
@example("-.INF")
@example("2026-11-26")
def test_the_spellings_of_plain_scalars(text: str) -> None:
    if text[0] in " ,:" or text.endswith((" ", ":")) or ": " in text or (text[0] == "-" and not text[1:2].isdigit()):
        return  # what no plain scalar begins with, holds or ends with
    assert read(text) == spelled(text)


def test_the_table_of_types() -> None:
    rows = dict(re.findall(r"^\| `([a-z])` \| (\w+) \|", section(5), re.MULTILINE))

    assert rows == {kind.value.decode(): "JSON" if kind is ValueType.JSON else kind.word for kind in ValueType}


def test_the_table_of_size_classes() -> None:
    rows = re.findall(r"\| ([0-9,]+)(?: to ([0-9,]+))? \| ([0-9,]+) (?=\|)", section(5))

    assert len(rows) == 8
    for first, last, found in rows:
        low, high, size = (int(text.replace(",", "")) for text in (first, last or first, found))
        assert {size_class(length) for length in (low, high)} == {size}
        assert size_class(high + 1) > size


def test_the_names_that_steer_loaders() -> None:
    told = set(re.findall(r"`([^`]+)`", section(8))) - {"render", "run", "allow_names", "env", "write_only: refuse"}
    always = {*dangerous_names._NAMES, *(f"{prefix}*" for prefix in dangerous_names._PREFIXES)}

    assert told == always | dangerous_names._SETTINGS


def test_every_kind_of_expectation_is_told() -> None:
    kinds = {line.partition(": ")[0] for vector in good.vectors() for line in vector.expect}

    assert kinds == {"value", "refused", "succession"}
    for kind in kinds:
        assert f"`{kind}: " in section(9)
