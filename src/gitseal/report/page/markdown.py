"""A page as Markdown for GitHub and GitLab."""

from collections.abc import Iterator

from gitseal.report.markdown_text import markdown
from gitseal.report.markup_text import spoken
from gitseal.report.page.model import Page, PageTable
from gitseal.report.sentences import Sentence


def write(page: Page) -> str:
    """The page. A table without rows is left out."""
    parts = [f"# {page.title}", *map(_said, page.lead)]
    for table in page.tables:
        if table.rows:
            parts += [f"## {_said(table.title)}"] if table.title else []
            parts.append(_table(table))
    parts += [_said(note) for note in page.notes]
    return "\n\n".join(parts) + "\n"


def _table(table: PageTable) -> str:
    return "\n".join(_boxes(table) if table.is_checklist else _lines(table))


def _lines(table: PageTable) -> Iterator[str]:
    yield f"| {' | '.join(table.head)} |"
    yield f"|{'---|' * len(table.head)}"
    for row in table.rows:
        yield f"| {' | '.join(map(_said, row))} |"


def _boxes(table: PageTable) -> Iterator[str]:
    for row in table.rows:
        told = [
            f"{word.lower()}: {_said(cell)}" for word, cell in zip(table.head[1:], row[1:], strict=True) if str(cell)
        ]
        yield f"- [ ] {'; '.join([_said(row[0]), *told])}"


def _said(words: Sentence) -> str:
    return markdown(spoken(words))
