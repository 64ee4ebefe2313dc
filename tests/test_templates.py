"""A copy of a template is a place of its own."""

from pathlib import Path

from tests.programs import git
from tests.templates import Templates


def _build(folder: Path) -> str:
    git(folder, "init", "--quiet", "--bare", "origin.git")
    git(folder, "clone", "--quiet", "origin.git", "clone")
    (folder / "clone/file").write_text("a\n")
    (folder / "clone/link").symlink_to("file")
    git(folder / "clone", "add", ".")
    git(folder / "clone", "commit", "--quiet", "--message", "a")
    git(folder / "clone", "push", "--quiet", "origin", "HEAD")
    return "made"


def test_what_happens_in_a_copy_stays_in_it(templates: Templates, tmp_path: Path) -> None:
    made = [templates.copy("of its own", tmp_path / name, _build) for name in ("one", "other")]
    one, other = tmp_path / "one", tmp_path / "other"
    assert made == ["made", "made"]
    assert git(one / "clone", "diff-files") == ""
    assert (one / "clone/link").is_symlink()
    git(one / "clone", "commit", "--quiet", "--allow-empty", "--message", "b")
    git(one / "clone", "push", "--quiet", "origin", "HEAD")
    assert git(one / "origin.git", "rev-list", "--count", "main") == "2\n"
    assert git(other / "origin.git", "rev-list", "--count", "main") == "1\n"
    templates.copy("of its own", tmp_path / "third", _build)
    assert git(tmp_path / "third/origin.git", "rev-list", "--count", "main") == "1\n"
