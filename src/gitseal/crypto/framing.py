"""`frame`: an unambiguous encoding of a list of strings, for everything that is derived, bound or hashed.

Without lengths, ("ab", "c") and ("a", "bc") would be the same bytes, and a value sealed for one place would open in another.
"""


def frame(*parts: str | bytes) -> bytes:
    """`L(x1..xn)` of docs/format.md, section 4: u32be n, then for each part its u32be length and its bytes (UTF-8)."""
    return u32be(len(parts)) + frame_parts(*parts)


def frame_parts(*parts: str | bytes) -> bytes:
    """The parts of a frame without their number, for callers that frame many lists with the same beginning."""
    out = []
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        out.append(u32be(len(content)))
        out.append(content)
    return b"".join(out)


def u32be(number: int) -> bytes:
    """Four bytes, the most significant first."""
    return number.to_bytes(4, "big")
