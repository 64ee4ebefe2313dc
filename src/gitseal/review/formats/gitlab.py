"""The risks of a review as GitLab's code quality report, which a merge request shows at their lines."""

from gitseal.report import gitlab_format
from gitseal.review.model import Review


def write(review: Review) -> str:
    """One array, as `report` writes findings; empty where there is no risk, so that the merge request says so."""
    return gitlab_format.write(review.risks)
