"""Prints the seconds that the bare wraps and seals of one rekey take, with the libraries alone.

`python -m bench.seals VALUES LENGTH RECIPIENTS`: one data key wrapped for each recipient, one value key derived, and
VALUES plaintexts of LENGTH bytes sealed. No file, no parsing, no opening of the old values and no start of Python: all
that a rekey has to do besides counts against it.
"""

import base64
import os
import sys
import time

import pyrage
from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def main(values: int, length: int, recipients: int) -> None:
    """Measure and print."""
    keys = [pyrage.x25519.Identity.generate().to_public() for _ in range(recipients)]
    plaintexts = [os.urandom(length) for _ in range(values)]
    start = time.perf_counter()
    data_key = os.urandom(32)
    for key in keys:
        base64.b64encode(pyrage.encrypt(data_key, [key]))
    value_key = HKDF(SHA256(), 32, None, b"bench").derive(data_key)
    for number, plaintext in enumerate(plaintexts):
        # A context of the length that a real one has: each value's is its own.
        encryptor = Cobblestone256Encryptor(value_key, b"bench %0150d" % number)
        base64.b64encode(encryptor.update(plaintext) + encryptor.finalize())
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
