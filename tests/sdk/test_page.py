"""docs/reference/sdk.md tells what the Python API does."""

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gitseal
from gitseal.sdk import conversion
from tests.sdk.world import World

TOP = Path(__file__).resolve().parents[2]
PAGE = (TOP / "docs/reference/sdk.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

MANIFEST = "".join(re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


def section(title: str) -> str:
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def rows(title: str) -> list[str]:
    return re.findall(r"^\| `(.+?)` \|", section(title), re.MULTILINE)


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("GITSEAL_ENV", "production")
    (world.top / ".secrets/manifest.yaml").write_text(MANIFEST, encoding="utf-8")
    world.set(DATABASE_URL="postgres://shop:secret@db/shop", PORT="8080", api__TOKEN="old")
    world.commit("v1.2")
    world.set(api__TOKEN="new", LIMITS='{"requests": 100}')
    return world


def test_every_program_says_what_it_prints() -> None:
    assert len(PROGRAMS) == PAGE.count("```python") == 4


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_prints_what_the_page_says(shop: World, tmp_path: Path, number: int) -> None:
    program, output = PROGRAMS[number]
    (tmp_path / "program.py").write_text(program, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, tmp_path / "program.py"], cwd=shop.top, capture_output=True, text=True, check=False
    )

    assert done.stdout == output, done.stderr


def check_types(folder: Path) -> str:
    """What a user's strict mypy says of the programs in a folder."""
    cache = TOP / ".mypy_cache/page"
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}"]
    environ = {**os.environ, "MYPYPATH": str(TOP / "src")}
    files = sorted(folder.glob("*.py"))
    return subprocess.run([*mypy, *files], env=environ, capture_output=True, text=True, check=False).stdout


@pytest.mark.slow
def test_the_programs_have_types(tmp_path: Path) -> None:
    for number, (program, _) in enumerate(PROGRAMS):
        (tmp_path / f"program_{number}.py").write_text(program, encoding="utf-8")

    assert check_types(tmp_path).startswith("Success: no issues found in 4 source files")


@pytest.mark.slow
def test_a_type_checker_sees_mistakes(tmp_path: Path) -> None:
    """Else the test above would show nothing: the package is typed, not taken for Any."""
    (tmp_path / "wrong.py").write_text(
        "import gitseal\n"
        'port: str = gitseal.secret("PORT", type=int).reveal()\n'
        'maybe: str = gitseal.secret("MAYBE", default=None).reveal()\n'
        'other: int = gitseal.load("production")["OTHER"].reveal(str)\n'
        'gitseal.load("production")["A"] = 1\n'
        "gitseal.laod\n",
        encoding="utf-8",
    )

    said = check_types(tmp_path)

    assert re.findall(r":(\d): error", said) == ["2", "3", "4", "5", "6"], said


def test_the_types_are_all_there() -> None:
    assert rows("Types") == [each.__name__ for each in conversion._CONVERTERS]


def test_the_arguments_are_all_there() -> None:
    assert rows("load") == list(inspect.signature(gitseal.load).parameters)
    for name in ("load", "secret"):
        told = re.search(rf"`gitseal\.{name}\((.*?)\)`", section(name))
        assert told
        arguments = [each.partition("=")[0] for each in told[1].split(", ") if each != "*"]
        assert arguments == list(inspect.signature(getattr(gitseal, name)).parameters)
