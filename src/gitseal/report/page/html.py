"""A page of HTML."""

from collections.abc import Iterator
from html import escape

from gitseal.report.html_text import CLOSING, html, opening, plain
from gitseal.report.markup_text import spoken
from gitseal.report.page.model import Page, PageTable
from gitseal.report.sentences import Sentence


def write(page: Page) -> str:
    """The page. A table without rows is left out."""
    return "\n".join([*opening(f"gitseal: {page.title}"), *body(page), CLOSING])


def body(page: Page) -> Iterator[str]:
    """What stands on the page, for whoever puts it on one of their own."""
    yield f'<header class="good"><h1>{escape(page.title)}</h1></header>'
    yield from (f"<p>{_said(words)}</p>" for words in page.lead)
    yield from (line for table in page.tables if table.rows for line in _table(table))
    yield from (f'<p class="note">{_said(note)}</p>' for note in page.notes)


def _table(table: PageTable) -> Iterator[str]:
    yield f"<section>\n<h2>{_said(table.title)}</h2>" if table.title else "<section>"
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(plain(spoken(table.title)))}"><table>'
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in table.head)
    yield f"<thead><tr>{head}</tr></thead>\n<tbody>"
    labels = [escape(word) for word in table.head]
    for row in table.rows:
        # On a narrow screen each cell stands below its label.
        cells = (f'<td data-label="{label}">{_said(cell)}</td>' for label, cell in zip(labels, row, strict=True))
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>\n</table></div>\n</section>"


def _said(words: Sentence) -> str:
    return html(spoken(words))
