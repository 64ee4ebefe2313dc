"""The table of changes that are no risk: the page lists exactly it, and it is small enough to be read."""

import re
from pathlib import Path

from gitseal.review.entries.table import TABLE

PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "review.md"


def test_the_page_lists_the_table() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (neutral|ordinary) \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    declared = [(each.id, "neutral" if each.is_neutral else "ordinary", each.reason) for each in TABLE.values()]
    assert rows == declared


def test_a_class_stands_under_its_own_id() -> None:
    assert all(key == each.id for key, each in TABLE.items())
