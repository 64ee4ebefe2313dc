"""Scalars as go-yaml and Go's JSON read them, in the bytes that sops seals and authenticates, and as values of ours.

go-yaml follows neither YAML 1.1 nor 1.2 alone: `on` is a text, `017` is 15, `08` is the float 8, `2024-1-2` is a time
(gopkg.in/yaml.v3, resolve.go).
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from datetime import date
from decimal import Decimal

from gitseal.document.value import TypedValue, ValueType, checked
from gitseal.errors import Damaged, Malformed
from gitseal.exchange.sops.tree import NULL, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_TAG = "tag:yaml.org,2002:"
_WORDS = {
    **dict.fromkeys(("true", "True", "TRUE"), ("bool", b"True")),
    **dict.fromkeys(("false", "False", "FALSE"), ("bool", b"False")),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), (NULL, b"")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), ("float", b"NaN")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), ("float", b"+Inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), ("float", b"-Inf")),
}
# A number longer than this is a float to Go at best, and its digits would be worked on for long.
_LONGEST_NUMBER = 400
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INTEGERS = (
    (re.compile(r"[-+]?0[xX][0-9a-fA-F]+"), 16),
    (re.compile(r"[-+]?0[bB][01]+"), 2),
    (re.compile(r"[-+]?0[oO]?[0-7]+"), 8),
    (re.compile(r"[-+]?(?:0|[1-9][0-9]*)"), 10),
)
_SMALLEST, _LARGEST, _LARGEST_UNSIGNED = -(2**63), 2**63 - 1, 2**64 - 1
_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:([Tt])|\ )(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[-+]\d{2}:\d{2})?)?",
    re.ASCII,
)
_SEALED_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)")
_HOURS, _SIXTY = 24, 60


def text(content: str, line: int = 0) -> Scalar:
    """A text. Raises Malformed for half a surrogate pair."""
    try:
        return Scalar("str", content.encode(), line)
    except UnicodeEncodeError:
        pass
    raise Malformed("a text holds half a surrogate pair, which is no character", line)


def plain(content: str, line: int) -> Scalar:
    """A YAML scalar without quotes and tag."""
    if content in _WORDS:
        return Scalar(*_WORDS[content], line)
    if content[0] in "+-.0123456789" and len(content) <= _LONGEST_NUMBER:
        return _time(content, line) or _number(content, line) or text(content, line)
    return text(content, line)


def tagged(tag: str, content: str, line: int) -> Scalar:
    """A YAML scalar with a tag; sops drops those that it does not know. Raises Malformed if it is not of its type."""
    word = tag.removeprefix(_TAG)
    if word == "binary":
        return Scalar("str", _binary(content, line), line)
    read = plain(content, line)
    if word == "float" and read.kind == "int":
        return Scalar("float", _spelled(float(read.content)), line)
    if word in {"int", "float", "bool", "null", "timestamp"}:
        if read.kind == ("time" if word == "timestamp" else word):
            return read
        raise Malformed("a value is not of the type that its tag says", line, "take the tag away")
    return text(content, line)


def json_number(digits: str) -> Scalar:
    """A number of JSON: an integer if 64 bits hold it, and else a float. Raises Malformed if it is too large for one."""
    if len(digits) <= _LONGEST_NUMBER:
        if digits.lstrip("-").isdecimal() and _SMALLEST <= int(digits) <= _LARGEST:
            return Scalar("int", str(int(digits)).encode())
        number = float(digits)
        if number not in {float("inf"), float("-inf")}:
            return Scalar("float", _spelled(number))
    raise Malformed("the file holds a number that is too large")


def opened(kind: str, content: bytes, line: int) -> Scalar:
    """A scalar that was sealed, in the one spelling that sops hashes. Raises Damaged if it is not of its type."""
    read = _OPENED.get(kind)
    scalar = read(content) if read else None
    if scalar is None:
        raise Damaged("its content is not of the type that it says: the type was changed")
    return scalar._replace(line=line)


def _opened_integer(content: bytes) -> Scalar | None:
    is_one = re.fullmatch(rb"[-+]?[0-9]{1,20}", content) and _SMALLEST <= int(content) <= _LARGEST
    return Scalar("int", str(int(content)).encode()) if is_one else None


def _opened_float(content: bytes) -> Scalar | None:
    words = content.decode("ascii", "replace")
    if words in {"+Inf", "-Inf", "NaN"}:
        return Scalar("float", content)
    is_one = len(words) <= _LONGEST_NUMBER and _FLOAT.fullmatch(words)
    return Scalar("float", _spelled(float(words))) if is_one else None


def _opened_boolean(content: bytes) -> Scalar | None:
    spellings = {b"True": (b"1", b"t", b"T", b"TRUE", b"true", b"True")}
    spellings[b"False"] = (b"0", b"f", b"F", b"FALSE", b"false", b"False")
    return next((Scalar("bool", word) for word, those in spellings.items() if content in those), None)


# `bytes` is missing: sops writes it no more, and 3.13.3 ends in a panic on it.
_OPENED: "dict[str, Callable[[bytes], Scalar | None]]" = {
    "str": lambda content: Scalar("str", content),
    "int": _opened_integer,
    "float": _opened_float,
    "bool": _opened_boolean,
    "time": lambda content: Scalar("time", content) if _SEALED_TIME.fullmatch(content) else None,
}


def value(scalar: Scalar) -> TypedValue:
    """The value of ours. Raises Error if it is too long."""
    content = scalar.content
    if scalar.kind == "str":
        return checked(ValueType.TEXT if _is_utf8(content) else ValueType.BYTES, content)
    if scalar.kind == "float":
        special = {b"+Inf": b".inf", b"-Inf": b"-.inf", b"NaN": b".nan"}
        return checked(ValueType.FLOAT, special.get(content) or repr(float(content)).encode())
    if scalar.kind == "bool":
        return checked(ValueType.BOOLEAN, content.lower())
    return checked(_TYPES[scalar.kind], content)


# A time has no type of ours. What other readers of YAML give for one is its text, as sops writes it.
_TYPES = {"int": ValueType.INTEGER, "time": ValueType.TEXT, NULL: ValueType.NULL}


def go_float(number: str) -> bytes:
    """A float of ours, or its digits, as Go's FormatFloat(v, 'f', -1, 64) has it."""
    special = {".inf": b"+Inf", "-.inf": b"-Inf", ".nan": b"NaN"}
    return special.get(number) or _spelled(float(number))


def _spelled(number: float) -> bytes:
    digits = format(Decimal(repr(number)), "f")
    return (digits.removesuffix(".0") if "." in digits else digits).encode()


def _number(content: str, line: int) -> Scalar | None:
    # Go's own reader gets what begins with a point, and takes no underscore in it.
    digits = content if content[0] == "." else content.replace("_", "")
    for pattern, base in _INTEGERS:
        if pattern.fullmatch(digits):
            number = int(digits, base) if base != 8 else int(re.sub("[oO]", "", digits), 8)  # noqa: PLR2004 - octal
            if _SMALLEST <= number <= _LARGEST:
                return Scalar("int", str(number).encode(), line)
            if 0 <= number <= _LARGEST_UNSIGNED:
                raise Malformed("a number is larger than 64 bits hold, which sops does not take either", line)
            break
    if _FLOAT.fullmatch(digits):
        number_ = float(digits)
        if number_ not in {float("inf"), float("-inf")}:
            return Scalar("float", _spelled(number_), line)
    return None


def _time(content: str, line: int) -> Scalar | None:
    match = _TIME.fullmatch(content)
    if match is None:
        return None
    year, month, day, letter, hour, minute, second, fraction, zone = match.groups()
    # With a blank in the middle a time has no zone, and with a letter it has one.
    if hour is not None and (letter is None) != (zone is None):
        return None
    if not _is_time(int(year), int(month), int(day), (int(hour or 0), int(minute or 0), int(second or 0))):
        return None
    digits = (fraction or "")[:9].rstrip("0")
    clock = f"{int(hour or 0):02}:{int(minute or 0):02}:{int(second or 0):02}" + (f".{digits}" if digits else "")
    offset = "Z" if zone in {None, "+00:00", "-00:00"} else zone
    return Scalar("time", f"{year}-{int(month):02}-{int(day):02}T{clock}{offset}".encode(), line)


def _is_time(year: int, month: int, day: int, clock: tuple[int, int, int]) -> bool:
    hour, minute, second = clock
    try:
        date(year or 4, month, day)  # Go has a year 0, a leap year like 4
    except ValueError:
        return False
    return hour < _HOURS and minute < _SIXTY and second < _SIXTY


def _binary(content: str, line: int) -> bytes:
    try:
        return a2b_base64("".join(content.split()).encode(), strict_mode=True)
    except (Base64Error, UnicodeEncodeError):
        pass
    raise Malformed("a value is not of the type that its tag says", line, "take the tag away")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
