"""The armor of age files: PEM by age's own rules (C2SP age.md, ASCII armor), 64 characters a line."""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

BEGINNING = "-----BEGIN AGE ENCRYPTED FILE-----"
_END = "-----END AGE ENCRYPTED FILE-----"
_LINE = 64


def armored(file: bytes) -> str:
    """A binary age file as text that ends in a line feed."""
    content = b2a_base64(file, newline=False).decode()
    lines = [content[at : at + _LINE] for at in range(0, len(content), _LINE)]
    return "\n".join((BEGINNING, *lines, _END, ""))


def dearmored(text: str) -> bytes | None:
    """The binary file in an armor, whose lines may have other lengths; None if there is none."""
    text = text.strip()
    if not text.startswith(BEGINNING) or not text.endswith(_END):
        return None
    try:
        return a2b_base64("".join(text[len(BEGINNING) : -len(_END)].split()), strict_mode=True)
    except (Base64Error, ValueError):
        return None
