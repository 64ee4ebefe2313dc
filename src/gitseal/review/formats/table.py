"""The formats of a review: one file and one line here each. A format of findings needs neither: it gets the risks alone."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from gitseal.report import formats as findings
from gitseal.review.model import Review


def _write(module: str, review: Review) -> str:
    text: str = import_module(f"gitseal.review.formats.{module}").write(review)
    return text


def _write_risks(form: str, review: Review) -> str:
    return findings.write(review.risks, form)


# Each line names a module of this package with a function `write(review) -> str`, loaded when it is asked for. What it gives
# ends in a line end and cannot steer a terminal, a browser or a workflow, whatever the repository holds.
FORMATS: dict[str, Callable[[Review], str]] = {
    "text": partial(_write, "text"),
    "markdown": partial(_write, "markdown"),
    "html": partial(_write, "html"),
    "json": partial(_write, "json_"),
    # Code scanning and merge requests show findings, and have no place for the rest of a review.
    **{form: partial(_write_risks, form) for form in findings.FORMATS if form not in {"text", "json"}},
    "github": partial(_write, "github"),
}

# People without a key read these, so a review for them opens no value unless that is asked for.
PUBLISHED = frozenset(FORMATS) - {"text", "html", "json"}
