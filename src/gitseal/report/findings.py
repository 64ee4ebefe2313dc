"""`Finding`: one thing that is not as it should be, with its place. How findings are written down is one file a format."""

from typing import NamedTuple

ERROR = "error"
WARNING = "warning"
NOTE = "note"

_COMMIT_DIGITS = 12


class Finding(NamedTuple):
    """What `check`, the hook, `scan`, `verify` and `review` report.

    `rule` is a stable id such as `wrong-group`. `path` is relative to the repository's top, with Git's bytes that are no
    UTF-8 as surrogates; `line` counts from 1 and is 0 where the whole file is meant. `message` names names, never values;
    `hint` is the command that mends it, or empty. `severity` is one of `error`, `warning` and `note`. `commit` is the full
    id of the commit that the finding is about, empty for the state at hand.
    """

    rule: str
    path: str
    line: int
    message: str
    hint: str = ""
    severity: str = ERROR
    commit: str = ""

    def as_text(self) -> str:
        """`path:line: rule: message`, one line; `commit:path:...` where it is about one, as Git names such a file."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        if self.commit:
            place = f"{self.commit[:_COMMIT_DIGITS]}:{place}"
        return f"{place}: {self.rule}: {self.message}"
