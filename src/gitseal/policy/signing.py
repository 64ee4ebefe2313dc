"""The keys that people sign commits with: what `signing` in the policy may hold, and whose each key is."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.policy.policy import Policy

# PROTOCOL.sshsig signs with these; certificates and ssh-dss are not among them.
_SSH = re.compile(
    r"(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)"
)
# Version 4 has 40 digits, versions 5 and 6 have 64; gpg prints them in groups.
_FINGERPRINT = re.compile(r"(?:[0-9A-F]{40}|[0-9A-F]{64})")
_LENGTH = 4  # bytes of the length before a string (RFC 4251, section 5)


class Signers(NamedTuple):
    """Recipients by the keys that they sign with; several who share one are all named.

    An SSH key is its wire form, which a signature holds too; an OpenPGP key its fingerprint in upper-case hex digits.
    """

    ssh: dict[bytes, tuple[str, ...]]
    openpgp: dict[str, tuple[str, ...]]


def signers(policy: Policy) -> Signers:
    """Whose each signing key of a policy is. One that cannot be read signs for nobody; `check` tells of it."""
    ssh: dict[bytes, tuple[str, ...]] = {}
    openpgp: dict[str, tuple[str, ...]] = {}
    for name, principal in policy.recipients.items():
        for text in principal.signing:
            try:
                key = parse_signing(text)
            except Error:
                continue
            if isinstance(key, bytes):
                ssh[key] = (*ssh.get(key, ()), name)
            else:
                openpgp[key] = (*openpgp.get(key, ()), name)
    return Signers(ssh, openpgp)


def parse_signing(text: str) -> bytes | str:
    """An item of `signing`, as `Signers` has it: an SSH public key's wire form, or an OpenPGP fingerprint. Raises Error."""
    fingerprint = text.replace(" ", "").upper()
    if _FINGERPRINT.fullmatch(fingerprint):
        return fingerprint
    type_, _, rest = text.strip().partition(" ")
    if not _SSH.fullmatch(type_):
        raise Error(
            "this is neither an SSH public key nor an OpenPGP fingerprint of 40 or 64 hex digits",
            "print them with: cat ~/.ssh/id_ed25519.pub; gpg --list-keys --with-subkey-fingerprints",
        )
    try:
        blob = a2b_base64(rest.partition(" ")[0], strict_mode=True)
    except (Base64Error, ValueError):
        blob = b""
    if field(blob)[0] != type_.encode() or not _is_whole(blob):
        raise Error("the SSH public key is mistyped or cut short", "copy the whole line of the .pub file")
    return blob


def ssh_line(blob: bytes) -> str:
    """`TYPE BASE64`, as files of public keys have it."""
    type_ = field(blob)[0] or b""
    return f"{type_.decode('ascii', 'replace')} {b2a_base64(blob, newline=False).decode()}"


def _is_whole(blob: bytes) -> bool:
    """Whether it is strings to its end, the type and at least one more."""
    count = 0
    while blob:
        part, blob = field(blob)
        if part is None:
            return False
        count += 1
    return count > 1


def field(data: bytes) -> tuple[bytes | None, bytes]:
    """The string that SSH's wire form begins with (RFC 4251, section 5), and the rest; None where it is cut short."""
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    return (data[_LENGTH:end], data[end:]) if len(data) >= _LENGTH and end <= len(data) else (None, b"")
