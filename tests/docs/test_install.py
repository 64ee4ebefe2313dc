"""No index has a release of gitseal, so nothing that we print or write down asks one for it: somebody else could put it there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.console import TOP

PLACES = (
    "README.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "docs",
    "examples",
    "hooks",
    "src",
    "tools",
    "Makefile",
    "Dockerfile",
    "action.yml",
    "templates",
)
# `gitseal @ git+https://...` and `.` name where it comes from; the bare name, with extras too, does not.
_ASKS = re.compile(
    r"\b(?:pip3?|pipx|uv pip|uv tool|uv|poetry|pdm|easy_install)\s+(?:install|add|inject|run)\b"
    r"(?:[ \t]+(?!&&)[^\s;|&`]+)*?[ \t]+['\"]?gitseal(?:\[[\w,]+\])?(?:[=<>~!][^'\"\s]*)?['\"]?(?!\s*@)(?=[\s`);,.]|$)"
    r"|\buvx\s+gitseal\b|['\"]gitseal\[[\w,]+\]['\"]"
)


def texts() -> Iterator[tuple[Path, str]]:
    for place in PLACES:
        top = TOP / place
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and path.suffix not in {".pyc", ".png", ".bundle"}:
                yield path, path.read_text(encoding="utf-8")


def test_nothing_asks_an_index_for_gitseal() -> None:
    asked = [
        f"{path.relative_to(TOP)}: {match[0]}"
        for path, text in texts()
        if "decisions" not in path.parts
        for match in _ASKS.finditer(text)
    ]
    assert asked == []


def test_no_environment_is_made_by_code_of_the_folder_at_hand() -> None:
    # `-m venv` without `-I` runs a venv.py of the current folder, which in CI is a repository that somebody else may write.
    made = re.compile(r"(?:python3?|PYTHON\W*) -m venv")

    assert [path for path, text in texts() if made.search(text)] == []


@pytest.mark.parametrize(
    "line",
    [
        "pip install gitseal",
        "pip install --quiet gitseal",
        "pip install 'gitseal[code]'",
        "python3 -m pip install gitseal==1.0",
        "pipx install gitseal",
        "uv tool install gitseal",
        "uvx gitseal check",
        "`pip install gitseal`",
    ],
)
def test_what_asks_an_index_is_found(line: str) -> None:
    assert _ASKS.search(line)


@pytest.mark.parametrize(
    "line",
    [
        'pip install --quiet "gitseal @ git+https://git.example.com/gitseal@3f9d0c2b"',
        'pip install "gitseal @ $GITSEAL"',
        "pip install . && gitseal init",
        "pip install tree-sitter, in gitseal's own environment",
        "pipx install .",
    ],
)
def test_what_names_the_place_is_not(line: str) -> None:
    assert not _ASKS.search(line)
