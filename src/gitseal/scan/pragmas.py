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

# A reason has a word of two letters; what ends a comment is none.
_OURS = re.compile(rb"\bgitseal:[ \t]*allow[ \t]+(?!\*/|-->)[^\n]*?[A-Za-z\x80-\xff]{2}")
_OURS_BARE = b"gitseal:"
_THEIRS = re.compile(rb"gitleaks:allow\b|pragma:[ \t]*(?:allowlist|whitelist)[ \t]+secret\b", re.IGNORECASE)
_THEIRS_ABOVE = re.compile(rb"pragma:[ \t]*(?:allowlist|whitelist)[ \t]+nextline[ \t]+secret\b", re.IGNORECASE)

_BY_OURS = frozenset({"token", "env-file", "template", "team-value"})
_BY_THEIRS = _BY_OURS - {"team-value"}


def allows(rule: str, line: bytes, above: bytes) -> bool:
    """Whether a finding of `rule` on `line` is lifted by the line itself or by the one `above`."""
    if rule in _BY_OURS and _OURS_BARE in line and _OURS.search(line):
        return True
    if rule not in _BY_THEIRS:
        return False
    return _THEIRS.search(line) is not None or _THEIRS_ABOVE.search(above) is not None


def around(content: bytes, place: int) -> tuple[bytes, bytes]:
    """The line that holds a place and the line above it, of each at most what `windows.BEHIND` gives on either side."""
    reach = 2000
    begin = content.rfind(b"\n", max(0, place - reach), place) + 1 or max(0, place - reach)
    end = content.find(b"\n", place, place + reach)
    above = content.rfind(b"\n", max(0, begin - 1 - reach), max(0, begin - 1)) + 1 or max(0, begin - 1 - reach)
    return content[begin : end if end >= 0 else place + reach], content[above : max(0, begin - 1)]
