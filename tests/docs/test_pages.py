"""Every page that shows commands is run as it stands; every block of commands that is not run says why."""

import re
from pathlib import Path

import pytest

from tests.docs import console
from tests.slow import slow_but

DOCS = console.TOP / "docs"
SHOWN = [console.TOP / "README.md", DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]
_NEEDS = re.compile(r"<!-- needs ([\w-]+) -->")
_UNRUN = re.compile(r"(.*)\n```(?:sh|bash|shell)\n")


@pytest.mark.parametrize("page", slow_but({"README"}, {page.stem: page for page in SHOWN}))
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path, peer: console.Peer) -> None:
    text = page.read_text(encoding="utf-8")
    for program in _NEEDS.findall(text):
        peer(program)

    console.run(text, tmp_path.resolve())


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.stem)
def test_a_block_that_is_not_run_says_why(page: Path) -> None:
    for before in _UNRUN.findall(page.read_text(encoding="utf-8")):
        assert re.fullmatch(r"<!-- not run: .+ -->", before)


@pytest.mark.parametrize("page", [page for page in SHOWN if page.parent.name == "how-to"], ids=lambda page: page.stem)
def test_what_the_output_depends_on_is_shown(page: Path) -> None:
    assert "<!-- run" not in page.read_text(encoding="utf-8")


def test_the_runner_sees_a_difference(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the page says"):
        console.run("```console\n$ echo one\ntwo\n```\n", tmp_path)


def test_the_runner_sees_a_status(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="status 0"):
        console.run("```console\n$ false\n```\n", tmp_path)


def test_the_runner_shows_where_a_page_starts(tmp_path: Path) -> None:
    page = """
```console setup
bob$ echo unseen; cat >file <<'END'
$ one
END
$ echo two >>file
```

```console
$ cat file
$ one
two
```
"""
    with pytest.raises(AssertionError, match="status 0"):
        console.run(page + "```console setup\n$ false\n```\n", tmp_path.resolve())


def test_the_runner_keeps_two_people_apart(tmp_path: Path) -> None:
    page = """
```console
alice$ mkdir work && cd work && pwd
/home/alice/work
bob$ pwd
/home/bob
$ echo lost >&2; cat missing || exit_status=$?; \\
  echo $exit_status
...
1
alice$ pwd
/home/alice/work
```

```console status=3
$ printf 'no newline'
no newline
$ (exit 3)
```
"""

    console.run(page, tmp_path.resolve())


@pytest.mark.parametrize(
    ("pattern", "output", "same"),
    [
        ("a...z", "abcz", True),
        ("a...z", "a\nz", False),
        ("a\n...\nz", "a\nb\nc\nz", True),
        ("a\n...", "a", True),
        ("", "", True),
        ("", "a", False),
        ("a.c", "abc", False),
    ],
)
def test_dots_stand_for_what_they_should(pattern: str, output: str, *, same: bool) -> None:
    assert console.matches(pattern, output) is same
