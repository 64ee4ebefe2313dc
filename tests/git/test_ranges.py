"""A range as somebody gives it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git.ranges import named_commit, parse_range
from gitseal.git.repository import Repository


@pytest.mark.parametrize(
    ("words", "base", "dots", "head"),
    [
        ("main..topic", "main", "..", "topic"),
        ("main...topic", "main", "...", "topic"),
        ("main..", "main", "..", ""),
        ("..topic", "", "..", "topic"),
        ("...", "", "...", ""),
        ("main~1", "main~1", "", ""),
        ("", "", "", ""),
    ],
)
def test_a_range_is_taken_apart_at_its_dots(words: str, base: str, dots: str, head: str) -> None:
    assert parse_range(words) == (base, dots, head)


def test_a_name_that_is_no_commit_is_an_error_with_the_hint_for_this_clone(repo: Path, git: Callable[..., str]) -> None:
    git("commit", "--quiet", "--allow-empty", "--message", "one")
    repository = Repository(repo)
    assert named_commit(repository, "main") == git("rev-parse", "HEAD").strip()
    with pytest.raises(Error, match='there is no commit "nothing"') as raised:
        named_commit(repository, "nothing")
    assert raised.value.hint == "see them with: git log --oneline"
    (repo / ".git/shallow").write_text("")
    with pytest.raises(Error) as raised:
        named_commit(repository, "a name\nin two lines")
    assert raised.value.hint == "fetch it with: git fetch --unshallow"
