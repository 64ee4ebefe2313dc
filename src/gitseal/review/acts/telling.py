"""`told`: a review with its acts and its headline, which are made from all that is in it."""

from gitseal.review.acts.acts import acts
from gitseal.review.acts.headline import headline
from gitseal.review.model import Review


def told(review: Review) -> Review:
    """The review with its acts, worst first, and with what they are in one line."""
    with_acts = review._replace(acts=acts(review))
    return with_acts._replace(headline=headline(with_acts))
