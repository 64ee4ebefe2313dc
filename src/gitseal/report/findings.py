"""`Finding`: one thing that is wrong, with its place; and `FindingRule`, which says what kind of thing that is.

A rule is declared in the module that finds it, and nowhere else. Formats, docs and `--fail-on` take it from there.
"""

from gitseal.records import NamedTuple
from gitseal.report.causes import Cause
from gitseal.report.hints import NO_HINT, Hint
from gitseal.report.sentences import Sentence

ERROR = "error"
WARNING = "warning"
NOTE = "note"

_COMMIT_DIGITS = 12


class Finding(NamedTuple):
    """One thing that `check`, the hook, `scan`, `verify` or `review` reports.

    `rule` is a stable id such as `wrong-group`. `path` is relative to the repository's top; bytes that are not UTF-8 are
    surrogates. `line` counts from 1 and is 0 for the file as a whole. `message` names names, never values. `hint` is what to do
    about it (see `hints`), or empty. `severity` is `error`, `warning` or `note`. `commit` is the full id of the commit that the
    finding is about, empty for the present state. `causes` are what it follows from; programs are not shown them.
    """

    rule: str
    path: str
    line: int
    message: Sentence
    hint: Hint = NO_HINT
    severity: str = ERROR
    commit: str = ""
    causes: tuple[Cause, ...] = ()

    def fields(self) -> dict[str, str | int]:
        """The fields that programs get, by their names."""
        return {name: value for name, value in self._asdict().items() if not isinstance(value, tuple)}

    def as_text(self) -> str:
        """`path:line: rule: message`, one line; with a commit `commit:path:...`, as Git names a file of one."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        if self.commit:
            place = f"{self.commit[:_COMMIT_DIGITS]}:{place}"
        return f"{place}: {self.rule}: {self.message}"


class FindingRule(NamedTuple):
    """A kind of finding. An id stays for good: people name it in `--fail-on`, and forges remember findings by it.

    `meaning` says what was found, as `page` has it, a file below `docs/` (empty: no page lists the rule). `blocks`: no commit
    may bring what `check` finds; without it, a policy that is not followed yet may be committed, say. An id that is a warning
    in some cases and an error in others is declared once for each.
    """

    id: str
    severity: str
    meaning: str
    page: str = ""
    blocks: bool = False

    def at(
        self,
        path: str,
        line: int,
        message: Sentence,
        hint: Hint = NO_HINT,
        *,
        commit: str = "",
        causes: tuple[Cause, ...] = (),
    ) -> Finding:
        """A finding of this rule; the arguments are as `Finding` has them."""
        return Finding(self.id, path, line, message, hint, self.severity, commit, causes)


def declared(*modules: object) -> frozenset[FindingRule]:
    """The rules that modules declare, as names of their own or of another module that they import them from."""
    return frozenset(value for module in modules for value in vars(module).values() if isinstance(value, FindingRule))
