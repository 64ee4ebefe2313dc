"""What is public by its shape passes everywhere; what only looks like it does not.

The keys are made here; what looks like a vendor's is put together at run time.
"""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gitseal.scan.ordinary import is_ordinary
from gitseal.scan.plain_settings import is_plain_setting
from gitseal.scan.publishable import is_publishable
from tests.scan.test_tokens import BASE62, HEX, WORD, some


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def web_token(role: str) -> str:
    claims = {"iss": "supabase", "ref": "abcdefghij", "role": role, "iat": 1700000000}
    return ".".join((encoded(b'{"alg":"HS256","typ":"JWT"}'), encoded(json.dumps(claims).encode()), some(WORD, 43)))


POINT = generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
PUBLIC = {
    "Stripe": "pk" + "_live_" + some(BASE62, 24),
    "Stripe, test": "pk" + "_test_" + some(BASE62, 99),
    "Clerk": "pk" + "_test_" + encoded(b"clerk.example.com") + "$",
    "Google client": "284756109328-" + some("abcdefghijklmnop0123456789", 32) + ".apps.googleusercontent.com",
    "PostHog": "ph" + "c_" + some(BASE62, 43),
    "Mapbox": "pk" + ".eyJ" + some(BASE62, 60) + "." + some(BASE62, 22),
    "Supabase": "sb" + "_publishable_" + some(BASE62, 22) + "_" + some(BASE62, 8),
    "Supabase, older": web_token("anon"),
    "Sentry": f"https://{some(HEX, 32)}@o123.ingest.de.sentry.io/456",
    "New Relic": "NR" + "JS-" + some(HEX, 19),
    "Web Push": encoded(POINT),
    "SSH": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + some(BASE62, 43) + " alice@example.com",
    "PEM": generate_private_key(SECP256R1())
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode(),
    "age": "age1" + some("qpzry9x8gf2tvdw0s3jn54khce6mua7l", 58),
}
SECRET = {
    "Stripe": "sk" + "_live_" + some(BASE62, 24),
    "Google": "AI" + "za" + some(WORD, 35),
    "Supabase service": web_token("service_role"),
    "Sentry with a secret": f"https://{some(HEX, 32)}:{some(HEX, 32)}@o123.ingest.sentry.io/456",
    "no point": encoded(POINT[:-1] + bytes([POINT[-1] ^ 1])),
    "a VAPID private key": encoded(POINT[1:33]),
    "more behind it": PUBLIC["Stripe"] + "-" + some(BASE62, 9),
    "a PEM private key": "-----BEGIN PRIVATE " + "KEY-----\n" + some(BASE62, 64) + "\n-----END PRIVATE " + "KEY-----\n",
    "no PEM public key": "-----BEGIN PUBLIC KEY-----\nhunter2\n-----END PUBLIC KEY-----\n",
    "a URL": f"https://{some(HEX, 32)}@example.com/456",
}


@pytest.mark.parametrize("kind", PUBLIC)
def test_what_is_public_passes(kind: str) -> None:
    assert is_publishable(PUBLIC[kind].encode())
    assert is_ordinary(PUBLIC[kind].encode())
    assert is_plain_setting("API_KEY", PUBLIC[kind])


@pytest.mark.parametrize("kind", SECRET)
def test_what_is_secret_does_not(kind: str) -> None:
    assert not is_publishable(SECRET[kind].encode())
    assert not is_ordinary(SECRET[kind].encode())
    assert not is_plain_setting("API_KEY", SECRET[kind])
