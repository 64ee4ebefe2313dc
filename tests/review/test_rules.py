"""Rules by their ids: the table, the code and the page say the same."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitseal.review import rules

TOP = Path(__file__).resolve().parents[2]
SOURCES = sorted((TOP / "src/gitseal").rglob("*.py"))
ID = re.compile(r"[a-z]+(?:-[a-z]+)*")
# Whatever makes a finding, by the name it is called under, and the place of the rule among its arguments.
MAKERS = {"Finding": 0, "finding": 0, "Risk": 0, "_finding": 1, "_found": 2, "Shape": 0}


def called(tree: ast.AST) -> Iterator[str]:
    """The rules that calls name as they stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
            at = MAKERS[node.func.id]
            for part in ast.walk(node.args[at]) if at < len(node.args) else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and ID.fullmatch(part.value):
                    yield part.value


def test_every_rule_that_the_code_names_is_in_the_table() -> None:
    named = {rule for path in SOURCES if "cli" not in path.parts for rule in called(ast.parse(path.read_text("utf-8")))}
    assert len(named) > 60
    # Of `check --code` and `status`, which a review does not run.
    assert named - rules.ALL <= {"missing-name", "unread-name", "github-name", "parse"}


def test_every_rule_of_the_table_is_in_the_code() -> None:
    code = "\n".join(path.read_text("utf-8") for path in SOURCES if path.parts[-2:] != ("review", "rules.py"))
    assert [rule for rule in sorted(rules.ALL) if f'"{rule}"' not in code] == []


@pytest.mark.parametrize("rule", sorted(rules.OWN))
def test_the_page_tells_each(rule: str) -> None:
    page = (TOP / "docs/reference/risks.md").read_text("utf-8")
    assert page.count(f"| `{rule}` |") == 1


def test_the_page_tells_no_other() -> None:
    page = (TOP / "docs/reference/risks.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == rules.OWN
