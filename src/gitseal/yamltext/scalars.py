"""Scalars and names on one line: what they mean and how they are written.

Only spellings that all YAML parsers, 1.1 and 1.2, read alike are accepted plain; the rest has to be quoted.
"""

import sys

from gitseal.errors import Malformed
from gitseal.yamltext.characters import is_refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

Scalar = str | int | float | bool | None

LONGEST_NAME = 128
NAME = r"[A-Za-z_][A-Za-z0-9_.-]{0,127}"
"""What `is_name` says, for whoever looks for names in a text."""

_MOST_DIGITS = 18
_NULL_OR_BOOLEAN: dict[str, Scalar] = {"null": None, "true": True, "false": False}
_ELSEWHERE_NOT_TEXT = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null", "~", "=", "<<"})
_LONGEST_WORD = max(map(len, _ELSEWHERE_NOT_TEXT))
# These are texts, and `re` is imported when a file first needs one: methods of `str` tell what most files hold. `re` takes half
# as long to import as Python to start, and each expression a hundredth of a short command's time to compile.
_FLOAT = r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}"
_ELSEWHERE_A_NUMBER_OR_DATE = (
    r"[-+]?[.]?[0-9][0-9_.,:eE+\-TtZz ]*|[-+]?0[xX][0-9a-fA-F_]*|[-+]?0[oObB][0-9_]*|[-+]?\.(?i:inf|nan)"
)
# py-yaml12 takes them for blanks at either end of a plain text, ruamel.yaml does not.
_ELSEWHERE_BLANK = "[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
# Possessive, like those of `flow`: each step that could be taken back costs 30 bytes of memory while a line is read.
_DOUBLE_QUOTED = r'"((?:[^"\\]++|\\.)*+)"'
_SINGLE_QUOTED = r"'((?:[^']++|'')*+)'"
_ESCAPE = r'\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(["\\/nrtbf])|.)'
_SURROGATES = range(0xD800, 0xE000)
_ONE_BYTE, _TWO_BYTES = 0xFF, 0xFFFF
_SHORT_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_WRITTEN_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def split_comment(text: str) -> tuple[str, str]:
    """`text`, which begins at a scalar, as the scalar's source and what follows it (blanks and a comment, or nothing).

    A quoted scalar ends at its closing quote; an unclosed one is returned whole and refused by `parse`.
    """
    if text[0] in "\"'":
        import re

        quoted = re.match(_DOUBLE_QUOTED if text[0] == '"' else _SINGLE_QUOTED, text)
        end = quoted.end() if quoted else len(text)
    else:
        comment = text.find(" #")
        end = len((text if comment < 0 else text[:comment]).rstrip(" "))
    return text[:end], text[end:]


def is_comment(text: str) -> bool:
    """True if what follows a scalar on its line is nothing, blanks, or blanks and a comment."""
    stripped = text.lstrip(" ")
    return not stripped or (stripped[0] == "#" and stripped is not text and text[0] == " ")


def parse(source: str, line: int) -> Scalar:
    """The value of a scalar as written at `line` (from 1). Raises Malformed."""
    first = source[0]
    if first == '"':
        return _double_quoted(source, line)
    if first == "'":
        return _single_quoted(source, line)
    if first in _INDICATORS and not (first == "-" and "0" <= source[1:2] <= "9"):
        raise Malformed(f'a plain text cannot begin with "{first}"', line, "put the value in double quotes")
    if ": " in source or " #" in source or source[-1] == ":" or "\t" in source:
        raise Malformed('a plain text holds ": ", " #" or a tab', line, "put the value in double quotes")
    if not source.isascii() and _has_other_blank(source):
        raise Malformed("a plain text holds a space other than the common one", line, "put the value in double quotes")
    return _plain(source, line)


def _plain(source: str, line: int) -> Scalar:
    if source in _NULL_OR_BOOLEAN:
        return _NULL_OR_BOOLEAN[source]
    if _is_integer(source):
        return int(source)
    if source[0] in "0123456789-+.":
        import re

        if re.fullmatch(_FLOAT, source):
            return float(source)
        if re.fullmatch(_ELSEWHERE_A_NUMBER_OR_DATE, source):
            raise Malformed(
                "some YAML parsers read this value as a number or a date", line, "put the value in double quotes"
            )
    if is_word(source):
        raise Malformed(
            "some YAML parsers read this word as a boolean or null", line, "write true, false or null, or quote it"
        )
    return source


def _is_integer(source: str) -> bool:
    """True for a decimal number as it is written in one way alone: no zero before it, and no `-0`."""
    digits = source.removeprefix("-")
    # `isdecimal` alone takes digits of other scripts, too. 19 digits may not fit into the 64 bits that some parsers have.
    is_decimal = digits.isdecimal() and digits.isascii() and len(digits) <= _MOST_DIGITS
    return is_decimal and (digits[0] != "0" or source == "0")


def _has_other_blank(source: str) -> bool:
    import re

    return re.search(_ELSEWHERE_BLANK, source) is not None


def _single_quoted(source: str, line: int) -> str:
    import re

    if not re.fullmatch(_SINGLE_QUOTED, source):
        raise Malformed("a single-quoted text is not closed on its line", line)
    return source[1:-1].replace("''", "'")


def _double_quoted(source: str, line: int) -> str:
    inner = source[1:-1]
    # Nothing but the two quotes, which most texts have, needs no look at each character.
    if source[-1] == '"' and len(source) > 1 and not any(special in inner for special in '\\"\t'):
        return inner
    import re

    if not re.fullmatch(_DOUBLE_QUOTED, source):
        raise Malformed("a double-quoted text is not closed on its line", line)

    def character(escape: re.Match[str]) -> str:
        digits = escape[1] or escape[2] or escape[3]
        if digits is not None:
            code = int(digits, 16)
            if code > sys.maxunicode or code in _SURROGATES:
                raise Malformed("an escape names no character", line)
            return chr(code)
        if escape[4] is None:
            raise Malformed(
                "an escape that gitseal does not read", line, r"it reads \\ \" \/ \n \r \t \b \f \xHH \uHHHH \UHHHHHHHH"
            )
        return _SHORT_ESCAPES[escape[4]]

    if "\t" in inner:
        raise Malformed("a tab stands in a quoted text", line, r"write it as \t in double quotes")
    return re.sub(_ESCAPE, character, inner) if "\\" in inner else inner


def is_word(text: str) -> bool:
    """True if some YAML parser reads this plain text, or name, as a boolean, null or an operator."""
    return len(text) <= _LONGEST_WORD and text.lower() in _ELSEWHERE_NOT_TEXT


def has_word(texts: "Iterable[str]") -> bool:
    """True if `is_word` is true of any of many texts."""
    return not _ELSEWHERE_NOT_TEXT.isdisjoint(map(str.lower, texts))


def is_name(text: str) -> bool:
    """True for a letter or `_`, and up to 127 letters, digits, `_`, `.` and `-` after it, all of them ASCII."""
    # An identifier of Python is just that, without `.` and `-`.
    return (
        text.isascii()
        and len(text) <= LONGEST_NAME
        and text[:1] not in {".", "-"}
        and text.replace(".", "_").replace("-", "_").isidentifier()
    )


def parse_name(source: str, line: int) -> str:
    """A name, written plain or quoted. Raises Malformed if it is not a name, or if some parser reads it as no text."""
    name = source[1:-1] if source[0] in "\"'" else source
    if not is_name(name):
        raise Malformed("a name begins with a letter or _ and has at most 128 letters, digits, _, . and -", line)
    if source is name and is_word(name):
        raise Malformed(
            f'some YAML parsers read the name "{name}" as a boolean or null', line, f'write it as "{name}" in quotes'
        )
    return name


def serialise_name(name: str) -> str:
    """The name as it is written: quoted if a YAML parser would read it as something else."""
    return f'"{name}"' if is_word(name) else name


def serialise(value: Scalar) -> str:
    """A source that `parse` reads as `value`: plain if that is safe, else double-quoted. Floats as their shortest text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if value and value[0] != " " and value[-1] != " " and not is_refused(value):
        # Read back, so that what is written plain and what `parse` takes plain cannot drift apart.
        try:
            if parse(value, 0) == value and value[0] not in "\"'":
                return value
        except Malformed:
            pass
    return quoted(value)


def quoted(value: str) -> str:
    """The text in double quotes, which every place for a scalar takes."""
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(char: str) -> str:
    if char in _WRITTEN_ESCAPES:
        return _WRITTEN_ESCAPES[char]
    if not is_refused(char):
        return char
    code = ord(char)
    if code <= _ONE_BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _TWO_BYTES else f"\\U{code:08x}"
