"""Many patterns against many names, without a step for each pair of the two.

Whoever can commit decides on the number of both: a megabyte of rules and names would take a hook half a minute.
"""

from collections.abc import Iterable

from gitseal.policy.patterns import matches
from gitseal.yamltext.tree import NamePath


class PatternIndex:
    """Patterns in an order; asked for a name, it gives the number of the first that matches.

    Patterns without `*`, and those with one at their end alone, are looked up. Any others are tried one by one: a policy has at
    most `MOST_TRIED` of them.
    """

    def __init__(self, patterns: Iterable[tuple[int, str]]) -> None:
        self._last: dict[str, int] = {}
        self._whole: dict[NamePath, int] = {}
        self._beginnings: dict[str, int] = {}
        self._tried: list[tuple[int, str]] = []
        for number, pattern in patterns:
            if is_tried(pattern):
                self._tried.append((number, pattern))
            elif pattern.endswith("*"):
                self._beginnings.setdefault(pattern[:-1], number)
            elif "/" in pattern:
                parts = pattern.split("/")
                self._whole.setdefault(tuple(parts if parts[0] else parts[1:]), number)
            else:
                self._last.setdefault(pattern, number)
        self._lengths = sorted({len(beginning) for beginning in self._beginnings})

    def first(self, path: NamePath) -> int | None:
        """The lowest number of a pattern that matches, as `patterns.matches` has it; None if none does."""
        last = path[-1]
        numbers = [self._last.get(last), self._whole.get(path)]
        for length in self._lengths:
            if length > len(last):
                break
            numbers.append(self._beginnings.get(last[:length]))
        best = min((number for number in numbers if number is not None), default=None)
        for number, pattern in self._tried:
            if best is not None and number > best:
                break
            if matches(pattern, path):
                return number
        return best


MOST_TRIED = 256


def is_tried(pattern: str) -> bool:
    """True for a pattern that has to be compared with every name: a `*` that is not its end, or one in a whole path."""
    return "*" in pattern and ("/" in pattern or pattern.find("*") != len(pattern) - 1)
