"""Whoever writes a policy or a manifest, it is one of ours or refused in our words: no bytes end in anything else."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Error
from gitseal.policy import allow, manifest_parser, parser
from gitseal.policy.policy import Policy
from tests.policy.test_allow import HAND_WRITTEN
from tests.policy.test_manifest import WHOLE as MANIFEST
from tests.policy.test_parser import WHOLE as POLICY

PUBLISH = """\
publish:
  shop:
    environments: [production]
    service: api
    to: "vault:secret/shop"
    from: refs/heads/main
"""
POLICY += PUBLISH
ALLOWED = HAND_WRITTEN.decode()
PIECES = st.sampled_from(
    [
        *(line for text in (POLICY, MANIFEST, ALLOWED) for line in text.splitlines(keepends=True)),
        *("", " ", "  ", "\n", "\t", "\r", "\0", "\x85", "\u2028", "\ufeff", "é"),
        *(
            ":",
            ": ",
            "- ",
            "#",
            "[",
            "]",
            "{",
            "}",
            ",",
            "'",
            '"',
            "\\",
            "*",
            "?",
            "&a ",
            "*a",
            "!!binary ",
            "<<: ",
            "---\n",
            "|\n",
        ),
        *("null", "true", "1", "-1", "1e999", "0x10", ".nan", "9" * 400, "a" * 200, "{" * 70, "[" * 70, "${secret:A}"),
        *(
            "version: 2\n",
            "production",
            "alice",
            "admins",
            "base",
            "extends: production\n",
            "(?=a)",
            "^(a+)+$",
            "../..",
        ),
    ]
)


@st.composite
def mutated(draw: st.DrawFn, text: str) -> bytes:
    """A text with a few parts of it gone, in another place, or taken by something else."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        gone = draw(st.one_of(st.integers(0, 3), st.integers(0, 80)))
        piece = draw(st.one_of(PIECES, st.just(text[start : start + gone]), st.text(max_size=3)))
        target = draw(st.integers(0, len(text)))
        place = start if draw(st.booleans()) else target
        text = text[:place] + piece + text[place + gone :]
    return text.encode("utf-8", "surrogatepass")


def any_bytes(text: str) -> st.SearchStrategy[bytes]:
    """Bytes of all kinds, most of them near to what is valid."""
    return st.one_of(st.binary(max_size=60), st.binary(max_size=20).map(text.encode().__add__), mutated(text))


def ask(policy: Policy) -> None:
    """What every command asks."""
    for environment in policy.environments:
        policy.chain(environment)
        for path in (("STRIPE_KEY",), ("db", "PASSWORD"), ("LOG_LEVEL_old",)):
            policy.is_plain(environment, path)
            policy.open_to(environment, policy.group(environment, path))


def parsed(parse: Callable[[bytes], object], data: bytes) -> object:
    refusal: Error
    try:
        return parse(data)
    except Error as error:
        refusal = error
    assert refusal.message
    assert refusal.__context__ is None or refusal.__suppress_context__, "it would show what the file has"
    return None


def test_what_is_mutated_is_valid() -> None:
    ask(parser.parse(POLICY.encode()))
    assert manifest_parser.parse(MANIFEST.encode())
    assert allow.parse(ALLOWED.encode()).entries


@pytest.mark.fuzz
@given(any_bytes(POLICY))
def test_any_bytes_are_a_policy_that_answers_or_are_refused(data: bytes) -> None:
    strict = parsed(parser.parse, data)
    known = parsed(parser.parse_known, data)
    if strict is not None:
        assert isinstance(strict, Policy)
        assert known == (strict, ())
        ask(strict)


@pytest.mark.fuzz
@given(any_bytes(MANIFEST))
def test_any_bytes_are_a_manifest_or_are_refused(data: bytes) -> None:
    strict = parsed(manifest_parser.parse, data)
    known = parsed(manifest_parser.parse_known, data)
    assert strict is None or known is not None


@pytest.mark.fuzz
@given(any_bytes(ALLOWED))
def test_any_bytes_are_allowances_or_are_refused(data: bytes) -> None:
    parsed(allow.parse, data)
