"""The ways in which a review is written down: one file a format, and one line in this table."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from gitseal.review.model import Review


def _write(module: str, review: Review) -> str:
    text: str = import_module(f"gitseal.review.formats.{module}").write(review)
    return text


# Each line names a module of this package with a function `write(review) -> str`, loaded when it is asked for. What it gives
# ends in a line end and cannot steer a terminal, a browser or a workflow, whatever the repository holds.
FORMATS: dict[str, Callable[[Review], str]] = {
    "text": partial(_write, "text"),
    "markdown": partial(_write, "markdown"),
    "html": partial(_write, "html"),
    "json": partial(_write, "json_"),
    "sarif": partial(_write, "sarif"),
    "github": partial(_write, "github"),
    "gitlab": partial(_write, "gitlab"),
}

# Made to be published where people without a key read it: opened values tell them more, so that is to be asked for.
PUBLISHED = frozenset({"markdown", "sarif", "github", "gitlab"})
