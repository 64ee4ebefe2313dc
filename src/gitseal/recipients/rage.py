"""The one door to pyrage: encrypt to one recipient, decrypt with one identity, and say in our words what failed.

No message of pyrage is passed on. It may quote its input, and its language is that of the system.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pyrage

from gitseal.errors import Damaged, Error
from gitseal.recipients.protocol import Recipient
from gitseal.recipients.stanza import check_data_key, check_stanza, opened_data_key

__all__ = ["Key", "Panic", "no_panic", "open_file", "open_sealed", "pyrage", "unwrap", "wrap"]

# age's own limit (age.ScryptIdentity, SetMaxWorkFactor). 23 takes a minute and 8 GiB, which a file alone must not decide.
MAX_SCRYPT_COST = 22
_HEADER = 1024  # a header with one stanza for a passphrase takes some 200 bytes
_SCRYPT = re.compile(rb"^-> scrypt \S+ ([0-9]{1,9})$", re.MULTILINE)

# One of pyrage's own objects; it ships no types.
Key: TypeAlias = Any

# pyrage.DecryptError has no types, so its failures can only be told apart by their words. Tests compare these with the
# library that is installed: a release that says it otherwise is found there, and not by a user.
_NOT_MINE = "No matching keys found"
_NOT_OPENED = "Decryption failed"


class Panic(Exception):
    """The library aborted on its input. It printed its own words to standard error already."""


@contextmanager
def no_panic() -> Iterator[None]:
    """Turn a panic of Rust code into Panic. pyo3 derives it from BaseException, so that no `except Exception` sees it."""
    try:
        yield
    except BaseException as failure:
        # The type cannot be imported: pyo3_runtime is not a module.
        if type(failure).__name__ != "PanicException":
            raise
        raise Panic from None


def wrap(data_key: bytes, recipient: Recipient, key: Key) -> bytes:
    """Wrap 32 bytes to pyrage's `key`, and check the result as any reader will. Raises Malformed if it is not sound."""
    check_data_key(data_key)
    stanza: bytes = pyrage.encrypt(data_key, [key])
    check_stanza(stanza, recipient)
    return stanza


def unwrap(stanza: bytes, key: Key) -> bytes | None:
    """Open a stanza that `parse_header` took. Gives the 32-byte data key, or None if it is for another key.

    Raises Damaged if it is broken.
    """
    content = open_file(stanza, key)
    return opened_data_key(content) if content is not None else None


def open_file(file: bytes, key: Key) -> bytes | None:
    """The content of an age file with any number of recipients, or None if it is for other keys; else as `unwrap`."""
    try:
        with no_panic():
            content: bytes = pyrage.decrypt(file, [key])
    except Panic:
        # Rust panics on some points of low order; to a person that is one more damaged stanza.
        raise Damaged("the stanza does not open: it is damaged") from None
    except pyrage.DecryptError as failure:
        if str(failure) == _NOT_MINE:
            return None
        raise Damaged("the stanza does not open: it is damaged") from None
    return content


def open_sealed(sealed: bytes, passphrase: bytes, label: str) -> bytes | None:
    """The content of an age file behind a passphrase, or None if the passphrase is wrong.

    Raises Error if the file is sealed to a key, is damaged, or asks for more work than age does: that shows before the work.
    """
    cost = _scrypt_cost(sealed)
    if cost > MAX_SCRYPT_COST:
        hint = "make it anew with age --passphrase, on the machine that has the identity"
        raise Error(
            f'"{label}" asks for 2^{cost} steps of scrypt; age and gitseal take 2^{MAX_SCRYPT_COST} at most', hint
        )
    try:
        content: bytes = pyrage.passphrase.decrypt(sealed, passphrase.decode())
    except UnicodeDecodeError:  # age's passphrases are text, so these bytes cannot be the right ones
        return None
    except pyrage.DecryptError as failure:
        if str(failure) == _NOT_OPENED:
            return None
        if str(failure) == _NOT_MINE:
            raise Error(f'"{label}" is sealed to a key, not behind a passphrase', "open it with age first") from None
        hint = "restore it from a backup"
        raise Error(f'"{label}" is damaged, or its passphrase takes too much work', hint) from None
    return content


def _scrypt_cost(sealed: bytes) -> int:
    """The logarithm of the work that an age file asks for, armored or not; 0 if it has no stanza for a passphrase."""
    if sealed.startswith(b"-----BEGIN"):
        armor = b"".join(sealed.partition(b"-----END")[0].split()[4:])[:_HEADER]
        try:
            sealed = a2b_base64(armor[: len(armor) // 4 * 4])
        except Base64Error:
            return 0  # pyrage refuses it as damaged
    header = sealed[:_HEADER].partition(b"\n---")[0]
    return max((int(found[1]) for found in _SCRYPT.finditer(header)), default=0)
