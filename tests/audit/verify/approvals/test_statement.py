"""The bytes of a statement: one form for each, and nothing else is taken."""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.audit.verify.approvals.statement import (
    LARGEST,
    NAMESPACE,
    ApprovalStatement,
    ApprovedChange,
    FileState,
    FolderRules,
    SignedStatement,
    key_part,
    parse,
    parse_signed,
    serialise,
)
from gitseal.git.signatures import BAD, GOOD, checking_bytes
from gitseal.policy import parser
from gitseal.policy.signing import signers
from tests.growth import assert_linear, repeated

T = TypeVar("T", ApprovedChange, FolderRules)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
# What Git can hold as a path: any bytes but NUL.
PATHS = st.binary(min_size=1, max_size=20).map(
    lambda data: data.replace(b"\0", b"x").decode("utf-8", "surrogateescape")
)
STATES = st.none() | st.builds(FileState, st.sampled_from(["100644", "100755", "120000", "160000"]), HEX)
CHANGES = st.builds(ApprovedChange, PATHS, STATES, STATES).filter(lambda change: change.old != change.new)
RULES = st.builds(FolderRules, PATHS.map(lambda path: f"{path}/"), HEX, st.none() | HEX)


def by_bytes(those: list[T]) -> tuple[T, ...]:
    return tuple(sorted(those, key=lambda each: each[0].encode("utf-8", "surrogateescape")))


STATEMENTS = st.builds(
    ApprovalStatement,
    st.just("sha1"),
    st.sampled_from(["refs/heads/main", "refs/heads/release/1\u3000", 'refs/heads/"']),
    HEX.map(lambda digits: digits[:40]),
    st.lists(RULES, max_size=3, unique_by=lambda each: each.folder).map(by_bytes),
    st.lists(CHANGES, min_size=1, max_size=4, unique_by=lambda each: each.path).map(by_bytes),
    st.sampled_from(["alice", "bob-2"]),
    st.sampled_from(["SHA256:" + "aB+/" * 10 + "abc", "AB" * 20, "0F" * 32]),
)

VECTOR = b"""\
gitseal approval v1
object-format sha1
ref refs/heads/main
base 1111111111111111111111111111111111111111
policy ".secrets/policy.yaml" 2222222222222222222222222222222222222222222222222222222222222222
manifest ".secrets/manifest.yaml" -
change ".secrets/new \\"a\\303\\244\\012.yaml" - - 100644 3333333333333333333333333333333333333333333333333333333333333333
change ".secrets/production.yaml" 100644 4444444444444444444444444444444444444444444444444444444444444444 \
100644 5555555555555555555555555555555555555555555555555555555555555555
approver alice
key SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
"""


@given(STATEMENTS)
def test_what_is_written_is_read(statement: ApprovalStatement) -> None:
    assert parse(serialise(statement)) == statement


@given(STATEMENTS, st.data())
def test_no_other_bytes_mean_the_same(statement: ApprovalStatement, data: st.DataObject) -> None:
    """Whatever parses is written as it was: no statement has two forms."""
    written = serialise(statement)
    at = data.draw(st.integers(0, len(written) - 1))
    changed = written[:at] + data.draw(st.binary(max_size=2)) + written[at + data.draw(st.integers(0, 2)) :]
    found = parse(changed)
    assert found is None or serialise(found) == changed


def test_the_vector() -> None:
    statement = parse(VECTOR)
    assert statement is not None
    assert statement == ApprovalStatement(
        "sha1",
        "refs/heads/main",
        "1" * 40,
        (FolderRules(".secrets/", "2" * 64, None),),
        (
            ApprovedChange('.secrets/new "aä\n.yaml', None, FileState("100644", "3" * 64)),
            ApprovedChange(".secrets/production.yaml", FileState("100644", "4" * 64), FileState("100644", "5" * 64)),
        ),
        "alice",
        "SHA256:" + "A" * 43,
    )
    signed = SignedStatement(statement, VECTOR, b"")
    assert signed.ref == f"refs/gitseal/approvals/{sha256(VECTOR).hexdigest()}/{'0' * 64}"


LINES = VECTOR.split(b"\n")


@pytest.mark.parametrize(
    "other",
    [
        b"",
        VECTOR[:-1],
        VECTOR + b"\n",
        VECTOR.replace(b"v1", b"v2"),
        VECTOR.replace(b"\n", b"\r\n"),
        VECTOR.replace(b"sha1", b"sha256", 1),
        VECTOR.replace(b"refs/heads/main", b"refs/tags/main"),
        VECTOR.replace(b"refs/heads/main", b"main"),
        VECTOR.replace(b"\\012", b"\\n"),
        VECTOR.replace(b"new", b"\\156ew"),
        VECTOR.replace(b"- - 100644", b"- - - -"),
        VECTOR.replace(b"- - 100644 " + b"3" * 64, b"- - - -"),
        VECTOR.replace(b"100644 " + b"5" * 64, b"100644 " + b"4" * 64),
        VECTOR.replace(b"approver alice\n", b""),
        VECTOR.replace(b"approver alice\n", b"approver alice\napprover bob\n"),
        b"\n".join([*LINES[:6], LINES[7], LINES[6], *LINES[8:]]),
        b"\n".join([*LINES[:7], LINES[6], *LINES[7:]]),
        b"\n".join([*LINES[:4], LINES[5], LINES[4], *LINES[6:]]),
        b"\n".join([*LINES[:6], *LINES[8:]]),
    ],
)
def test_what_is_no_statement(other: bytes) -> None:
    assert parse(other) is None


def test_a_signature_stands_below() -> None:
    signature = b"-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"
    signed = parse_signed(VECTOR + signature)
    assert signed is not None
    assert (signed.payload, signed.signature, signed.content) == (VECTOR, signature, VECTOR + signature)
    assert parse_signed(VECTOR) is None
    assert parse_signed(VECTOR + signature + b"x" * LARGEST) is None


def test_keys_as_parts_of_a_ref() -> None:
    assert key_part("SHA256:" + "/" * 42 + "8") == "f" * 64
    assert key_part("AB" * 20) == "ab" * 20


@pytest.mark.parametrize("piece", [b'change "a', b"\n", b'"\\', b"policy ", b"change - - - -\n"])
def test_hostile_bytes_take_linear_time(piece: bytes) -> None:
    def work(size: int) -> Callable[[], object]:
        text = VECTOR[:100] + repeated(piece, size) + VECTOR[100:]
        return lambda: parse(text)

    assert_linear(work)


def test_the_example_of_the_format() -> None:
    """docs/format.md has a whole approval, signature and all."""
    page = (Path(__file__).resolve().parents[4] / "docs/format.md").read_text(encoding="utf-8")
    section = page.split("\n## 11. Approvals\n")[1]
    content = section.split("```text\n")[1].split("```")[0].encode()
    key, ref = re.findall(r"`(ssh-ed25519 \S+|refs/gitseal/approvals/[0-9a-f/]{129})`", section)
    signed = parse_signed(content)
    assert signed is not None
    assert signed.ref == ref
    policy = parser.parse(f'version: 1\nrecipients:\n  bob: {{signing: ["{key}"]}}\n'.encode())
    with checking_bytes(signers(policy), None, NAMESPACE) as check:
        found = check(signed.payload, signed.signature)
        assert (found.status, found.signers, found.key) == (GOOD, ("bob",), signed.statement.key)
        assert check(signed.payload + b"\n", signed.signature).status == BAD
    with checking_bytes(signers(policy), None, "git") as check:
        assert check(signed.payload, signed.signature).status == BAD
