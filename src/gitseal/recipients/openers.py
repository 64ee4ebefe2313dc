"""Which public keys are of one private key, though they differ as text: whoever has it opens what is sealed to any of them.

* ssh-ed25519 and the age key that tools such as `ssh-to-age` make of it: one point, in its Edwards and its Montgomery form.
* A key in a key service under two locators, and ssh-rsa if the key was imported there.

An id in a file's header stays that of the text (`ids`). This is for whoever asks whether somebody is shut out, or known already.
"""

from binascii import a2b_base64, b2a_base64
from functools import lru_cache

from gitseal.crypto import bech32, points
from gitseal.crypto.ssh_wire import strings
from gitseal.recipients.cloud_text import is_cloud_key
from gitseal.recipients.ids import recipient_id

_MOST_KEPT = 4096
_LENGTH = 4


@lru_cache(_MOST_KEPT)
def opener(canonical: str) -> str:
    """One canonical public key for all that one private key opens. It takes text that `parse_recipient` gave as `canonical`."""
    if canonical.startswith("ssh-ed25519 "):
        *_type, point = strings(a2b_base64(canonical.split()[1])) or [b""]
        return bech32.encode("age", points.montgomery(point))
    if is_cloud_key(canonical):
        from gitseal.recipients import kms  # few teams have keys in a key service

        return _ssh_rsa(kms.parse(canonical).modulus)
    return canonical


def opener_id(canonical: str) -> str:
    """The id of a recipient that is the same for all that one private key opens."""
    return recipient_id(opener(canonical))


def _ssh_rsa(modulus: bytes) -> str:
    # The highest bit of the modulus is set, and SSH takes it for a sign (RFC 4251, mpint). The exponent is 65537.
    fields = (b"ssh-rsa", b"\x01\x00\x01", b"\x00" + modulus)
    blob = b"".join(len(field).to_bytes(_LENGTH, "big") + field for field in fields)
    return f"ssh-rsa {b2a_base64(blob, newline=False).decode()}"
