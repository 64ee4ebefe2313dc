"""A page says the same in each format, and no word of the repository is more than text in any of them."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.report.page import html, markdown, text
from gitseal.report.page.model import Page, PageTable
from gitseal.report.sentences import NOTHING, ours, sentence
from tests.review.models import HOSTILE

WORDS = st.sampled_from(HOSTILE) | st.text(max_size=12)
SENTENCES = st.builds(lambda word: sentence('"{}" opens {}', word, word), WORDS)


@st.composite
def pages(draw: st.DrawFn) -> Page:
    rows = tuple((draw(SENTENCES), draw(SENTENCES)) for _ in range(draw(st.integers(0, 3))))
    title = draw(st.just(NOTHING) | SENTENCES)
    table = PageTable(title, ("Who", "What"), rows, is_checklist=draw(st.booleans()))
    return Page("A page", tuple(draw(st.lists(SENTENCES, max_size=2))), (table,), (draw(SENTENCES),))


class Tags(HTMLParser):
    """The tags of a page, and whether they balance."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "img", "a", "iframe"}
        assert all(
            name
            in {
                "lang",
                "charset",
                "http-equiv",
                "content",
                "name",
                "class",
                "tabindex",
                "role",
                "aria-label",
                "scope",
                "data-label",
            }
            for name, _ in attrs
        )
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(pages())
def test_no_word_is_more_than_text(page: Page) -> None:
    Tags(html.write(page))
    for shown in (text.write(page), markdown.write(page), html.write(page)):
        assert all(character.isprintable() or character == "\n" for character in shown)
    outside_code = re.sub(r"(`+).*?\1", "", markdown.write(page))
    assert not re.search(r"[<@\[]|https?:", outside_code.replace("- [ ]", ""))


@pytest.mark.parametrize("write", [text.write, markdown.write, html.write])
def test_a_table_without_rows_is_left_out(write: object) -> None:
    empty = PageTable(ours("Nobody"), ("Who",), ())
    assert callable(write)
    assert "Nobody" not in write(Page("A page", (), (empty,)))


def test_a_checklist_has_boxes() -> None:
    table = PageTable(
        ours("To do"), ("Name", "Where", "Since"), ((ours("A"), ours("production"), NOTHING),), is_checklist=True
    )
    assert markdown.write(Page("Leaving", (), (table,))) == "# Leaving\n\n## To do\n\n- [ ] A; where: production\n"


def test_columns_line_up() -> None:
    rows = ((ours("a"), ours("opens")), (ours("longer"), ours("no")))
    shown = text.write(
        Page("A page", (ours("First."),), (PageTable(ours("Who"), ("Who", "Now"), rows),), (ours("Last."),))
    )
    assert shown == "First.\n\nWho\n  Who     Now\n  a       opens\n  longer  no\n\nLast.\n"
