"""The keys that people sign commits with: what `signing` in the policy may hold, and whose each key is."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import NamedTuple

from gitseal.crypto.ssh_wire import string, strings
from gitseal.errors import Error
from gitseal.policy.policy import Policy

# PROTOCOL.sshsig signs with these; certificates and ssh-dss are not among them.
_SSH = re.compile(
    r"(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)"
)
# Version 4 has 40 digits, versions 5 and 6 have 64; gpg prints them in groups.
_FINGERPRINT = re.compile(r"(?:[0-9A-F]{40}|[0-9A-F]{64})")


class Signers(NamedTuple):
    """Recipients by the keys that they sign with; several who share one are all named.

    An SSH key is its wire form, which a signature holds too; an OpenPGP key its fingerprint in upper-case hex digits.
    """

    ssh: dict[bytes, tuple[str, ...]]
    openpgp: dict[str, tuple[str, ...]]


def signers(policy: Policy) -> Signers:
    """The owner of each signing key of a policy. A key that cannot be read signs for nobody; `check` tells of it."""
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


def fingerprint(key: bytes | str) -> str:
    """A key as people compare it: `SHA256:...` as `ssh-keygen -l` shows it, or an OpenPGP fingerprint."""
    if isinstance(key, str):
        return key
    from hashlib import sha256  # few commands compare keys

    return "SHA256:" + b2a_base64(sha256(key).digest(), newline=False).decode().rstrip("=")


def holders(policy: Policy, key: str) -> tuple[str, ...]:
    """The recipients who sign with a key, by its fingerprint; none for a key that the policy gives nobody."""
    listed = signers(policy)
    every: list[tuple[bytes | str, tuple[str, ...]]] = [*listed.ssh.items(), *listed.openpgp.items()]
    return next((names for signer, names in every if fingerprint(signer) == key), ())


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
    parts = strings(blob) or []
    if parts[:1] != [type_.encode()] or len(parts) == 1:
        raise Error("the SSH public key is mistyped or cut short", "copy the whole line of the .pub file")
    return blob


def ssh_line(blob: bytes) -> str:
    """`TYPE BASE64`, as files of public keys have it."""
    type_ = string(blob)[0] or b""
    return f"{type_.decode('ascii', 'replace')} {b2a_base64(blob, newline=False).decode()}"
