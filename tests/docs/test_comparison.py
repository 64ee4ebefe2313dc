"""docs/explanation/comparison.md: the versions it rests on are those that `make peers` installs."""

import re

import pytest

from tests.conftest import TOP

PAGE = (TOP / "docs/explanation/comparison.md").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^(\w+)=v?([\d.]+)$", (TOP / "tools/peers").read_text(encoding="utf-8"), re.MULTILINE))
PINNED = {
    "sops": "sops",
    "dotenvx": "dotenvx",
    "fnox": "fnox",
    "ejson": "ejson",
    "age": "age",
    "ansible-vault": "ansible_core",
    "secretspec": "secretspec",
}


@pytest.mark.parametrize(("tool", "pin"), PINNED.items())
def test_a_version_is_the_one_that_make_peers_installs(tool: str, pin: str) -> None:
    (version,) = re.findall(rf"^\| \[{tool}\]\([^)]+\) \| ([\d.]+) \|", PAGE, re.MULTILINE)
    assert version == PINS[pin]


def test_every_column_has_a_row_that_says_how_it_is_known() -> None:
    tables, _, rests_on = PAGE.partition("## What this rests on")
    heads = re.findall(r"^\| \| (.+) \|\n\|---", tables, re.MULTILINE)
    columns = {name for head in heads for name in re.split(r" \| |, ", head)}
    told = {name.removesuffix(" by hand").removesuffix(" with age") for name in columns} - {"gitseal"}
    assert told
    for name in told:
        assert re.search(rf"^\| .*\b{name}\b", rests_on, re.MULTILINE), name


def test_every_cell_says_something() -> None:
    rows = re.findall(r"^\|(?!---)(.+)\|$", PAGE, re.MULTILINE)
    assert all(cell.strip() for row in rows for cell in row.split("|")[1:])
