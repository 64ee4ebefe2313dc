"""Values in comments: an assignment that was commented out instead of taken out stands there in plain."""

from collections.abc import Iterator

from gitseal.scan.commands import is_plain
from gitseal.scan.env_values import assignments


def assigned(text: str) -> Iterator[tuple[int, str]]:
    """Line, from 1, and name of each comment of a YAML file that assigns what may be a secret.

    What a template may hold passes, prose after a colon with it.
    """
    for number, line in _with_a_mark(text):
        comment = line.strip()
        if comment.startswith("#"):
            for assignment in assignments(comment.lstrip("# ")):
                if assignment.name and not is_plain(assignment.name, assignment.value):
                    yield number, assignment.name


def _with_a_mark(text: str) -> Iterator[tuple[int, str]]:
    """The lines with a `#` in them, with their numbers: few of a sealed file's have one."""
    number, counted = 1, 0
    at = text.find("#")
    while at >= 0:
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        end = len(text) if end < 0 else end
        number, counted = number + text.count("\n", counted, start), start
        yield number, text[start:end]
        at = text.find("#", end)
