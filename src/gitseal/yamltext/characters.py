"""The characters that a file may hold: none that hides, reorders, or that parsers disagree on."""

from gitseal.errors import Malformed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

_LINE_BREAKS = "\x85\u2028\u2029"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
_NONCHARACTERS = "\ufff0-\uffff"
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_HARMLESS = b"\t\n" + bytes(range(0x20, 0x7F))
# YAML 1.1 ends a line at U+0085, U+2028 and U+2029, YAML 1.2 does not; a lone carriage return ends one in both, and in no diff.
# Compiled by `re` when a file first needs it: most are plain ASCII.
_REFUSED = f"[{_CONTROLS}{_LINE_BREAKS}{_BIDI}{_INVISIBLE}{_NONCHARACTERS}]|\r(?!\n)"


def decode(data: bytes) -> str:
    """The text of a file. Raises Malformed, with the line, for a byte or character that no file may hold."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Malformed("this is not UTF-8", data.count(b"\n", 0, error.start) + 1) from None
    # Ciphertext is plain ASCII, and deleting what is harmless is ten times faster than a search over it.
    if not data.isascii() or data.translate(None, _HARMLESS):
        _refuse(text)
    return text


def is_refused(text: str) -> bool:
    """True if `text` holds a character that has to be written as an escape; line ends count."""
    # Printable ASCII, which nearly every text is, holds none of them.
    return not (text.isascii() and text.isprintable()) and (_first_refused(text) is not None or "\n" in text)


def _first_refused(text: str) -> "re.Match[str] | None":
    import re

    return re.search(_REFUSED, text)


def _refuse(text: str) -> None:
    match = _first_refused(text)
    if match is None:
        return
    line = text.count("\n", 0, match.start()) + 1
    if text[0] == "\ufeff":
        raise Malformed("the file begins with a byte order mark", 1, "save it as UTF-8 without a BOM")
    name = "a carriage return without a line feed" if match[0] == "\r" else f"the character U+{ord(match[0]):04X}"
    raise Malformed(f"{name} is not allowed: it hides or reorders text", line)
