"""A line that says of itself that it may stay: in a comment, in whatever style the file's language has.

| the words | by | lifts |
|---|---|---|
| `gitseal: allow REASON` | gitseal | `token`, `env-file`, `template`, `team-value` on its line |
| `gitleaks:allow` | gitleaks | the same but `team-value` |
| `pragma: allowlist secret`, `pragma: whitelist secret` | detect-secrets | the same as gitleaks' |
| `pragma: allowlist nextline secret` | detect-secrets | the same, on the line below |

The words of other tools carry no reason and were written about a guess; that a line holds a value of the team's own is none,
so only our own lift that, with a reason. No words lift a private key: that takes an entry in `.secrets/allow.yaml`.
"""

import re

# Texts, compiled by `re` when a line first needs them. A reason has a word of two letters; what ends a comment is none.
_OURS = rb"\bgitseal:[ \t]*allow[ \t]+(?!\*/|-->)[^\n]*?[A-Za-z\x80-\xff]{2}"
_THEIRS = rb"(?i)gitleaks:allow\b|pragma:[ \t]*(?:allowlist|whitelist)[ \t]+secret\b"
_THEIRS_ABOVE = rb"(?i)pragma:[ \t]*(?:allowlist|whitelist)[ \t]+nextline[ \t]+secret\b"

_BY_OURS = frozenset({"token", "env-file", "template", "team-value"})
_BY_THEIRS = _BY_OURS - {"team-value"}


def allows(rule: str, line: bytes, above: bytes) -> bool:
    """True if a finding of `rule` on `line` is lifted by the line itself or by the one `above`."""
    if rule in _BY_OURS and b"gitseal:" in line and re.search(_OURS, line):
        return True
    if rule not in _BY_THEIRS:
        return False
    return re.search(_THEIRS, line) is not None or re.search(_THEIRS_ABOVE, above) is not None


_REACH = 2000


def around(content: bytes, place: int) -> tuple[bytes, bytes]:
    """The line that holds a place and the line above it, of each at most `_REACH` bytes on either side."""
    begin = content.rfind(b"\n", max(0, place - _REACH), place) + 1 or max(0, place - _REACH)
    end = content.find(b"\n", place, place + _REACH)
    above = content.rfind(b"\n", max(0, begin - 1 - _REACH), max(0, begin - 1)) + 1 or max(0, begin - 1 - _REACH)
    return content[begin : end if end >= 0 else place + _REACH], content[above : max(0, begin - 1)]
