"""The rules that modules declare: the reference pages list exactly these, and none is declared in two ways."""

import re
from collections import Counter
from pathlib import Path

import pytest

from gitseal.audit.check import check, code
from gitseal.audit.review import rules
from gitseal.report.findings import FindingRule, declared
from gitseal.report.sentences import sentence

DOCS = Path(__file__).resolve().parents[3] / "docs"
ALL = rules.OWN | rules.CHECK | rules.SCAN | rules.VERIFY | declared(code)
ROW = re.compile(r"^\| (?:`([a-z-]+)`)? *\| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def rows(page: str) -> list[tuple[str, ...]]:
    """The rows of the page's tables; a cell that is left empty is that of the row before."""
    found: list[tuple[str, ...]] = []
    for cells in ROW.findall((DOCS / page).read_text(encoding="utf-8")):
        if cells[0] or not set(cells[1]) <= set("-"):
            found.append((cells[0] or found[-1][0], *cells[1:]) if found or cells[0] else cells)
    return [cells for cells in found if cells[0]]


def test_the_page_of_risks_lists_them_as_they_are_declared() -> None:
    assert set(rows("reference/risks.md")) == {(rule.id, rule.severity, rule.meaning) for rule in rules.OWN}
    assert {rule.page for rule in rules.OWN} == {"reference/risks.md"}


def test_the_page_on_plaintext_lists_them_as_they_are_declared() -> None:
    listed = {cells[:2] for cells in rows("reference/plaintext.md")}
    assert {(rule.id, rule.meaning) for rule in rules.SCAN if rule.page == "reference/plaintext.md"} <= listed


@pytest.mark.parametrize("rule", sorted(ALL))
def test_an_id_is_fit_for_a_command_line(rule: FindingRule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
    assert rule.severity in {"error", "warning", "note"}
    assert rule.meaning


def test_each_id_is_declared_once_for_each_severity() -> None:
    counts = Counter((rule.id, rule.severity) for rule in ALL)
    assert [key for key, count in counts.items() if count > 1] == []


def test_what_blocks_a_commit_does_so_wherever_it_is_declared() -> None:
    findings = [rule.at("a", 0, sentence("made up")) for rule in sorted(ALL) if rule.blocks]
    assert findings
    assert list(check.blocking(findings)) == findings


def test_no_id_that_people_use_goes() -> None:
    """Ids are for good: `--fail-on` names them, and forges remember findings by them."""
    known = (Path(__file__).parent / "rules.txt").read_text(encoding="utf-8").split()
    assert {rule.id for rule in ALL} == set(known)
