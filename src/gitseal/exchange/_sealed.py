"""Refuses files that are encrypted already. Imported as they are, their ciphertexts would become the values."""

from collections.abc import Collection

from gitseal.document import ciphertext
from gitseal.document.ciphertext import SOPS_FILE, Cipher
from gitseal.document.value import is_utf8
from gitseal.errors import Error
from gitseal.exchange._items import Imported
from gitseal.exchange._names import shown

_TO_KEEP = "to keep the ciphertext itself, set it by its name, with --type bytes"
SOPS_METADATA = frozenset({"mac", "lastmodified", "enc"})
"""Names of which sops writes one at least into each section `sops`: its MAC, its time, and the sealed key of a recipient."""


class Encrypted(Error):
    """A file, or a value in it, is encrypted. `cipher` says by which tool, and how its plaintext is printed."""

    def __init__(self, message: str, cipher: Cipher, *, place: str = "", hint: str = "") -> None:
        super().__init__(message, hint or cipher.advice, place=place)
        self.cipher = cipher


def refuse_encrypted_file(data: bytes) -> None:
    """Raise Encrypted for a file that a tool has encrypted as a whole: it has no names to read."""
    cipher = ciphertext.of_file(data)
    if cipher is not None:
        raise Encrypted(f"the file is encrypted by {cipher.tool}", cipher)


def refuse_encrypted_values(imported: Imported) -> None:
    """Raise Encrypted for the first value that is ciphertext, or section that keeps one, by its name."""
    sections: dict[tuple[str, ...], set[str]] = {}
    for item in imported.items:
        cipher = ciphertext.of_imported(item.value)
        if cipher is not None:
            words = f'the value of "{shown("/".join(item.path))}" is encrypted by {cipher.tool}'
            raise Encrypted(words, cipher, hint=f"{cipher.advice}; {_TO_KEEP}" if is_utf8(item.value.reveal()) else "")
        sections.setdefault(item.path[:-1], set()).add(item.path[-1])
    for path, names in sections.items():
        cipher = ciphertext.of_section(names)
        if cipher is not None:
            what = f'what "{shown("/".join(path))}" holds' if path else "what the file holds"
            raise Encrypted(f"{what} is encrypted by {cipher.tool}", cipher)


def refuse_sealed(names: Collection[str], of_sops: Collection[str] = ()) -> None:
    """Raise Error if the names at the top are those of a file of sops or gitseal.

    `of_sops` are the names within a section `sops`, which a setting of anybody may be called.
    """
    if SOPS_METADATA & set(of_sops) or {"sops_version", "sops_mac"} <= set(names):
        raise Encrypted("the file is encrypted by sops", SOPS_FILE)
    if "gitseal" in names:
        hint = "render the values where they are sealed, with gitseal render --format yaml, and import what comes out"
        raise Error('the file is sealed by gitseal, or has a name "gitseal", which is reserved', hint)
