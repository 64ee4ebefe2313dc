"""The comments of an env file that may stand readable in a sealed one: those that hold no value.

Everybody with the repository reads them, so that a doubt is enough to leave one out. A comment passes if

* no rule finds a key or a token in the comments above the same name;
* it assigns nothing that may be a secret (`scan.comments`): `# OLD_PASSWORD=...` is a value that was commented out;
* it holds none of the file's own values, and no URL with a login, and is no item of a list that was commented out;
* nothing in it looks random, and beside a word such as "password" no letters and digits are mixed.
"""

import re
from collections.abc import Collection, Sequence

from gitseal.scan.comments import assigned
from gitseal.scan.plain_settings import has_login, is_plain_setting, names_a_secret
from gitseal.scan.rules import Rules
from gitseal.scan.scan_blob import scan_blob
from gitseal.yamltext.characters import is_refused

_SHORTEST = 6  # a shorter value stands in any prose
_ITEM = re.compile(r"- *\S+")
_MIXED = re.compile(r"(?=[^\W_]*[0-9])(?=[^\W_]*[^\W\d_])[^\W_]{4,}")


def readable(comments: Sequence[str], values: Collection[str]) -> tuple[str, ...]:
    """The comments that pass, in order; `values` are those of the file. Empty lines stay between them, not around them."""
    block = "\n".join(comments).encode("utf-8", "surrogateescape")
    # Behind `#` a key's lines are none that a program would read, but its owner can.
    if b"-----BEGIN " in block or scan_blob(b"comments", 0o100644, [block], Rules()):
        return ()
    secrets = [value for value in values if len(value) >= _SHORTEST]
    passing = [line for line in comments if not line or _is_readable(line, secrets)]
    text = "\n".join(passing).strip("\n")
    return tuple(text.split("\n")) if text else ()


def _is_readable(comment: str, secrets: Collection[str]) -> bool:
    words = comment.lstrip("#").strip()
    if (
        is_refused(comment)
        or _ITEM.fullmatch(words)
        or has_login(comment)
        or any(secret in comment for secret in secrets)
        or any(True for _ in assigned(comment))
    ):
        return False
    speaks_of_secrets = any(map(names_a_secret, re.findall(r"\w+", words)))
    return is_plain_setting("", words) and not (speaks_of_secrets and _MIXED.search(words))
