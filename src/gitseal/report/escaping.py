"""Makes what a repository says safe to show: nothing in it can steer a terminal, a browser or a workflow."""

_FIRST_SURROGATE, _LAST_SURROGATE, _BYTES = 0xDC80, 0xDCFF, 0xDC00
_ONE_BYTE, _TWO_BYTES = 0xFF, 0xFFFF


def value_on_one_line(content: bytes) -> str:
    """A value's text with control characters as Python escapes them; bytes that are no text only as their number."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return f"({len(content)} bytes)"
    return text if text.isprintable() else repr(text)[1:-1]


def printable(text: str) -> str:
    r"""The text with every character that is not shown as itself as an escape: `\n`, `\x1b`, `\u202e`.

    Bytes that are no UTF-8, which Git's paths have as surrogates, become `\xff`. A backslash stays one: this is to be read, not
    to be read back. `##[` becomes `##\x5b`: GitHub's runner takes it for a command anywhere in a line of a job's output
    (actions/runner, src/Runner.Common/ActionCommand.cs, TryParse).
    """
    shown = text if text.isprintable() else "".join(map(_escaped, text))
    return shown.replace("##[", "##\\x5b")


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if _FIRST_SURROGATE <= code <= _LAST_SURROGATE:
        return f"\\x{code - _BYTES:02x}"
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    if code <= _ONE_BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _TWO_BYTES else f"\\U{code:08x}"


def uri(path: str) -> str:
    """A path as a relative reference (RFC 3986): its bytes, percent-encoded but for `/` and what needs none."""
    from urllib.parse import quote  # nothing else of a hook needs it

    return quote(path.encode("utf-8", "surrogateescape"), safe="/")
