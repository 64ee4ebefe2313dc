"""The picture of the floors in the documentation is the contract that import-linter keeps."""

import re
import tomllib
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
FLOOR = re.compile(r"([a-z]+(?: [|:] [a-z]+)*)(?: {2,}\S.*)?")


def contracts() -> list[dict[str, object]]:
    with (TOP / "pyproject.toml").open("rb") as file:
        found = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    assert isinstance(found, list)
    return found


def picture() -> list[str]:
    """The floors in the one fenced block of docs/architecture.md that begins with `cli`, from the top down."""
    text = (TOP / "docs/architecture.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (block,) = [block for block in blocks if re.match(r"cli\b", block)]
    floors = [FLOOR.fullmatch(line) for line in block.splitlines()]
    assert all(floors), f"not a floor: {block.splitlines()[floors.index(None)]}"
    return [floor.group(1) for floor in floors if floor]


def test_the_picture_is_the_contract() -> None:
    (layers,) = [each["layers"] for each in contracts() if each.get("containers") == ["gitseal"]]

    assert picture() == layers


def test_every_library_has_a_home_that_exists() -> None:
    homes = [contract["ignore_imports"] for contract in contracts() if contract["type"] == "forbidden"]

    packages = {re.match(r"gitseal\.(\w+)", line) for lines in homes if isinstance(lines, list) for line in lines}

    assert packages
    for package in packages:
        assert package
        assert (TOP / "src/gitseal" / package[1]).is_dir()
