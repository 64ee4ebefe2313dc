"""Pages are written to be read: prose wraps at 120 columns, and the first paragraph says who needs the page."""

import re
from pathlib import Path

import pytest

from tests.conftest import TOP

WIDTH = 120
PAGES = sorted([*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")])
FOR_A_READER = [page for page in PAGES if page.parent.name in {"how-to", "explanation", "reference"}]


def prose(text: str) -> list[tuple[int, str]]:
    """The numbered lines that an editor can wrap: no table, no code, no comment, nothing quoted from a program."""
    for aside in (r"^ *```.*?^ *```$", r"<!--.*?-->"):
        text = re.sub(aside, lambda match: "\n" * match[0].count("\n"), text, flags=re.MULTILINE | re.DOTALL)
    lines = enumerate(text.splitlines(), start=1)
    return [(number, line) for number, line in lines if not line.lstrip().startswith(("|", ">"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_prose_wraps(page: Path) -> None:
    long = [
        number for number, line in prose(page.read_text(encoding="utf-8")) if len(line) > WIDTH and " " in line.strip()
    ]
    assert long == []


@pytest.mark.parametrize("page", FOR_A_READER, ids=lambda page: page.stem)
def test_the_first_paragraph_says_who_needs_the_page(page: Path) -> None:
    paragraphs = [text for text in re.split(r"\n\n+", page.read_text(encoding="utf-8")) if text.strip()]
    assert re.match(r"(For|This page is for) ", paragraphs[1]), paragraphs[1][:80]
