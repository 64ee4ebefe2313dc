"""What a page is made of: sentences, so that every format knows which words are the repository's."""

from gitseal.records import NamedTuple
from gitseal.report.sentences import Sentence


class PageTable(NamedTuple):
    """A table under its title, which may be empty; each row has as many cells as `head`.

    With `is_checklist`, Markdown shows each row as a box to check: it becomes an issue that somebody works through.
    """

    title: Sentence
    head: tuple[str, ...]
    rows: tuple[tuple[Sentence, ...], ...]
    is_checklist: bool = False


class Page(NamedTuple):
    """A whole report: what it says first, its tables, and notes on what it could not see."""

    title: str
    lead: tuple[Sentence, ...]
    tables: tuple[PageTable, ...]
    notes: tuple[Sentence, ...] = ()
