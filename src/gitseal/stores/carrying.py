"""What several stores cannot carry, in the same words."""

from collections.abc import Iterator

from gitseal.stores.protocol import StoreRefusal


def is_text(content: bytes) -> bool:
    """True for UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def not_text(name: str, content: bytes) -> Iterator[StoreRefusal]:
    """The refusal of a value that is no text."""
    if not is_text(content):
        yield StoreRefusal(name, "it is not UTF-8 text")


def not_text_of_a_job(name: str, content: bytes) -> Iterator[StoreRefusal]:
    """The refusal of what no variable of a job can hold."""
    if not is_text(content) or b"\0" in content:
        yield StoreRefusal(name, "it is not UTF-8 text without NUL bytes")


def too_many_bytes(name: str, size: int, most: int, of: str = "") -> Iterator[StoreRefusal]:
    """The refusal of a value with more bytes than fit; of all of them together without a name. `of` is what they would be in."""
    if size > most:
        begin = "it has" if name else "all together have"
        yield StoreRefusal(name, f"{begin} more than {f'the {most:,} bytes of {of}' if of else f'{most:,} bytes'}")
