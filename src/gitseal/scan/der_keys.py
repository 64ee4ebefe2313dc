"""Private keys in DER, in base64 without PEM around it, and in key stores: known by their structure, not by a file's name."""

import re
from binascii import a2b_base64

from gitseal.scan.inner_base64 import inner_base64
from gitseal.scan.literals import Shape
from gitseal.scan.private_keys import RULE, base64_run, is_body

# How much of a blob `at_start` looks at: key stores of a few hundred certificates.
HEAD = 1 << 18

# Object identifiers in DER.
_RSA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
_EC = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
_DSA = b"\x06\x07\x2a\x86\x48\xce\x38\x04\x01"
_EDWARDS = b"\x06\x03\x2b\x65"
_PKCS5 = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05"
_PKCS12 = b"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01"
_KEY_BAGS = (
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02",
)

_LENGTH = rb"(?:\x82..|\x81.|[\x00-\x7f])"
# Each begins a whole structure: no public key, request or certificate does.
_DER = (
    # RFC 5958: version 0 or 1, then an algorithm by its identifier.
    (rb"\x30%s\x02\x01[\x00\x01]\x30%s(?:%s)", "a private key in PKCS#8", (_RSA, _EC, _DSA, _EDWARDS)),
    (rb"\x30%s\x30%s(?:%s)", "an encrypted private key in PKCS#8", (_PKCS5, _PKCS12)),
    # RFC 8017: version 0, modulus; DSA's own: version 0, prime.
    (rb"\x30%s\x02\x01\x00\x02(?:\x82..|\x81.)\x00[\x80-\xff]", "an RSA or DSA private key", ()),
    # RFC 5915: version 1, the key in 28 to 66 bytes, a curve.
    (rb"\x30%s\x02\x01\x01\x04[\x1c-\x42].{28,66}\xa0.\x06", "an EC private key", ()),
)


def der(head: bytes) -> str:
    """The kind of private key in DER that begins with these bytes, or an empty text."""
    if head[:1] != b"\x30":
        return ""
    for pattern, what, identifiers in _DER:
        filled = pattern.replace(b"(?:%s)", b"(?:" + b"|".join(map(re.escape, identifiers)) + b")").replace(
            b"%s", _LENGTH
        )
        if re.match(filled, head, re.DOTALL):
            return what
    return ""


def at_start(head: bytes) -> str:
    """The kind of private key or key store that begins with these bytes (a blob's first `HEAD`); empty if none does."""
    if head[:1] == b"\x30":
        return der(head[:200])
    if head[:4] in _STORES:
        return _store(head)
    return ""


_STORES = {
    b"\xfe\xed\xfe\xed": "a Java key store with a private key",
    b"\xce\xce\xce\xce": "a Java key store with a key",
}
_CERTIFICATE = 2


def _store(head: bytes) -> str:
    """JKS and JCEKS (sun.security.provider.JavaKeyStore): a store that holds certificates alone is no secret."""
    at, entries = 12, int.from_bytes(head[8:12], "big")
    for _ in range(entries):
        if len(head) < HEAD and at + 8 > len(head):
            return ""  # cut short: it does not load
        if int.from_bytes(head[at : at + 4], "big") != _CERTIFICATE:
            return _STORES[head[:4]]
        at += 6 + int.from_bytes(head[at + 4 : at + 6], "big") + 8  # the alias and the date
        at += 2 + int.from_bytes(head[at : at + 2], "big")  # the certificate's type
        at += 4 + int.from_bytes(head[at : at + 4], "big")
    return ""


def _key_bag(_before: bytes, after: bytes) -> str:
    """PKCS#12 (RFC 7292, section 4.2): a key bag, shrouded or not. Stores of certificates alone have none."""
    return "a PKCS#12 store with a private key" if after[len(_KEY_BAGS[0]) :][:1] == b"\xa0" else ""


def _key_bag_in_base64(_before: bytes, _after: bytes) -> str:
    return "a PKCS#12 store with a private key, in base64"


def _in_base64(before: bytes, after: bytes) -> str:
    """A key in DER in base64 with no PEM around it, as Java properties and variables hold it."""
    if b"PRIVATE KEY" in before[-400:]:
        return ""  # the rule for PEM has judged it
    begun = re.search(rb"[A-Za-z0-9+/]{0,40}$", before[-40:])
    text = (begun[0] if begun else b"") + after
    if not is_body(text):
        return ""
    what = der(a2b_base64(base64_run(text[:400])))
    return f"{what}, in base64" if what else ""


def _store_in_base64(before: bytes, after: bytes) -> str:
    # A store begins its base64; in the midst of longer base64 these digits are chance.
    if re.search(rb"[A-Za-z0-9+/]$", before):
        return ""
    head = a2b_base64(base64_run(after))
    return f"{_store(head)}, in base64" if head[:4] in _STORES and _store(head) else ""


# The longest text that is the same in every such key, or what begins it.
_BASE64 = (
    b"ADANBgkqhkiG9w0BAQEFAASC",  # PKCS#8, RSA
    b"IBAAKC",  # PKCS#1 and DSA with a modulus of 2048 bits and more
    b"IBAAKB",  # ... of 1024
    b"ByqGSM49AgE",  # PKCS#8, EC
    b"ByqGSM44BAEw",  # ... DSA
    b"MEECAQAwEwYHKoZIzj0CAQ",  # PKCS#8, EC with no public half, as Java writes it
    b"AQAwBQYDK2V",  # Ed25519, X25519, Ed448, X448
    b"CAQEEI",  # SEC 1: curves of 256 bits
    b"AgEBBD",  # ... of 384
    b"AgEBBEI",  # ... of 521
    b"BgkqhkiG9w0BBQ0w",  # PKCS#8, encrypted
)

SHAPES = (
    *(Shape(RULE, bag, _key_bag) for bag in _KEY_BAGS),
    *(Shape(RULE, text, _key_bag_in_base64) for bag in _KEY_BAGS for text in inner_base64(bag)),
    *(Shape(RULE, text, _in_base64) for text in _BASE64),
    Shape(RULE, b"/u3+7QAAAA", _store_in_base64),
    Shape(RULE, b"zs7OzgAAAA", _store_in_base64),
)
