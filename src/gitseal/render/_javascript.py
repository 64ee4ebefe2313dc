r"""What node's `dotenv` and dotenvx share: one regular expression that finds names and values in the whole file.

    \s*'(?:\\'|[^'])*' | \s*"(?:\\"|[^"])*" | \s*`(?:\\`|[^`])*` | [^#\r\n]+   then   \s*(?:#.*)?$

Whatever it found is trimmed, and a quote at its start that also ends it is taken away. So there are three forms. A text
between quotes which it does not hold, or only behind a backslash, is found by the first three branches. A text of one
line between quotes which it holds is found by the last branch, since behind the inner quote more follows than the
expression allows; its outer quotes go all the same. And a text may stand bare.
"""

import re

from gitseal.render._shape import CannotCarry

_LONE = {quote: re.compile(rf"(?<!\\){quote}") for quote in "'\"`"}
# The last branch stops at these, or JavaScript's `$` matches before them.
_ENDS_LINE = re.compile("[\n\r#\u2028\u2029]")
_QUOTES = ("'", '"', "`")
# What String.prototype.trim takes away (ECMAScript, 22.1.3.32).
_BLANK = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))


def between(quote: str, body: str) -> str | None:
    """The body in the quotes, or None where the readers would not find it whole, whatever lines follow."""
    if "\r" in body:  # the readers first turn it into a line feed
        return None
    is_lone = quote in body and _LONE[quote].search(body)
    found = _ENDS_LINE.search(body) is None if is_lone else not body.endswith("\\")
    return f"{quote}{body}{quote}" if found else None


def bare(body: str) -> str | None:
    """The body as it stands, or None where the readers would not find it whole."""
    if not body or body.startswith(_QUOTES) or _ENDS_LINE.search(body) or body != body.strip(_BLANK):
        return None
    return body


def check_name(name: str) -> None:
    """Raises CannotCarry for the one name that no plain object of JavaScript can hold."""
    if name == "__proto__":
        raise CannotCarry("a name that JavaScript keeps for itself")


def refusal(text: str) -> CannotCarry:
    """Why neither of the readers has a form for such a text."""
    if "\r" in text:
        return CannotCarry("a carriage return, which only double quotes carry, besides what these cannot hold")
    if text.endswith("\\"):
        return CannotCarry("a backslash at its end, which hides the closing quote, besides what only quotes carry")
    return CannotCarry("all three kinds of quotes, besides a line feed, # or a literal \\n")
