"""What a change in policy, manifest or allow.yaml is: what the sentences say that a review tells of the same step.

The sentences are the truth about these files, and each changed thing has to be in one of them: what none speaks of is a risk.
"""

from collections.abc import Sequence

from gitseal.report.findings import ERROR, WARNING
from gitseal.review.entries import table
from gitseal.review.entries.alignment import Alignment, UnitChange
from gitseal.review.entries.table import Classified, harmless, risk
from gitseal.review.model import Statement

_WORST = (ERROR, WARNING)


class StructuredChanges:
    """Gives the changes between two states of one file their classes, by the `statements` about the same two states."""

    def __init__(self, alignment: Alignment, statements: Sequence[Statement]) -> None:
        self._alignment = alignment
        self._statements = statements
        self._named = [_parts(statement) for statement in statements]

    def classify(self, change: UnitChange) -> Classified:
        """The class of a change that is not neutral: told, or the worst risk that a sentence about it is."""
        before = [self._alignment.before[number] for number in change.before]
        after = [self._alignment.after[number] for number in change.after]
        if not any(unit.words for unit in (*before, *after)):
            return harmless(table.SECTION)  # the line of a field, and what is in it is a change of its own
        words = frozenset[str]().union(*(unit.words for unit in (*before, *after)))
        lines = {unit.start + 1 + at for unit in after for at in range(len(unit.lines))}
        about = [
            statement
            for statement, named in zip(self._statements, self._named, strict=True)
            if statement.line in lines or named & words or any(part in statement.text for part in change.owner)
        ]
        if not about:
            return risk(table.UNEXPLAINED)
        risks = sorted((each for each in about if each.rule), key=lambda each: _WORST.index(each.severity))
        return Classified("", risks[0].rule, risks[0].severity) if risks else harmless(table.TOLD)

    def subject(self, change: UnitChange) -> str:
        """The person, group, environment, secret or service."""
        return change.owner[-1] if change.owner and not change.owner[-1].startswith("[") else ""


def _parts(statement: Statement) -> frozenset[str]:
    """The names of a sentence, and the parts of those that are paths."""
    names = statement.text.names
    return names | {part for name in names for part in name.split("/")}
