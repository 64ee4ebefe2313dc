"""docs/explanation/roles.md: its policy gives each role what the table says."""

import re

import pytest

from gitseal.policy import parser
from gitseal.policy.policy import DEFAULT
from gitseal.policy.who_may_change import changers
from tests.conftest import TOP

PAGE = (TOP / "docs/explanation/roles.md").read_text(encoding="utf-8")
ROLES = {"Owner": "olga", "Admin": "adam", "Developer": "dora", "Viewer": "vera"}


@pytest.fixture(scope="module")
def granted() -> dict[str, frozenset[str]]:
    """By row of the table the people whom the policy on the page lets do it."""
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    policy = parser.parse(example.encode())
    return {
        "read development": frozenset(policy.open_to("development", DEFAULT) or ()),
        "read production": frozenset(policy.open_to("production", DEFAULT) or ()),
        "change development": changers(policy, "development") or frozenset(),
        "change production": changers(policy, "production") or frozenset(),
        "change who can do what": changers(policy, "policy") or frozenset(),
    }


def test_the_table_is_what_the_policy_says(granted: dict[str, frozenset[str]]) -> None:
    rows = {cells[0]: cells[1:5] for cells in map(cells_of, re.findall(r"^\|.*\|$", PAGE, re.MULTILINE))}
    assert list(rows.pop("may")) == list(ROLES)
    for what, people in granted.items():
        assert rows[what] == ["yes" if person in people else "no" for person in ROLES.values()], what


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
