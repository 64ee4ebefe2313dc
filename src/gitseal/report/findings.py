"""`Finding`: one thing that is not as it should be, with its place; and how findings are written down."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What `check` and its kin report.

    `rule` is a stable id such as `wrong-group`. `path` is relative to the repository's top, `line` counts from 1 and is
    0 where the whole file is meant. `message` names names, never values; `hint` is the command that mends it, or empty.
    """

    rule: str
    path: str
    line: int
    message: str
    hint: str = ""

    def as_text(self) -> str:
        """`path:line: rule: message`, one line."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.rule}: {self.message}"
