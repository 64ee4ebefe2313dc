"""The risks of a review as SARIF, for code scanning. The rest of a review has no place in it."""

from gitseal.report import sarif_format
from gitseal.review.model import Review


def write(review: Review) -> str:
    """One run, as `report` writes findings."""
    return sarif_format.write(review.risks)
