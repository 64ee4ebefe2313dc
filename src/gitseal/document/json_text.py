"""JSON as a value may be: RFC 8259 with limits that all its readers keep (docs/format.md, section 5).

Loaded only if a file has JSON values: `json` and `re` take milliseconds that `get` and `render` need not pay otherwise.
"""

import json
import re

# Within what every reader takes that we know: some stop at 4,300 digits, or when their stack ends.
MAX_DEPTH = 128
MAX_NUMBER = 1000

HINT = f"JSON has no name twice, is at most {MAX_DEPTH} deep, and has no number over {MAX_NUMBER} characters"


def is_json(content: bytes) -> bool:
    """True for one JSON text in UTF-8, within the limits and with no name twice in one object."""
    if not _is_within_limits(content):
        return False
    try:
        value = json.loads(content.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
        if b"\\u" in content:  # an escape can name half a character, which is no text that UTF-8 could hold
            json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


def _is_within_limits(content: bytes) -> bool:
    """True if nothing is too deep and no number too long. What is no JSON may pass."""
    if content.count(b"[") + content.count(b"{") <= MAX_DEPTH and len(content) <= MAX_NUMBER:
        return True
    bare = re.sub(rb'"(?:[^"\\]++|\\.)*+"', b'""', content)
    if re.search(rb"[-+.eE0-9]{%d}" % (MAX_NUMBER + 1), bare):
        return False
    depth = deepest = 0
    for bracket in re.findall(rb"[\[{\]}]", bare):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest <= MAX_DEPTH


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError
    return dict(pairs)


def _refuse(_constant: str) -> object:
    """`NaN` and `Infinity`, which Python reads and JSON does not have."""
    raise ValueError
