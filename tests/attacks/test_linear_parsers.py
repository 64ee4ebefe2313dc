"""What anyone can commit is read in time that grows like its size: every parser of such bytes, with what would be its worst."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from gitseal.audit.verify.approvals.statement import parse_signed
from gitseal.crypto import sshsig
from gitseal.document import document
from gitseal.errors import Error
from gitseal.git.commits import parse_commit
from gitseal.policy import allow, manifest_parser, parser
from gitseal.project.belief.facts import facts
from tests import growth

SHA256 = "a" * 64
ID = "0" * 40
PERSON = b"a <a@b> 1 +0000"
TOP = b"tree %b\nauthor %b\ncommitter %b\n" % (ID.encode(), PERSON, PERSON)
TOKEN = f"ENC[v1,s,default:k{'0' * 32},AAAA]"
HEADER = f"gitseal:\n  version: 1\n  id: f{'0' * 32}\n  environment: production\n  access:\n"


def armored(data: bytes) -> bytes:
    from binascii import b2a_base64

    return b"-----BEGIN SSH SIGNATURE-----\n" + b2a_base64(data) + b"-----END SSH SIGNATURE-----\n"


def entries(count: int) -> bytes:
    lines = (f"  - {{path: a{number}, sha256: {SHA256}, reason: x}}\n" for number in range(count))
    return ("version: 1\nallowed:\n" + "".join(lines)).encode()


def names(count: int) -> bytes:
    return ("".join(f"A{number}:\n  {TOKEN}\n\n" for number in range(count)) + HEADER + "    {}\n").encode()


def stanzas(count: int) -> bytes:
    lines = (
        f"        a{number}:\n          r{number:032x}:\n            STANZA[v1,k,AAAA]\n" for number in range(count)
    )
    block = f"    default:\n      key: k{'0' * 32}\n      public: gsp1AAAA\n      stanzas:\n" + "".join(lines)
    return (HEADER + block).encode()


def groups(count: int) -> bytes:
    blocks = (f"    g{number}:\n      key: k{'0' * 32}\n      public: gsp1AAAA\n" for number in range(count))
    return (HEADER + "".join(blocks)).encode()


def declared(count: int) -> bytes:
    return ("version: 1\nsecrets:\n" + "".join(f"  A{number}: {{type: string}}\n" for number in range(count))).encode()


def members(count: int) -> bytes:
    people = "".join(f"  a{number}: {{keys: [age1x]}}\n" for number in range(count))
    listed = ", ".join(f"a{number}" for number in range(count))
    opened = "environments:\n  production: {open: [g], change: [g]}\n"
    return f"version: 1\nrecipients:\n{people}groups:\n  g: [{listed}]\n{opened}".encode()


def looked_up(data: bytes) -> None:
    allowances = allow.parse(data)
    for number in range(10_000):
        allowances.hashes(b"b%d" % number)


PARSERS: dict[str, tuple[Callable[[bytes], object], Callable[[int], bytes]]] = {
    "allow.yaml": (allow.parse, entries),
    "allow.yaml, spoilt": (allow.parse, lambda size: entries(size) + b"x"),
    "allow.yaml, looked up": (looked_up, entries),
    "policy.yaml": (parser.parse, members),
    "policy.yaml, lenient": (parser.parse_known, lambda size: members(size) + b"x: 1\ny: 1\n"),
    "manifest.yaml": (manifest_parser.parse, declared),
    "manifest.yaml, lenient": (manifest_parser.parse_known, lambda size: declared(size).replace(b"}", b", x: 1}")),
    "sealed file, names": (document.parse, names),
    "sealed file, stanzas": (document.parse, stanzas),
    "sealed file, groups": (document.parse, groups),
    "facts of names": (facts, names),
    "facts of headers": (facts, lambda size: b"gitseal:\n" * size),
    "facts of quotes": (facts, lambda size: b'"\n' * size),
    "commit, lines of a field": (partial(parse_commit, ID), lambda size: TOP + b"gpgsig x\n" + b" x\n" * size + b"\nm"),
    "commit, fields": (
        partial(parse_commit, ID),
        lambda size: TOP + b"".join(b"x%d y\n" % n for n in range(size)) + b"\nm",
    ),
    "commit, parents": (
        partial(parse_commit, ID),
        lambda size: TOP.replace(b"author", b"parent x\n" * size + b"author", 1),
    ),
    "commit, blanks": (partial(parse_commit, ID), lambda size: TOP.replace(b"a <", b" " * size + b"<")),
    "SSH signature, strings": (sshsig.parse, lambda size: armored(b"SSHSIG\0\0\0\1" + b"\0\0\0\0" * size)),
    "SSH signature, lines": (sshsig.parse, lambda size: armored(b"x").replace(b"=\n", b"=\n" * size)),
    "SSH signature, no end": (sshsig.parse, lambda size: b"-----BEGIN SSH SIGNATURE-----\n" + b"A\n" * size),
    "approval": (parse_signed, lambda size: b"gitseal approval v1\n" + b"change \n" * size + b"\n-----BEGIN "),
}


@pytest.mark.parametrize("name", PARSERS)
def test_it_takes_linear_time(name: str) -> None:
    parse, content = PARSERS[name]

    def tried(data: bytes) -> None:
        with suppress(Error):
            parse(data)

    growth.assert_linear(lambda size: partial(tried, content(size)))
