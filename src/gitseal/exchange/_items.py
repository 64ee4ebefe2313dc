"""The result of an importer: values, their places in the file, and what a person should know about them."""

import re
from typing import NamedTuple

from gitseal.document.value import TypedValue

Span = tuple[int, int]
_POINTER = re.compile(rb"op://[^/\s]+/|ref\+[a-z0-9]+://")
# What tools print for a value that they do not show, such as ********, ****abcd and [SENSITIVE].
_MASK = re.compile(
    rb"(?:\*{3,}+|(?:\xe2\x80\xa2){3,}+)\w{0,4}"
    rb"|[\[(<](?:sensitive(?: value)?|redacted|masked|hidden|protected|secret)[\])>]|redacted",
    re.IGNORECASE,
)
_PRIVATE_KEY = re.compile(rb"AGE-(?:SECRET-KEY|PLUGIN)-[0-9A-Z+._-]{30}|-----BEGIN OPENSSH PRIVATE KEY-----")


class ImportedValue(NamedTuple):
    """One value and its name.

    `line` counts from 1, and is 0 if the format's reader does not tell it. `spans` are the places in the text (start, end)
    that a dotenv reader would expand. A `$` that quotes or a backslash make literal is in none of them. `escapes` are the places
    of backslashes that stay in the text, and that a reader drops which expands. `comments` are the lines between the value
    before and this one, each `#...` or empty.

    `runs` says that a shell would run a command for the value; `differs` that the readers of env files take it for different
    texts (docs/how-to/import-an-existing-env-file.md).
    """

    path: tuple[str, ...]
    value: TypedValue
    line: int
    spans: tuple[Span, ...] = ()
    comments: tuple[str, ...] = ()
    escapes: tuple[int, ...] = ()
    runs: bool = False
    differs: bool = False

    @property
    def expandable(self) -> bool:
        """True if a dotenv reader would expand something in the value."""
        return bool(self.spans)


class Imported(NamedTuple):
    """The values of a file, each name once, in the order in which the names first appear.

    `references` are the names whose values still hold `${…}` or `$NAME`. `duplicates` are the names that the file sets more
    than once: `items` has the last value of each, `overridden` the earlier ones. `below` are the comments behind the last value.
    """

    items: tuple[ImportedValue, ...]
    references: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    overridden: tuple[ImportedValue, ...] = ()
    below: tuple[str, ...] = ()

    @property
    def commands(self) -> tuple[str, ...]:
        """The names whose values hold a command that a shell would run."""
        return tuple("/".join(item.path) for item in self.items if item.runs)

    @property
    def differing(self) -> tuple[str, ...]:
        """The names whose values the readers of env files take for different texts."""
        return tuple("/".join(item.path) for item in self.items if item.differs)

    @property
    def pointing(self) -> tuple[str, ...]:
        """The names whose values only say where another tool has the value: 1Password's `op://...`, vals' `ref+...://...`."""
        return tuple("/".join(item.path) for item in self.items if _POINTER.match(item.value.reveal()))

    @property
    def masked(self) -> tuple[str, ...]:
        """The names whose values are what a tool shows in the place of a value."""
        return tuple("/".join(item.path) for item in self.items if _MASK.fullmatch(item.value.reveal()))

    @property
    def private_keys(self) -> tuple[str, ...]:
        """The names whose values hold a private key that opens age files, and so files of sops and of gitseal."""
        return tuple("/".join(item.path) for item in self.items if _PRIVATE_KEY.search(item.value.reveal()))
