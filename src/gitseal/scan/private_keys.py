"""Private keys as text: PEM of every kind, OpenSSH, PGP, PuTTY, JSON Web Keys, age. Keys in DER and in stores are `der_keys`.

A key behind a passphrase is a key all the same. A marker alone is none: documentation and parsers are full of them, so the
marker has to be followed by a key's own text (`_BODY`, or a right checksum).
"""

import re
from binascii import a2b_base64

from gitseal.recipients.kinds import IDENTITY_LINES
from gitseal.scan.literals import Shape

RULE = "private-key"

_BEGIN = rb"-{4,5} ?BEGIN (?:[A-Z0-9]+ ){0,4}"
_END = rb"PRIVATE KEY(?: BLOCK)? ?-{4,5}"
# Between the lines of a key: line ends, as they are or escaped (once or twice), and what strings in code, comments, diffs
# and quoted mail put around them.
_JOINT = rb"""(?:\\{1,4}[nrt]|\s\.\s|[\s"'`+,>#*|;()&\\-])"""
# `Proc-Type: 4,ENCRYPTED` (RFC 1421), `Version: GnuPG v2` and `Comment: ...` (RFC 9580).
_HEADER = (
    rb"(?:Proc-Type: ?4, ?ENCRYPTED|DEK-Info: ?[A-Z0-9-]+, ?[0-9A-Fa-f]+"
    rb'|[A-Z][A-Za-z0-9-]{2,20}: [^\n\r\\"]{0,200}(?=[\n\r\\"]))'
)
# Prose has no words of 16 letters, a key no shorter lines.
_PIECE = rb"[A-Za-z0-9+/]{16,}={0,2}"
_RUN = rb"[A-Za-z0-9+/]+(?:" + _JOINT + rb"{1,80}" + _PIECE + rb")*"
_LOOKED_AT = 4000
_LEAST = 64  # characters of base64: a whole Ed25519 key
_LEAST_VARIED = 14  # different ones among them; a made-up body repeats itself


def _pem(before: bytes, after: bytes) -> str:
    """PEM, OpenSSH and PGP armour (RFC 7468, RFC 9580) and SSH2's, also within a string, a comment or JSON."""
    begin = re.search(_BEGIN + rb"\Z", before[-60:])
    end = re.match(_END, after)
    if begin is None or end is None or not _follows(after[end.end() :]):
        return ""
    marker = begin[0] + end[0]
    return next((what for word, what in _KINDS if word in marker), "a private key in PEM")


_KINDS = (
    (b"PGP", "a PGP private key"),
    (b"OPENSSH", "an OpenSSH private key"),
    (b"SSH2", "an SSH private key"),
    (b"ENCRYPTED", "an encrypted private key in PEM"),
    (b"RSA", "an RSA private key in PEM"),
    (b"EC ", "an EC private key in PEM"),
    (b"DSA", "a DSA private key in PEM"),
)


def _follows(text: bytes) -> bool:
    """True if a key's headers, if any, and its base64 come after a marker."""
    headers = re.match(rb"(?:" + _JOINT + rb"{0,80}" + _HEADER + rb")*", text)
    return is_body(text[headers.end() :] if headers else text)


def is_body(text: bytes) -> bool:
    """True if a key's base64 begins here: 64 characters in pieces of at least 16, varied, and not cut short by `...`."""
    begun = re.match(_JOINT + rb"{0,80}(?=" + _PIECE + rb")", text)
    if begun is None:
        return False
    run = re.match(_RUN, text[begun.end() : begun.end() + _LOOKED_AT])
    end = begun.end() + (run.end() if run else 0)
    if re.match(rb"(?:\\n|\s){0,20}(?:\.\.|\xe2\x80\xa6)|[<\[{*]", text[end : end + 60]):
        return False
    digits = base64_run(text[begun.end() :])
    return len(digits) >= _LEAST and len(set(digits[:_LEAST])) >= _LEAST_VARIED


def base64_run(text: bytes) -> bytes:
    """The base64 that `text` begins with, its lines joined, without padding; whole groups of four alone."""
    run = re.match(_RUN, text[:_LOOKED_AT])
    joined = re.sub(rb"""["'`]\s*[+.]\s*["'`]|\\{1,4}[nrt]|[^A-Za-z0-9+/]""", b"", run[0]) if run else b""
    return joined[: len(joined) // 4 * 4]


def _pem_in_base64(before: bytes, after: bytes) -> str:
    """PEM that was encoded once more, as Kubernetes' secrets and CI variables hold it, wrapped or not."""
    if before[-4:] == b"LS0t" or not _may_begin_marker(after):
        return ""
    text = a2b_base64(base64_run(after))
    marker = re.match(rb"-{0,5} ?" + _BEGIN.removeprefix(rb"-{4,5} ?") + _END, text)
    return "a private key in PEM, in base64" if marker and _follows(text[marker.end() :]) else ""


def _may_begin_marker(after: bytes) -> bool:
    """True if base64 that begins with three dashes goes on to `BEGIN`: certificates and rules of dashes are left early."""
    return b"BEGIN" in a2b_base64(base64_run(after[:48]))


def _putty(_before: bytes, after: bytes) -> str:
    """PuTTY's format, versions 1 to 3 (PuTTY manual, appendix C)."""
    is_key = re.match(rb"PuTTY-User-Key-File-[1-3]: ", after) and b"Private-Lines: " in after
    return "a PuTTY private key" if is_key else ""


def _jwk(before: bytes, after: bytes) -> str:
    """A JSON Web Key of a pair of keys with its private half `d` (RFC 7517, RFC 7518 section 6), also as JSON within JSON."""
    whole = before[-_LOOKED_AT:].rpartition(b"{")[2] + after[:_LOOKED_AT].partition(b"}")[0]
    kind = re.search(rb"""kty\\*"\s*:\s*\\*"(?:RSA|EC|OKP)\\*\"""", whole)
    private = re.search(rb"""\\*"d\\*"\s*:\s*\\*"([A-Za-z0-9_-]{40,})""", whole)
    if kind is None or private is None or len(set(private[1])) < _LEAST_VARIED:
        return ""
    return "a private key as a JSON Web Key"


def _age(_before: bytes, after: bytes) -> str:
    """An age identity (C2SP age.md: Bech32, BIP 173): its checksum is right, so an example with made-up digits is none."""
    for line in IDENTITY_LINES:
        match = re.match(line.pattern, after)
        if match and line.is_whole(match[0].decode().lower()):
            return line.what
    return ""


# Two kinds may share a marker, and Bech32 is written in either case.
_MARKERS = tuple(dict.fromkeys(line.marker.encode() for line in IDENTITY_LINES))

SHAPES = (
    Shape(RULE, b"PRIVATE KEY", _pem),
    Shape(RULE, b"LS0t", _pem_in_base64),
    Shape(RULE, b"PuTTY-User-Key-File-", _putty),
    Shape(RULE, b'"kty', _jwk),
    *(Shape(RULE, written, _age) for marker in _MARKERS for written in (marker, marker.lower())),
)
