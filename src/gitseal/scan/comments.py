"""Values in comments: an assignment that was commented out instead of taken out stands there in plain."""

from collections.abc import Iterable, Iterator

from gitseal.scan.env_values import assignments
from gitseal.scan.plain_settings import is_plain_setting


def assigned(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Line, from 1, and name of each comment of a YAML file that assigns what may be a secret.

    What a template may hold passes, prose after a colon with it.
    """
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text.startswith("#"):
            for assignment in assignments(text.lstrip("# ")):
                if assignment.name and not is_plain_setting(assignment.name, assignment.value):
                    yield number, assignment.name
