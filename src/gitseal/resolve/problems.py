"""What stands against an environment, by name and never with a value, and the error that says all of it at once."""

from collections.abc import Sequence
from typing import NamedTuple

from gitseal.errors import Error

REQUIRED = "required"
TYPE = "type"
PATTERN = "pattern"
REFERENCE = "reference"


class Problem(NamedTuple):
    """One thing that stands against a name; `reason` reads on from it. `kind` is REQUIRED, TYPE, PATTERN or REFERENCE."""

    name: str
    reason: str
    kind: str

    @property
    def sentence(self) -> str:
        """The problem in words."""
        return f'"{self.name}" {self.reason}'


class Unmet(Error):
    """Some names lack what they need; `problems` has all of them, in order."""

    def __init__(self, problems: Sequence[Problem], hint: str = "") -> None:
        super().__init__("; ".join(dict.fromkeys(problem.sentence for problem in problems)), hint)
        self.problems = tuple(problems)
