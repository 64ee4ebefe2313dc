"""How much work a private key file asks for before its passphrase can be tried: the file alone must not decide that.

`cryptography` and OpenSSH do whatever the file says, and four bytes can say a year.
"""

from collections.abc import Iterator
from math import prod

from gitseal.crypto.ssh_wire import string
from gitseal.errors import Error

# `ssh-keygen -a`: it writes 24 by itself, people who know the option give 100 to 500. This many take some ten seconds.
MAX_ROUNDS = 1024
# PBKDF2: OpenSSL and ssh-keygen write 2,048, advice for passwords is at 600,000. This many take some seconds.
MAX_ITERATIONS = 10_000_000
# scrypt: N * r * p, each with 128 bytes of memory, so 1 GiB.
MAX_SCRYPT = 1 << 23
_SCRYPT = bytes.fromhex("2b06010401da47040b")
_ROUNDS = 4  # bytes of the number
_SEQUENCE, _INTEGER, _OBJECT = 0x30, 0x02, 0x06


def check_rounds(options: bytes, label: str) -> None:
    """Raises Error if the options of bcrypt (openssh-portable, PROTOCOL.key: a salt and the rounds) ask for too much."""
    salt, rest = string(options)
    rounds = int.from_bytes(rest[:_ROUNDS], "big") if salt is not None else 0
    if rounds > MAX_ROUNDS:
        raise _refusal(label, f"{rounds:,} rounds of bcrypt, more than {MAX_ROUNDS:,}")


def check_pkcs8(der: bytes, label: str) -> None:
    """Raises Error if an EncryptedPrivateKeyInfo (RFC 5958) asks for too much. Anything else passes: nothing opens it."""
    _, structure = next(_parts(der), (0, b""))
    # The algorithm with its parameters comes first, then the ciphertext.
    _, algorithm = next(_parts(structure), (0, b""))
    found = list(_nested(algorithm))
    numbers = [int.from_bytes(content, "big") for kind, content in found if kind == _INTEGER]
    if (_OBJECT, _SCRYPT) in found:
        # N, r and p; the length of the key may follow.
        work = prod(numbers[:3])
        if work > MAX_SCRYPT:
            raise _refusal(label, f"{work:,} blocks of scrypt, more than {MAX_SCRYPT:,}")
    elif max(numbers, default=0) > MAX_ITERATIONS:
        raise _refusal(label, f"{max(numbers):,} iterations, more than {MAX_ITERATIONS:,}")


def _refusal(label: str, work: str) -> Error:
    hint = "where it was made, write it anew with ssh-keygen, its options -p and -a 100"
    return Error(f'"{label}" asks for too much work before its passphrase can be tried: {work}', hint)


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements of DER one after the other, as tag and content; what is cut short ends them."""
    at = 0
    while at + 2 <= len(der):
        tag, size = der[at], der[at + 1]
        at += 2
        if size & 0x80:
            count = size & 0x7F
            size = int.from_bytes(der[at : at + count], "big")
            at += count
        yield tag, der[at : at + size]
        at += size


def _nested(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements of DER, each sequence followed by what it holds; 16 levels are more than any key has."""
    stack = [(der, 0)]
    while stack:
        content, depth = stack.pop()
        for tag, inner in _parts(content):
            yield tag, inner
            if tag == _SEQUENCE and depth < 16:  # noqa: PLR2004 - said above
                stack.append((inner, depth + 1))
