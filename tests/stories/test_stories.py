"""Every story runs."""

from pathlib import Path

import pytest

from tests.stories import runner

HERE = Path(__file__).parent
# At least one for each kind of promise; a story starts dozens of processes, so the others run in `make check` alone.
QUICK = {
    "check-code", "diff", "hook", "merging", "no-git", "people", "plain", "render", "review", "run", "scan",
    "set-and-get", "succession", "terminal", "trust", "verify", "write-only",
}  # fmt: skip
STORIES = [
    pytest.param(story, id=story.stem, marks=() if story.stem in QUICK else pytest.mark.slow)
    for story in sorted(HERE.glob("*.txt"))
]


def test_the_quick_stories_are_there() -> None:
    assert {story.stem for story in HERE.glob("*.txt")} >= QUICK


@pytest.mark.parametrize("story", STORIES)
def test_story(story: Path, repo: Path) -> None:
    failure = ""
    try:
        runner.run(story.read_text(encoding="utf-8"), repo)
    except runner.Skipped as skipped:
        pytest.skip(str(skipped))
    except runner.Failed as failed:
        failure = str(failed)
    if failure:
        pytest.fail(failure, pytrace=False)
