"""Refuses files that are encrypted already. Imported as they are, their ciphertexts would become the values."""

from collections.abc import Collection

from gitseal.document import ciphertext
from gitseal.document.ciphertext import SOPS_FILE, Cipher
from gitseal.errors import Error
from gitseal.exchange._items import Imported
from gitseal.exchange._names import shown


class Encrypted(Error):
    """A file, or a value in it, is encrypted. `cipher` says by which tool, and how its plaintext is printed."""

    def __init__(self, message: str, cipher: Cipher, *, place: str = "") -> None:
        super().__init__(message, cipher.advice, place=place)
        self.cipher = cipher


def refuse_encrypted_file(data: bytes) -> None:
    """Raise Encrypted for a file that a tool has encrypted as a whole: it has no names to read."""
    cipher = ciphertext.of_file(data)
    if cipher is not None:
        raise Encrypted(f"the file is encrypted by {cipher.tool}", cipher)


def refuse_encrypted_values(imported: Imported) -> None:
    """Raise Encrypted for the first value that is ciphertext, by its name."""
    for item in imported.items:
        cipher = ciphertext.of_value(item.value)
        if cipher is not None:
            raise Encrypted(f'the value of "{shown("/".join(item.path))}" is encrypted by {cipher.tool}', cipher)


def refuse_sealed(names: Collection[str]) -> None:
    """Raise Error if the names at the top are those of a file of sops or gitseal."""
    if "sops" in names or {"sops_version", "sops_mac"} <= set(names):
        raise Encrypted("the file is encrypted by sops", SOPS_FILE)
    if "gitseal" in names:
        hint = "render the values where they are sealed, with gitseal render --format yaml, and import what comes out"
        raise Error('the file is sealed by gitseal, or has a name "gitseal", which is reserved', hint)
