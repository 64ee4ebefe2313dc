"""A review as workflow commands, which GitHub Actions shows as annotations: the headline, then each risk at its line.

GitHub keeps 10 errors, 10 warnings and 10 notices of a step. The worst come first, and the headline tells it all. The
whole review is for the job's summary, which takes Markdown: `--format markdown` appended to `$GITHUB_STEP_SUMMARY`.
"""

from gitseal.report import github_format
from gitseal.report.escaping import printable
from gitseal.review.model import Review


def write(review: Review) -> str:
    """One command a line."""
    told = github_format.data(printable(review.headline))
    return f"::notice title=gitseal review::{told}\n{github_format.write(review.risks)}"
