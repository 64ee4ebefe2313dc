"""A team's value is found in every form, wherever it stands, however the blob is cut, and never said."""

import base64
import json
import string
import textwrap
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.scan.rules import Rules
from gitseal.scan.scan_blob import scan_blob
from gitseal.scan.team import RULE, Owner, Team
from tests.slow import slow_but

OWNER = Owner("production", "DATABASE_PASSWORD")


def found(content: bytes, value: bytes, cuts: tuple[int, ...] = ()) -> list[str]:
    places = [0, *sorted({min(cut, len(content)) for cut in cuts}), len(content)]
    chunks = [content[a:b] for a, b in pairwise(places)]
    findings = scan_blob(b"src/x", 0o100644, chunks, Rules(), Team([(OWNER, value)]))
    return [each.message for each in findings if each.rule == RULE]


def wrapped(text: str, width: int, joint: str) -> str:
    return joint.join(text[at : at + width] for at in range(0, len(text), width))


HOWS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda v: v,
    "base64": base64.b64encode,
    "base64, after one byte": lambda v: base64.b64encode(b"u" + v + b"\n"),
    "base64, after two": lambda v: base64.b64encode(b"u:" + v + b":r"),
    "base64, after three": lambda v: base64.b64encode(b"us:" + v + b":re"),
    "base64 of a URL": lambda v: base64.urlsafe_b64encode(b"u:" + v),
    "base64, no padding": lambda v: base64.b64encode(v).rstrip(b"="),
    "hex": lambda v: v.hex().encode(),
    "HEX": lambda v: v.hex().upper().encode(),
    "URL-encoded": lambda v: quote(v, safe="").encode(),
    "JSON": lambda v: json.dumps(v.decode()).encode(),
    "JSON in JSON string": lambda v: json.dumps(v.decode(), ensure_ascii=False).encode(),
    "base64 wrapped": lambda v: base64.encodebytes(
        b"some user name, " + v + b" and what follows it, so that it is long"
    ),
    "base64 wrapped in YAML": lambda v: textwrap.indent(
        wrapped(base64.b64encode(b"x" * 50 + v + b"y" * 50).decode(), 64, "\r\n"), "    "
    ).encode(),
    "a folded string": lambda v: wrapped(v.hex(), 10, '" +\n      "').encode(),
    "a string of Python": lambda v: wrapped(v.hex(), 10, "'\n    '").encode(),
    "a commented one": lambda v: wrapped(v.hex(), 12, "\n# ").encode(),
    "a shell's": lambda v: wrapped(v.hex(), 9, "\\\n").encode(),
    "UTF-16": lambda v: b"\xff\xfe" + v.decode().encode("utf-16-le"),
    "UTF-16, big, no mark": lambda v: v.decode().encode("utf-16-be"),
    "UTF-32": lambda v: v.decode().encode("utf-32"),
}

# Hypothesis likes values that say nothing (`00000000`); what they hash to does not, and every character may be there.
VALUES = st.builds(
    lambda seed, more: base64.b85encode(sha256(seed).digest())[:14] + more.encode(),
    st.binary(max_size=8),
    st.text(
        st.sampled_from(string.ascii_letters + string.digits + " !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~äß€"), max_size=30
    ),
).filter(lambda value: value == value.strip() and b"\\" not in value)


# One of each kind; the others differ from them by a detail.
QUICK = {
    "as it is", "base64, after one byte", "hex", "URL-encoded", "JSON in JSON string", "base64 wrapped in YAML",
    "a commented one", "UTF-16",
}  # fmt: skip


@pytest.mark.fuzz
@pytest.mark.parametrize("how", slow_but(QUICK, HOWS.keys()))
@given(VALUES, st.integers(0, 70), st.integers(0, 9))
def test_every_form_of_every_value_is_found_wherever_it_stands(how: str, value: bytes, before: int, after: int) -> None:
    encoded = HOWS[how](value)
    filler = b"\0" * 4 if how.startswith("UTF-") else b" "
    content = filler * before + encoded + filler * after
    whole, *parts = found(content, value)
    assert whole.startswith("the value of")
    # Of a value over several lines, a later line may hold a part whole, such as a query's password: that is told as well.
    assert all(part.startswith("a part of the value of") for part in parts)
    for message in (whole, *parts):
        assert '"DATABASE_PASSWORD" of production' in message
        assert value.decode() not in message


@pytest.mark.fuzz
@given(VALUES, st.lists(st.integers(0, 400), max_size=10), st.sampled_from(sorted(HOWS)))
def test_no_cut_hides_a_value(value: bytes, cuts: list[int], how: str) -> None:
    content = b"before\n" * 9 + HOWS[how](value) + b"\nafter"
    assert found(content, value, tuple(cuts)) == found(content, value)


@pytest.mark.fuzz
@given(VALUES, VALUES)
def test_another_value_is_no_alarm(value: bytes, other: bytes) -> None:
    if value not in other and other[:14] != value[:14]:
        content = b"\n".join(HOWS[how](other) for how in HOWS if not how.startswith("UTF-"))
        assert found(content, value) == []


def test_the_message_names_all_owners_and_lines_are_right() -> None:
    value = b"Xk29fKdm3920dkslKQ"
    team = Team(
        [
            (Owner("production", "A"), value),
            (Owner("staging", "A"), value),
            (Owner("staging", "B"), value),
            (Owner("base", "C"), b"Zk29fKdm3920dkslKQ"),
        ]
    )
    content = b"\n\nx = '" + value + b"'\n\n" + value + b"\n"

    (one,) = scan_blob(b"f", 0o100644, [content], Rules(), team)

    assert (one.line, one.rule) == (3, RULE)
    assert one.message == 'the value of "A" of production, "A" of staging and 1 more stands here, and in 1 more lines'


def test_lines_of_a_value_of_many_lines() -> None:
    """A certificate is public and JSON's field names are anyone's: what stands in a key alone counts."""
    lines = [base64.b64encode(sha256(bytes([n])).digest() * 2).decode()[:64] for n in range(4)]
    begin, end = "-----BEGIN ", "-----END "
    certificate = f"{begin}CERTIFICATE-----\n{lines[0]}\n{lines[1]}\n{end}CERTIFICATE-----\n"
    key = f"{begin}PRIVATE KEY-----\n{lines[2]}\n{lines[3]}\n{end}PRIVATE KEY-----\n"
    value = (certificate + key).encode()
    assert found(certificate.encode(), value) == []
    assert found(lines[3].encode(), value)
    assert found(f"{begin}PRIVATE KEY-----".encode(), value) == []

    account = json.dumps(
        {"type": "service_account", "auth_uri": "https://accounts.google.com/o/oauth2/auth", "key": lines[0]}, indent=2
    )
    assert (
        found(
            b'  "type": "service_account",\n  "auth_uri": "https://accounts.google.com/o/oauth2/auth",\n',
            account.encode(),
        )
        == []
    )
    assert found(f'  "key": "{lines[0]}"\n'.encode(), account.encode())


@pytest.mark.parametrize(
    "value", [b"short", b"production", b"localhost:5432", b"2026-11-21", b"aaaaaaaaaa", b"my-service", b"true"]
)
def test_ordinary_values_are_looked_for_nowhere(value: bytes) -> None:
    assert found(value + b" " + base64.b64encode(value) + b" " + value.hex().encode(), value) == []


def test_words_that_lift_a_value() -> None:
    value = b"Xk29fKdm3920dkslKQ"
    assert found(value + b"  # gitseal: allow the old one, revoked", value) == []
    assert found(value + b"  # gitleaks:allow", value)
    assert found(value + b"  # pragma: allowlist secret", value)


def test_the_team_does_not_show_itself() -> None:
    assert "Xk29" not in repr(Team([(OWNER, b"Xk29fKdm3920dkslKQ")]))


def test_nothing_to_look_for() -> None:
    assert scan_blob(b"f", 0o100644, [b"anything"], Rules(), Team([])) == []
    assert scan_blob(b"f", 0o100644, [b"true\n"], Rules(), Team([(OWNER, b"true")])) == []


MIXED: dict[str, Callable[[str], str]] = {
    "some percent codes": lambda v: v.replace("&", "%26").replace("+", "%2b"),
    "percent codes alone": lambda v: "".join(f"%{ord(sign):02X}" for sign in v),
    "numbers of JSON": lambda v: "".join(f"\\u{ord(sign):04x}" for sign in v),
    "some numbers of JSON": lambda v: v.replace("&", "\\u0026").replace("7", "\\u0037"),
    "numbers of C": lambda v: "".join(f"\\x{ord(sign):02x}" for sign in v),
    "octal numbers": lambda v: "".join(f"\\{ord(sign):03o}" for sign in v),
    "numbers of JavaScript": lambda v: v.replace("X", "\\u{58}"),
    "numbers of XML": lambda v: "".join(f"&#{ord(sign)};" for sign in v),
    "some names of XML": lambda v: v.replace("&", "&amp;").replace("+", "&#x2b;"),
    "a list of bytes": lambda v: ", ".join(f"0x{ord(sign):02x}" for sign in v),
    "a backslash here and there": lambda v: v.replace("=", "\\=").replace("~", "\\~"),
    "strings put together": lambda v: f'"{v[:12]}" + "{v[12:]}"',
    "strings side by side": lambda v: f"\"{v[:9]}\" '{v[9:]}'",
    "a quoted sign": lambda v: v.replace("&", "'&'"),
}


@pytest.mark.parametrize("how", MIXED)
@pytest.mark.parametrize("end", slow_but({"\n"}, ["", "\n", "\nafter % & \\ it\n" * 3]))
def test_escapes_in_any_mixture_hide_nothing(how: str, end: str) -> None:
    value = "pQ7-zX/9vK+2mW=4tR~8yL&1nB"
    content = f"\\first \\x41 %41 &lt;\n\nkey: ({MIXED[how](value)}){end}".encode()
    team = Team([(OWNER, value.encode())])
    (finding,) = scan_blob(b"src/x", 0o100644, [content], Rules(), team)
    assert (finding.line, finding.rule) == (3, RULE)
    far = b"x" * 300_000 + b"\n" + b"%41\\n&amp;" * 40_000 + content
    (finding,) = scan_blob(b"src/x", 0o100644, [far[at : at + 7001] for at in range(0, len(far), 7001)], Rules(), team)
    assert finding.line == 4
    assert scan_blob(b"src/x", 0o100644, [content.replace(b"key", b"gitseal: allow a test")], Rules(), team) == []


def test_two_texts_beside_each_other_are_no_alarm() -> None:
    value = b"smtp.Acme.eu9,relay.Acme.eu9"
    assert found(b"use smtp.Acme.eu9 or relay.Acme.eu9", value) == []
    assert found(b"smtpAcmeeu9relayAcmeeu9", value) == []
