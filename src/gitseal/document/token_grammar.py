"""The grammar of `ENC[...]` and `STANZA[...]` (docs/format.md, section 4), as pieces of regular expressions.

This is the only place that spells it out. The module imports only two letters and compiles nothing, because hooks and drivers
pay for both: whoever needs a pattern compiles it, for text or for bytes.
"""

from gitseal.crypto.token_kinds import SEALED, WRITE_ONLY

HEADER = "gitseal"
"""The top-level name of a file's header, which no secret can have."""

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
