"""Every story runs."""

from pathlib import Path

import pytest

from tests.stories import runner

HERE = Path(__file__).parent
STORIES = sorted(HERE.glob("*.txt"))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
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
