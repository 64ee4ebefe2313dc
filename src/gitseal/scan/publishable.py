"""Values that are public by their shape: publishable keys, ids of clients, public halves of keys. They are no secrets anywhere.

Only what is certain stands here. Keys that are public in one place and secret in another (Google's `AIza...`, reCAPTCHA's,
Algolia's) have the same shape in both.
"""

import re
from binascii import Error, a2b_base64

_STARTS = (
    b"pk_live_",
    b"pk_test_",
    b"phc_",
    b"pk.eyJ",
    b"sb_publishable_",
    b"NRJS-",
    b"age1",
    b"ssh-",
    b"ecdsa-sha2-",
    b"-----BEGIN PUBLIC KEY-----",
    b"https://",
    b"eyJ",
    b"B",
)
_CLIENT = b".apps.googleusercontent.com"
# Texts, compiled by `re` when a value begins like one.
_SHAPES = (
    rb"pk_(?:live|test)_[A-Za-z0-9]{20,250}\$?",  # Stripe ("safe to publish"), Clerk
    rb"phc_[A-Za-z0-9]{40,50}",  # PostHog's project key ("safe to use in public apps")
    rb"pk\.eyJ[A-Za-z0-9_-]{40,200}\.[A-Za-z0-9_-]{20,24}",  # Mapbox's public token
    rb"sb_publishable_[A-Za-z0-9_-]{31}",  # Supabase
    rb"NRJS-[a-f0-9]{19}",  # New Relic's browser agent
    rb"[0-9]{6,21}-[a-z0-9]{32}\.apps\.googleusercontent\.com",  # Google's OAuth client id
    rb"https://[0-9a-f]{32}@(?:o[0-9]+\.ingest\.(?:[a-z]{2}\.)?)?sentry\.io/[0-9]+",  # Sentry's DSN without a secret
    rb"age1[02-9ac-hj-np-z]{58}",  # an age recipient
    rb"(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)) AAAA[A-Za-z0-9+/]{60,1400}={0,2}(?: [^\n]{0,200})?",
    # The public half of a key pair, as OpenSSL and `set --generate` write it: DER begins with a SEQUENCE.
    rb"-----BEGIN PUBLIC KEY-----\r?\nM[A-Za-z0-9+/\r\n]{55,1400}={0,2}\r?\n-----END PUBLIC KEY-----(?:\r?\n)?",
)


def is_publishable(value: bytes) -> bool:
    """True if a value is public whoever has it, by its shape."""
    if not value.startswith(_STARTS) and not value.endswith(_CLIENT):
        return False
    if any(re.fullmatch(shape, value) for shape in _SHAPES):
        return True
    return _is_anonymous(value) or _is_point(value)


def _decoded(text: bytes) -> bytes:
    """The bytes of URL-safe base64 without padding; nothing, if it is none."""
    try:
        return a2b_base64(text.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(text) % 4))
    except Error:
        return b""


def _is_anonymous(value: bytes) -> bool:
    """Supabase's older key for pages: a JSON Web Token that gives the role `anon`."""
    if not re.fullmatch(rb"eyJ[\w-]{10,200}\.eyJ[\w-]{20,400}\.[\w-]{20,100}", value):
        return False
    claims = _decoded(value.split(b".")[1])
    return re.search(rb'"role"\s*:\s*"anon"', claims) is not None and b'"supabase' in claims


# P-256 (SEC 2, 2.4.2).
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_POINT = 65  # bytes


def _is_point(value: bytes) -> bool:
    """A public key of Web Push (VAPID, RFC 8292): a point of P-256 in base64. Random bytes are on the curve once in 500 times."""
    if not re.fullmatch(rb"B[\w-]{86}", value):
        return False
    point = _decoded(value)
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    return len(point) == _POINT and point.startswith(b"\x04") and (y * y - x * x * x + 3 * x - _B) % _P == 0
