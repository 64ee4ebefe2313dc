"""A policy of a newer gitseal stops whoever seals or judges, and nobody who only reads values."""

import pytest

from gitseal.errors import Error, Malformed
from gitseal.policy import manifest_parser, parser

POLICY = b"""\
version: 1
recipients:
  alice: {keys: [age1x], team: core}
  bob: {keys: [age1y], team: core}
groups:
  team: [alice, bob]
environments:
  production:
    open: [team]
    window: office
quorum: 2
rules:
  - {names: [A], plain: true, since: 2027}
  - names: [B]
    plain: true
    since: 2028
"""


def test_sealing_and_judging_refuse_it_and_name_the_way_out() -> None:
    with pytest.raises(Malformed, match='no field "quorum"') as caught:
        parser.parse(POLICY)
    assert "newer gitseal" in caught.value.hint


def test_reading_leaves_the_fields_out_and_tells_them() -> None:
    policy, ignored = parser.parse_known(POLICY)
    lines = [line for line in POLICY.decode().splitlines() if "quorum" not in line and "window" not in line]
    known = "\n".join(lines).replace(", team: core", "").replace(", since: 2027", "").replace("    since: 2028", "")
    assert policy == parser.parse(known.encode() + b"\n")
    assert {field.rpartition("/")[2] for field in ignored} == {"team", "window", "quorum", "since"}


def test_what_is_known_is_not_ignored() -> None:
    policy = POLICY.replace(b"quorum: 2\n", b"")
    assert parser.parse_known(policy)[0].environments["production"].open == ("team",)


@pytest.mark.parametrize("broken", [b"    open: [nobody]\n", b"    open: team\n", b"    write_only: maybe\n"])
def test_a_field_that_is_known_has_to_hold_for_readers_too(broken: bytes) -> None:
    with pytest.raises(Error):
        parser.parse_known(POLICY.replace(b"    open: [team]\n", broken))


def test_many_unknown_fields_are_refused_and_take_no_product_of_time() -> None:
    many = b"".join(b"x%d: 1\n" % number for number in range(1000))
    with pytest.raises(Malformed):
        parser.parse_known(POLICY + many)


MANIFEST = b"""\
version: 1
secrets:
  TOKEN: {type: string, audience: [ops]}
  api:
    note: {type: string, audience: [ops]}
    audience: {required: true}
  EMPTY:
services:
  web:
    include: [TOKEN]
    exclude: [EMPTY]
    files:
      - {path: token, secret: TOKEN, owner: www}
lifetimes: {TOKEN: 1d}
"""


def test_a_manifest_is_read_like_a_policy() -> None:
    with pytest.raises(Malformed, match='no field "lifetimes"'):
        manifest_parser.parse(MANIFEST)
    manifest, ignored = manifest_parser.parse_known(MANIFEST)
    known = MANIFEST.replace(b", audience: [ops]", b"").replace(b", owner: www", b"")
    known = known.replace(b"    exclude", b"    # exclude").replace(b"lifetimes", b"# lifetimes")
    assert manifest == manifest_parser.parse(known)
    assert {field.rpartition("/")[2] for field in ignored} == {"audience", "exclude", "owner", "lifetimes"}
    assert ("api", "audience") in manifest.secrets, "a secret that is called like the field"


def test_many_unknown_fields_of_a_manifest_are_refused() -> None:
    many = b"".join(b"x%d: 1\n" % number for number in range(1000))
    with pytest.raises(Malformed):
        manifest_parser.parse_known(MANIFEST + many)


def test_a_thousand_declarations_with_one_new_field_are_read() -> None:
    lines = "".join(f"  N{number}: {{type: string, audience: [ops]}}\n" for number in range(1000))
    manifest, ignored = manifest_parser.parse_known(f"version: 1\nsecrets:\n{lines}".encode())
    assert (len(manifest.secrets), len(ignored)) == (1000, 1)
