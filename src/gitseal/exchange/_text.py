"""Decodes a file's bytes, and tells the line that does not decode."""

from gitseal.errors import Error, Malformed

MAX_BYTES = 64 * 1024 * 1024


def decoded(data: bytes) -> str:
    """The text without a byte order mark. Raises Malformed, with the line, if it is not UTF-8 or holds NUL."""
    if len(data) > MAX_BYTES:
        raise Error(f"the input has {len(data)} bytes, more than the {MAX_BYTES} that an environment holds")
    # The decoding error would keep the whole file in the context of what is raised here, so only its place is kept.
    text, bad = _decoded(data)
    if text is None:
        raise Malformed("the file is not UTF-8", data.count(b"\n", 0, bad) + 1, "convert it with: iconv -t UTF-8")
    nul = text.find("\0")
    if nul >= 0:
        raise Malformed("the file holds a NUL", text.count("\n", 0, nul) + 1, "for UTF-16: iconv -f UTF-16 -t UTF-8")
    return text.removeprefix("\ufeff")


def _decoded(data: bytes) -> tuple[str | None, int]:
    try:
        return data.decode(), 0
    except UnicodeDecodeError as error:
        return None, error.start
