"""Every story runs."""

from pathlib import Path

import pytest

from tests.slow import slow_but
from tests.stories import runner

HERE = Path(__file__).parent
# At least one for each kind of promise; a story starts dozens of processes, so the others run in `make check` alone.
QUICK = {
    "merging", "set-and-get", "terminal",
}  # fmt: skip
STORIES = {story.stem: story for story in sorted(HERE.glob("*.txt"))}


def test_the_quick_stories_are_there() -> None:
    assert STORIES.keys() >= QUICK


@pytest.mark.parametrize("story", slow_but(QUICK, STORIES))
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
