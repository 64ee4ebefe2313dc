"""The one door to pyrage: encrypt to one recipient, decrypt with one identity, its failures in gitseal's words.

Nothing that pyrage says is passed on: its messages are translated by the system's language and may quote their input.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pyrage

from gitseal.errors import Damaged, Error
from gitseal.recipients.protocol import Recipient
from gitseal.recipients.stanza import DATA_KEY, check_stanza

__all__ = ["Key", "Panic", "no_panic", "open_sealed", "pyrage", "unwrap", "wrap"]

# One of pyrage's own objects; it ships no types.
Key: TypeAlias = Any

# The words of pyrage.DecryptError, which has no types to tell them apart by. Tests hold them to the library.
_NOT_MINE = "No matching keys found"
_NOT_OPENED = "Decryption failed"
_BROKEN = frozenset({_NOT_OPENED, "decryption error", "Header MAC is invalid", "Header is invalid"})


class Panic(Exception):
    """The library aborted on its input; what it has to say it printed already."""


@contextmanager
def no_panic() -> Iterator[None]:
    """Turn a panic of Rust code, which no `except Exception` sees, into Panic."""
    try:
        yield
    except BaseException as failure:
        # The type cannot be imported: pyo3_runtime is not a module.
        if type(failure).__name__ != "PanicException":
            raise
        raise Panic from None


def wrap(data_key: bytes, recipient: Recipient, key: Key) -> bytes:
    """Wrap `data_key` to pyrage's `key`; the result has passed the keyless check for `recipient`."""
    if len(data_key) != DATA_KEY:
        raise ValueError(f"a data key has {DATA_KEY} bytes")
    stanza: bytes = pyrage.encrypt(data_key, [key])
    check_stanza(stanza, recipient)
    return stanza


def unwrap(stanza: bytes, key: Key, explain: Callable[[str], Error] | None = None) -> bytes | None:
    """Open a checked stanza; gives the data key, or None where pyrage's `key` is not the one.

    Raises Damaged; and what `explain` makes of words that are not pyrage's own (a plugin's).
    """
    try:
        with no_panic():
            data_key: bytes = pyrage.decrypt(stanza, [key])
    except Panic:
        raise Damaged("the stanza does not open: it is damaged") from None
    except pyrage.DecryptError as failure:
        words = str(failure)
        if words == _NOT_MINE:
            return None
        if explain is not None and words not in _BROKEN:
            raise explain(words) from None
        raise Damaged("the stanza does not open: it is damaged") from None
    if len(data_key) != DATA_KEY:
        raise Damaged(f"the stanza holds {len(data_key)} bytes where a data key has {DATA_KEY}")
    return data_key


def open_sealed(sealed: bytes, passphrase: bytes, where: str) -> bytes | None:
    """Open an age file behind a passphrase; None where the passphrase is wrong. Raises Error."""
    try:
        content: bytes = pyrage.passphrase.decrypt(sealed, passphrase.decode())
    except UnicodeDecodeError:
        return None
    except pyrage.DecryptError as failure:
        if str(failure) == _NOT_OPENED:
            return None
        if str(failure) == _NOT_MINE:
            raise Error(f'"{where}" is sealed to a key, not behind a passphrase', "open it with age first") from None
        hint = "restore it from a backup"
        raise Error(f'"{where}" is damaged, or its passphrase takes too much work', hint) from None
    return content
