"""`frame`: an unambiguous encoding of a list of strings, for everything that is derived, bound or hashed."""

from struct import pack


def frame(*parts: str | bytes) -> bytes:
    """`L(x1..xn)` of docs/format.md, section 4: u32be n, then for each part its u32be length and its bytes (UTF-8)."""
    out = [pack(">I", len(parts))]
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        out.append(pack(">I", len(content)))
        out.append(content)
    return b"".join(out)
