"""A page for a terminal: tables in columns, one line for a row."""

from collections.abc import Iterator, Sequence

from gitseal.report.escaping import lines_text, printable
from gitseal.report.page.model import Page, PageTable


def write(page: Page) -> str:
    """The page as lines. A table without rows is left out."""
    tables = [[*([table.title] if table.title else []), *_rows(table)] for table in page.tables if table.rows]
    parts: list[Sequence[str]] = [page.lead, *tables, page.notes]
    lines = [line for part in parts if part for line in (*part, "")]
    return lines_text(lines[:-1])


def _rows(table: PageTable) -> Iterator[str]:
    shown = [[printable(cell) for cell in row] for row in (table.head, *table.rows)]
    widths = [max(len(row[at]) for row in shown) for at in range(len(table.head))]
    for row in shown:
        yield f"  {_columns(row, widths)}"


def _columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
