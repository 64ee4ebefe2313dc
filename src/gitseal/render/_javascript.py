r"""The common part of node's `dotenv` and dotenvx: one regular expression that finds names and values in the whole file.

    \s*'(?:\\'|[^'])*' | \s*"(?:\\"|[^"])*" | \s*`(?:\\`|[^`])*` | [^#\r\n]+   then   \s*(?:#.*)?$

Both readers trim the match, and take away a quote at its start that also ends it. So there are three forms. The first
three branches match a text between quotes that it does not contain, or only behind a backslash. If a text of one line does
contain the quote, those branches fail, because more follows behind the inner quote than they allow; then the last branch
matches, and the outer quotes go all the same. And a text may stand bare.
"""

import re

from gitseal.render._shape import CannotCarry

_LONE = {quote: re.compile(rf"(?<!\\){quote}") for quote in "'\"`"}
# If the last branch ends too early: at these it stops, or JavaScript's `$` matches before them.
_ENDS_LINE = re.compile("[\n\r#\u2028\u2029]")
_QUOTES = ("'", '"', "`")
# What String.prototype.trim takes away (ECMAScript, 22.1.3.32).
_BLANK = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))


def between(quote: str, body: str) -> str | None:
    """The body in the quotes, or None if the readers would cut it short or read on into the next lines."""
    if "\r" in body:  # the readers turn it into a line feed before they match
        return None
    is_lone = quote in body and _LONE[quote].search(body)
    # Left to the last branch, it must fit on a line. Found by the first three, no backslash may hide the closing quote.
    is_whole = _ENDS_LINE.search(body) is None if is_lone else not body.endswith("\\")
    return f"{quote}{body}{quote}" if is_whole else None


def bare(body: str) -> str | None:
    """The body without quotes, or None if the readers would cut or trim it."""
    if not body or body.startswith(_QUOTES) or _ENDS_LINE.search(body) or body != body.strip(_BLANK):
        return None
    return body


def check_name(name: str) -> None:
    """Raise CannotCarry for the one name that no plain object of JavaScript can hold."""
    if name == "__proto__":
        raise CannotCarry("a name that JavaScript keeps for itself")


def refusal(text: str) -> CannotCarry:
    """The reason why neither reader has a form for this text. Call it only for a text that no form carries."""
    if "\r" in text:
        return CannotCarry("a carriage return, which only double quotes carry, besides what these cannot hold")
    if text.endswith("\\"):
        return CannotCarry("a backslash at its end, which hides the closing quote, besides what only quotes carry")
    return CannotCarry("all three kinds of quotes, besides a line feed, # or a literal \\n")
