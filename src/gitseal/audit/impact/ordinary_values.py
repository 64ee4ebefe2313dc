"""Short and common values in what leaked, which the hook looks for nowhere: there they would stop every commit.

In an incident a false name costs a look, and a value that was missed costs more. So a value of 8 bytes and more counts if no
letter, digit or `_` stands beside it, and in base64 or hex anywhere. It does not count inside other text if it is one word of
configuration (`production`), a placeholder, one character repeated, or public by its shape.
"""

import re
from collections.abc import Sequence

from gitseal.scan.ordinary import MINIMUM, WORDS, is_ordinary
from gitseal.scan.placeholders import is_placeholder
from gitseal.scan.publishable import is_publishable
from gitseal.scan.search import Search
from gitseal.scan.spellings import encoded, spellings
from gitseal.scan.team import Owner, TeamMatch
from gitseal.scan.windows import Window

_WORD = re.compile(rb"\w")
# What ends with a letter or a digit and stands for another character: of a URL, of JSON and programs, of HTML.
_ESCAPE = re.compile(rb"(?:%[0-9A-Fa-f]{2}|\\(?:[abefnrtv0]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}))\Z")
_LONGEST_ESCAPE = 6


def is_only_whole(content: bytes) -> bool:
    """True if a value counts only if it is all that leaked, or if a leaked file gives it to its name."""
    if not content or not is_ordinary(content):
        return False
    is_one = len(set(content)) == 1 or content.lower() in WORDS
    return (
        len(content) < MINIMUM or is_one or is_publishable(content) or is_placeholder(content.decode(errors="replace"))
    )


def stands_apart(text: bytes, start: int, end: int) -> bool:
    """False if a place in a text begins or ends within a word."""
    before, after = text[max(0, start - _LONGEST_ESCAPE) : start], text[end : end + 1]
    is_begun = _WORD.match(text, start) and _WORD.match(before[-1:]) and not _ESCAPE.search(before)
    return not is_begun and not (_WORD.match(text, end - 1) and _WORD.match(after))


class OrdinaryValues:
    """The search for some of these values. The owner of a place is named by the value's number among them."""

    def __init__(self, values: Sequence[bytes]) -> None:
        owners: dict[bytes, set[int]] = {}
        self._encoded: set[bytes] = set()
        for number, content in enumerate(values):
            self._encoded |= encoded(content).keys() - {content}
            for form in spellings(content):
                if len(form) >= MINIMUM:
                    owners.setdefault(form, set()).add(number)
        self._forms = list(owners)
        self._owners = [tuple(Owner("", str(number)) for number in sorted(owners[form])) for form in self._forms]
        self._search = Search(self._forms)

    def places(self, window: Window) -> list[TeamMatch]:
        """See `TeamSearch`."""
        return [
            TeamMatch(start, self._owners[number])
            for number, start, end in self._search.all(window.content)
            if window.first <= start < window.end
            and (self._forms[number] in self._encoded or stands_apart(window.content, start, end))
        ]
