"""The formats of a review: one file each, one line in the table."""

import json
from collections.abc import Callable, Mapping

from gitseal.review import model, text
from gitseal.review.model import Review


def _json(review: Review) -> str:
    return json.dumps(model.tree(review), indent=2, ensure_ascii=False) + "\n"


FORMATS: Mapping[str, Callable[[Review], str]] = {
    "text": text.write,
    "json": _json,
}


def write(review: Review, form: str) -> str:
    """A review in one of the formats, lines with their line ends."""
    return FORMATS[form](review)
