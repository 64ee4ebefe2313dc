r"""Pieces of a sentence as Markdown for GitHub and GitLab, in which the repository's words can only be themselves.

They stand in code spans, where neither markup, links, mentions (`@who`), issues (`#1`, `GH-1`), commits nor emoji are seen. One
character leaves the span, as an entity: `|` ends a cell of a table in code too, and the escapes `\|` and `\\|` are read
differently by different parsers.
"""

import re
from itertools import groupby

from gitseal.report.markup_text import Text

_BAR = "&#124;"


def markdown(text: Text) -> str:
    """One line of Markdown. Names that nothing separates are one code span: two fences side by side would be one."""
    runs = groupby((piece for piece in text if piece.text), lambda piece: piece.is_name)
    joined = ((is_name, "".join(piece.text for piece in run)) for is_name, run in runs)
    return "".join(_code(run) if is_name else run for is_name, run in joined)


def _code(text: str) -> str:
    return _BAR.join(_span(part) for part in text.split("|"))


def _span(text: str) -> str:
    """A code span (CommonMark 6.1): a fence longer than any in it, blanks if its ends need them."""
    if not text.strip(" "):
        return text  # nothing, or blanks, which a span reads in several ways
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"
