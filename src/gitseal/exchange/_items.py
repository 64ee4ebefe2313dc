"""What an importer gives: the values it found, and what it found about them."""

from typing import NamedTuple

from gitseal.document.value import TypedValue

Span = tuple[int, int]


class ImportedValue(NamedTuple):
    """One value that a file gives a name.

    `line` counts from 1; 0 where the format's reader does not say. `spans` are the places in the text, from and to,
    of what a dotenv reader would expand; a `$` that quotes or a backslash make literal has none.
    """

    path: tuple[str, ...]
    value: TypedValue
    line: int
    spans: tuple[Span, ...] = ()

    @property
    def expandable(self) -> bool:
        """Whether the value holds a reference."""
        return bool(self.spans)


class Imported(NamedTuple):
    """A file's values, each name once, in the order in which the names first appear.

    `references` are the names whose values still hold `${…}` or `$NAME`; `duplicates` those that the file sets more
    than once: the last one won, and `overridden` has the others.
    """

    items: tuple[ImportedValue, ...]
    references: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    overridden: tuple[ImportedValue, ...] = ()
