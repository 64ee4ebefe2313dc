"""The public keys on Curve25519 and Ed25519 that are refused: those that are written in a second way or open to anyone.

A key of low order makes the same shared secret for everybody, so whatever is wrapped to it is readable by all; and the
library panics on it. RFC 7748, section 6.1; the list is the one of cr.yp.to/ecdh.html#validate.
"""

_P = 2**255 - 19
_EIGHTH = 325606250916557431795983626356110631294008115727848805560023387167927233504
_OTHER_EIGHTH = 39382357235489614581723060781553021112529911719440698176882885853963445705823
_LOW_ORDER = frozenset({0, 1, _P - 1, _EIGHTH, _OTHER_EIGHTH})


def good_x25519(key: bytes) -> bool:
    """True if 32 bytes are the only spelling of a Montgomery point that keeps a secret."""
    u = int.from_bytes(key, "little")
    # X25519 ignores the high bit and reduces modulo p, so another spelling would be the same key under another id.
    return u < _P and u not in _LOW_ORDER


def good_ed25519(key: bytes) -> bool:
    """True if 32 bytes are canonical and map to a Montgomery point that keeps a secret.

    That they are on the curve is left to the library.
    """
    y = _y(key)
    # y = 1 is the neutral element, for which the map would divide by zero.
    return y < _P and y != 1 and _u(y) not in _LOW_ORDER


def montgomery(key: bytes) -> bytes:
    """The X25519 public key of the private key that an Ed25519 public key belongs to. The key must be good."""
    return _u(_y(key)).to_bytes(32, "little")


def _y(key: bytes) -> int:
    # The high bit is the sign of x, which the Montgomery form does not have.
    return int.from_bytes(key, "little") & (2**255 - 1)


def _u(y: int) -> int:
    # RFC 7748, section 4.1.
    return (1 + y) * pow(1 - y, -1, _P) % _P
