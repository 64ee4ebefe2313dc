"""Makes what a repository says safe to show: nothing in it can steer a terminal, a browser or a workflow.

`line` is for a whole line of talk or data for people, `printable` for a part of one, `json_text` for programs. Nothing that
gitseal prints for people or programs reaches a stream past one of the three, but for values that were asked for and for
formats that escape by their own rules.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_FIRST_SURROGATE, _LAST_SURROGATE, _BYTES = 0xDC80, 0xDCFF, 0xDC00
_ONE_BYTE, _TWO_BYTES = 0xFF, 0xFFFF
_COMMAND = "::"


def line(text: str) -> str:
    r"""One line as `printable` has it, and without a workflow command at its beginning: `::` becomes `\x3a:`.

    GitHub's runner takes a line for a command if it begins with `::` after blanks (ActionCommand.cs, TryParseV2).
    """
    shown = printable(text)
    rest = shown.lstrip(" ")
    return f"{shown[: len(shown) - len(rest)]}\\x3a{rest[1:]}" if rest.startswith(_COMMAND) else shown


def lines_text(texts: "Sequence[str]") -> str:
    """`line` of each, each with its line end."""
    shown = all_printable(texts)
    if not any(_COMMAND in text for text in shown):
        return "".join([f"{text}\n" for text in shown])
    return "".join([f"{line(text)}\n" for text in shown])


def all_printable(texts: "Sequence[str]") -> "Sequence[str]":
    """`printable` of each. One look at all of them is enough if nothing has to be escaped, as in most long tables."""
    # A blank between them, so that no command comes about by joining.
    joined = " ".join(texts)
    return texts if joined.isprintable() and "##" not in joined else [printable(text) for text in texts]


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
    to be read back. `##[` becomes `##\x5b`, and so do `##vso[` and `##teamcity[`: GitHub's runner (actions/runner,
    src/Runner.Common/ActionCommand.cs, TryParse), Azure Pipelines and TeamCity take these for commands, the first two anywhere
    in a line.
    """
    shown = text if text.isprintable() else "".join(map(_escaped, text))
    return _without_commands(shown, "\\x5b") if "##" in shown else shown


def json_text(content: object, *, indent: int | None = None, ascii_only: bool = False) -> str:
    r"""A JSON text of what `json.dumps` takes, in which every character that is not shown as itself is a `\u` escape.

    That goes for control characters, for what turns text around, and for bytes that are no UTF-8, which are lone
    surrogates; with `ascii_only` for all that is not ASCII.
    """
    import json  # 5 ms that most commands need not pay

    written = json.dumps(content, indent=indent, ensure_ascii=ascii_only)
    lines = (one if one.isprintable() else "".join(map(_json_escaped, one)) for one in written.split("\n"))
    joined = "\n".join(lines)
    return _without_commands(joined, "\\u005b") if "##" in joined else joined


def _without_commands(text: str, bracket: str) -> str:
    """The text with another `[` after `##` and a word."""
    import re

    return re.sub(r"(##[A-Za-z]*)\[", lambda command: command[1] + bracket, text)


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


def _json_escaped(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if code <= _TWO_BYTES:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def uri(path: str) -> str:
    """A path as a relative reference (RFC 3986): its bytes, percent-encoded but for `/` and what needs none."""
    from urllib.parse import quote  # nothing else of a hook needs it

    return quote(path.encode("utf-8", "surrogateescape"), safe="/")
