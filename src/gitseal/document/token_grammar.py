"""The grammar of `ENC[...]` and `STANZA[...]` (docs/format.md, section 4): pieces of regular expressions, and questions.

This is the only place that spells it out. The pieces are for whoever looks for tokens in a text, and the questions for a reader
that holds one part: those need no `re`, which takes half as long to import as Python to start. A test holds the two equal.
The module imports only two letters and compiles nothing, because hooks and drivers pay for both.
"""

from gitseal.crypto.token_kinds import SEALED, WRITE_ONLY

HEADER = "gitseal"
"""The top-level name of a file's header, which no secret can have."""

_HEX = "0123456789abcdef"
_ID_LENGTH = 33
_LONGEST_GROUP = 32
_MOST_SIGNS = 2

KIND = f"[{SEALED}{WRITE_ONLY}]"
GROUP = "[a-z][a-z0-9-]{0,31}"
KEY_ID = "k[0-9a-f]{32}"
# Base64 as far as an expression can tell; `token` refuses what is not canonical when it decodes.
PAYLOAD = "[A-Za-z0-9+/]+={0,2}"

TOKEN_START = rf"ENC\[v1,({KIND}),({GROUP}):({KEY_ID}),"
"""A token up to its payload; the groups are kind, access group and key id."""

TOKEN = rf"{TOKEN_START}({PAYLOAD})\]"
"""A whole token; the fourth group is the payload."""

STANZA_START = rf"STANZA\[v1,({KEY_ID}),"
"""A stanza up to its payload; the group is the key id."""

STANZA = rf"{STANZA_START}({PAYLOAD})\]"
"""A whole stanza; the second group is the payload."""

OTHER_VERSION = r"(?:ENC|STANZA)\[v([1-9][0-9]*),"
"""What a token of any version begins with; the group is the version."""

PREFIXES = ("ENC[", "STANZA[")
"""A scalar that begins with one of these is a token, or it is malformed."""


def is_id(letter: str, text: str) -> bool:
    """True for an id: its letter and 32 hex digits. A file's begins with `f`, a key's with `k`, a recipient's with `r`."""
    return len(text) == _ID_LENGTH and text[0] == letter and not text[1:].strip(_HEX)


def is_group(text: str) -> bool:
    """True for what GROUP matches: a lower-case letter, and up to 31 such letters, digits and `-` after it."""
    is_spelled = text.isascii() and text == text.lower() and text.replace("-", "0").isalnum()
    return is_spelled and text[0].isalpha() and len(text) <= _LONGEST_GROUP


def is_payload(text: str) -> bool:
    """True for what PAYLOAD matches."""
    digits = text.rstrip("=")
    is_spelled = digits.isascii() and digits.replace("+", "0").replace("/", "0").isalnum()
    return is_spelled and len(text) - len(digits) <= _MOST_SIGNS
