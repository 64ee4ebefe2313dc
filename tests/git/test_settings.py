"""Settings as Git has them in force, held to what `git config --get` says of each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git import settings
from tests.git_calls import record_git

Git = Callable[..., str]
KEYS = ("core.hooksPath", "diff.gitseal.textconv", "merge.Gitseal.driver", "gitseal.trust", "gitseal.nothing")
CONFIG = """
[core]
\thooksPath = first
\thookspath = "two\\nlines = here"
[diff "gitseal"]
\ttextconv
\txtextconv = another
[merge "Gitseal"]
\tdriver = a \\"b\\" = c
[merge "gitseal"]
\tdriver = other
[GITSEAL]
\tTrust =
"""


def test_the_last_value_of_each_key(repo: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("config", "--global", "gitseal.trust", "of the person")
    git("config", "--global", "gitseal.nothingelse", "x")
    with (repo / ".git/config").open("a") as config:
        config.write(CONFIG)
    wanted = {}
    for key in KEYS[:-1]:
        scope, origin, value, end = git("config", "-z", "--show-scope", "--show-origin", "--get", key).split("\0")
        assert end == ""
        wanted[key] = (value, f"{scope} {origin.removeprefix('file:')}")
    calls = record_git(tmp_path, monkeypatch)
    assert settings.effective(repo, KEYS) == wanted
    assert len(calls()) == 1


def test_nothing_is_set(repo: Path) -> None:
    assert settings.effective(repo, KEYS) == {}


def test_a_configuration_that_git_cannot_read(repo: Path) -> None:
    (repo / ".git/config").write_text("[core\n")
    with pytest.raises(Error, match="cannot read its configuration"):
        settings.effective(repo, KEYS)
