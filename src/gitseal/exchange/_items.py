"""The result of an importer: values, their places in the file, and what a person should know about them."""

from typing import NamedTuple

from gitseal.document.value import TypedValue

Span = tuple[int, int]


class ImportedValue(NamedTuple):
    """One value and its name.

    `line` counts from 1, and is 0 if the format's reader does not tell it. `spans` are the places in the text (start, end)
    that a dotenv reader would expand. A `$` that quotes or a backslash make literal is in none of them. `comments` are the
    lines between the value before and this one, each `#...` or empty.
    """

    path: tuple[str, ...]
    value: TypedValue
    line: int
    spans: tuple[Span, ...] = ()
    comments: tuple[str, ...] = ()

    @property
    def expandable(self) -> bool:
        """True if a dotenv reader would expand something in the value."""
        return bool(self.spans)


class Imported(NamedTuple):
    """The values of a file, each name once, in the order in which the names first appear.

    `references` are the names whose values still hold `${…}` or `$NAME`. `duplicates` are the names that the file sets more
    than once: `items` has the last value of each, `overridden` the earlier ones.
    """

    items: tuple[ImportedValue, ...]
    references: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    overridden: tuple[ImportedValue, ...] = ()
