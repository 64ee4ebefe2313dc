"""Strings and numbers as SSH writes them (RFC 4251, section 5)."""

_LENGTH = 4  # bytes of the length before a string


def string(data: bytes) -> tuple[bytes | None, bytes]:
    """The string that `data` begins with, and the rest; None and nothing if it is cut short."""
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    return (data[_LENGTH:end], data[end:]) if len(data) >= _LENGTH and end <= len(data) else (None, b"")


def strings(data: bytes) -> list[bytes] | None:
    """All strings of `data`; None if it is not made of them to its end."""
    fields = []
    at = 0
    while at < len(data):
        start = at + _LENGTH
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            return None
        fields.append(data[start:at])
    return fields


def number(data: bytes) -> int:
    """The number that a string holds (`mpint`). Raises ValueError for a negative one; zeros before it do not matter."""
    # The highest bit is the sign; OpenSSH writes a zero byte before a positive number that has it set.
    if data[:1] >= b"\x80":
        raise ValueError("negative")
    return int.from_bytes(data, "big")
