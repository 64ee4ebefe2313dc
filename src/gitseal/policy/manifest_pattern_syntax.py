"""The text of a pattern as a tree of what it is made of; `manifest_pattern` says what is in it and why no more."""

import sys
from typing import NamedTuple

from gitseal.errors import Error

MAX_PATTERN = 1000
MAX_STATES = 1000
_MAX_DEPTH = 32
_HINT = "patterns have characters, [sets], \\d \\w \\s, ( | ), * + ? {m,n}, ^ and $"
_CLASSES = "dDwWsS"
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "a": "\a"}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_QUANTIFIERS = {"*": (0, None), "+": (1, None), "?": (0, 1)}
START, END = "start", "end"


class Set(NamedTuple):
    """The characters that one step takes: those in a range or in a class such as `d`, or all others if `negated`."""

    ranges: tuple[tuple[str, str], ...]
    classes: str = ""
    negated: bool = False

    def holds(self, char: str) -> bool:
        """True if the class matches this character."""
        is_member = any(low <= char <= high for low, high in self.ranges) or any(
            _is_of(char, letter) for letter in self.classes
        )
        return is_member is not self.negated


class Concatenation(NamedTuple):
    """One part after the other; none is the empty text."""

    parts: "tuple[Node, ...]"


class Alternation(NamedTuple):
    """One of the branches."""

    branches: "tuple[Node, ...]"


class Repeat(NamedTuple):
    """A part, `least` to `most` times; None is without an end."""

    part: "Node"
    least: int
    most: int | None


class Anchor(NamedTuple):
    """A place, START or END, which takes no character."""

    where: str


Node = Set | Concatenation | Alternation | Repeat | Anchor
_ANY = Set((("\n", "\n"),), negated=True)


def parse(text: str) -> Node:
    """The tree of a pattern. Raises Error, which says what stands against it."""
    return _PatternParser(text).parse()


class _PatternParser:
    """One pass over the text of a pattern."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_PATTERN:
            raise Error(f"the pattern has more than {MAX_PATTERN} characters", "check less of the value")
        self.text = text
        self.at = 0

    def parse(self) -> Node:
        node = self._choice(0)
        if self.at < len(self.text):
            raise Error('the pattern closes a group that is not open with ")"', 'write "\\)" for the character itself')
        return node

    def _choice(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise Error(f"the pattern's groups are nested deeper than {_MAX_DEPTH}", _HINT)
        branches = [self._sequence(depth)]
        while self._take("|"):
            branches.append(self._sequence(depth))
        return branches[0] if len(branches) == 1 else Alternation(tuple(branches))

    def _sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self._repeated(self._atom(depth)))
        return Concatenation(tuple(parts))

    def _atom(self, depth: int) -> Node:
        char = self._next()
        if char == "(":
            return self._group(depth)
        if char == "[":
            return self._set()
        if char == "\\":
            return self._escape()
        if char in "*+?{":
            raise Error(f'"{char}" in the pattern repeats nothing', f'write "\\{char}" for the character itself')
        if char in "^$":
            return Anchor(START if char == "^" else END)
        return _ANY if char == "." else Set(((char, char),))

    def _group(self, depth: int) -> Node:
        if self.text.startswith("?", self.at) and not self._take("?:"):
            raise Error("the pattern has a group (?...) that cannot be matched in linear time", "write ( ) or (?: )")
        node = self._choice(depth + 1)
        if not self._take(")"):
            raise Error("the pattern has a group that is not closed", 'write "\\(" for the character itself')
        return node

    def _repeated(self, part: Node) -> Node:
        if self.at >= len(self.text) or self.text[self.at] not in "*+?{":
            return part
        if isinstance(part, Anchor):
            raise Error("the pattern repeats ^ or $", _HINT)
        char = self._next()
        least, most = _QUANTIFIERS[char] if char in _QUANTIFIERS else self._counts()
        self._take("?")  # taking as little as possible finds the same
        if self.at < len(self.text) and self.text[self.at] in "*+?{":
            raise Error("the pattern repeats a repetition", "put the inner one in ( )")
        return Repeat(part, least, most)

    def _counts(self) -> tuple[int, int | None]:
        """The bounds of a repetition, after its `{`."""
        end = self.text.find("}", self.at)
        least, comma, most = self.text[self.at : max(end, 0)].partition(",")
        numbers = [number for number in (least, most) if number]
        if end < 0 or not numbers or not all(number.isascii() and number.isdigit() for number in numbers):
            raise Error('"{" in the pattern begins no {m}, {m,}, {,n} or {m,n}', 'write "\\{" for the character itself')
        self.at = end + 1
        low = int(least or "0") if len(least) <= len(str(MAX_STATES)) else MAX_STATES + 1
        high = (None if comma else low) if not most else int(most[: len(str(MAX_STATES)) + 1])
        if high is not None and low > high:
            raise Error("the pattern repeats at least more than at most", _HINT)
        return low, high

    def _set(self) -> Node:
        negated = self._take("^")
        ranges: list[tuple[str, str]] = []
        classes = ""
        is_first = True
        while is_first or not self._take("]"):
            low = self._member(is_first=is_first)
            is_first = False
            if len(low) > 1:
                classes += low[1]
            elif self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at):
                self.at += 1
                high = self._member(is_first=True)
                if len(high) > 1 or high < low:
                    raise Error("a [set] of the pattern has an invalid range", "write it as [a-z]")
                ranges.append((low, high))
            else:
                ranges.append((low, low))
        return Set(tuple(ranges), classes, negated)

    def _member(self, *, is_first: bool) -> str:
        r"""One character of a set, or a class as `\d`."""
        if self.at >= len(self.text):
            raise Error("the pattern has a [set] that is not closed", 'write "\\[" for the character itself')
        char = self._next()
        if char == "\\":
            escaped = self._escape()
            if not isinstance(escaped, Set):
                raise Error("a [set] of the pattern holds an anchor", _HINT)
            return f"\\{escaped.classes}" if escaped.classes else escaped.ranges[0][0]
        # Python keeps these for sets within sets.
        if char == "[" or (char in "&|~-" and self.text.startswith(char, self.at) and not is_first):
            raise Error(f'a [set] of the pattern holds "{char}" as it is', f'write "\\{char}"')
        return char

    def _escape(self) -> Node:
        if self.at >= len(self.text):
            raise Error('the pattern ends in "\\"', 'write "\\\\" for the character itself')
        char = self._next()
        if char in _CLASSES:
            return Set((), char)
        if char in "AZ":
            return Anchor(START if char == "A" else END)
        if char in _HEX_DIGITS:
            char = self._code(_HEX_DIGITS[char])
        elif char in _CONTROLS:
            char = _CONTROLS[char]
        elif char.isascii() and char.isalnum():
            raise Error(f'the pattern has "\\{char}", which cannot be matched in linear time or is unknown', _HINT)
        return Set(((char, char),))

    def _code(self, digits: int) -> str:
        number = self.text[self.at : self.at + digits]
        self.at += digits
        if len(number) < digits or not all(digit in "0123456789abcdefABCDEF" for digit in number):
            raise Error(f"an escape of the pattern needs {digits} hexadecimal digits", "such as \\x2f or \\u002f")
        code = int(number, 16)
        if code > sys.maxunicode:
            raise Error("an escape of the pattern names no character", "the last one is \\U0010ffff")
        return chr(code)

    def _next(self) -> str:
        char = self.text[self.at]
        self.at += 1
        return char

    def _take(self, token: str) -> bool:
        is_next = self.text.startswith(token, self.at)
        self.at += len(token) if is_next else 0
        return is_next


def _is_of(char: str, name: str) -> bool:
    kind = name.lower()
    if kind == "d":
        is_member = char.isdecimal()
    elif kind == "s":
        is_member = char.isspace()
    else:
        is_member = char.isalnum() or char == "_"
    return is_member is (name == kind)
