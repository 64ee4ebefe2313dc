"""Reports: tables for people, JSON for programs. Data goes to standard output and nothing else does."""

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module

from gitseal.errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.document.value import TypedValue
    from gitseal.report.page.model import Page

# The same for every value, so that it tells nothing of its length.
MASK = "········"


def line(*lines: str) -> None:
    """Lines for people on standard output; nothing if it was closed. Each argument stays one line, whatever is in it."""
    from gitseal.report.escaping import lines_text  # `get` and `render` write bytes

    text(lines_text(lines))


def text(written: str) -> None:
    """A text as it is on standard output; nothing if it was closed. For formats that escape by rules of their own."""
    if sys.stdout is not None:
        sys.stdout.write(written)
        sys.stdout.flush()


def write_bytes(content: bytes) -> None:
    """The exact bytes on standard output. Raises Error if it was closed."""
    if sys.stdout is None:  # what Python makes of a closed one
        raise Error(
            "there is no standard output to write to", "leave it open, or give a file where the command takes one"
        )
    sys.stdout.buffer.write(content)


def is_terminal() -> bool:
    """True if a person reads standard output as it comes."""
    return sys.stdout is not None and sys.stdout.isatty()


def stderr_is_terminal() -> bool:
    """True if a person reads standard error as it comes."""
    return sys.stderr is not None and sys.stderr.isatty()


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table with its columns aligned; nothing if there are no rows."""
    from gitseal.report.escaping import all_printable

    columns = [all_printable(column) for column in zip(head, *rows, strict=True)]
    if not columns or len(columns[0]) == 1:
        return
    widths = [max(map(len, column)) for column in columns]
    aligned = ([cell.ljust(width) for cell in column] for column, width in zip(columns, widths, strict=True))
    # One write: a table of ten thousand names would take as many.
    line(*(cells.rstrip() for cells in map("  ".join, zip(*aligned, strict=True))))


def as_json(content: object) -> None:
    """One JSON array or object."""
    from gitseal.report.escaping import json_text

    text(f"{json_text(content, indent=2)}\n")


def page(written: "Page", form: str) -> None:
    """A page in one of the forms of `report/page`: text, markdown or html."""
    text(import_module(f"gitseal.report.page.{form}").write(written))


def shown(value: "TypedValue | None") -> str:
    """A value that was asked for, on one line of a table; bytes that are no text as their number."""
    if value is None:
        return MASK
    from gitseal.document.value import ValueType
    from gitseal.report.escaping import value_on_one_line  # `get` and `render` write bytes

    return "null" if value.kind is ValueType.NULL else value_on_one_line(value.reveal())
