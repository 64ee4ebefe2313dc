"""A review as workflow commands, which GitHub Actions shows as annotations: the verdict, then each risk at its line.

GitHub keeps 10 errors, 10 warnings and 10 notices of a step. The worst come first, and the verdict counts them all. The
whole review is for the job's summary, which takes Markdown: `--format markdown` appended to `$GITHUB_STEP_SUMMARY`.
"""

from gitseal.report import github_format
from gitseal.review.formats import phrases
from gitseal.review.model import Review


def write(review: Review) -> str:
    """One command a line. The verdict is in our own words, so nothing in it is to be escaped."""
    told = "; ".join([phrases.verdict(review), *map(str, phrases.figures(review.counts))])
    return f"::notice title=gitseal review::{told}\n{github_format.write(review.risks)}"
