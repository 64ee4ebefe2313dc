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
# Fields of which a sentence may speak with no name in it, and no line if they are gone.
_FIELDS = ("policy", "manifest", "rules", "hook", "server")


class StructuredChanges:
    """Gives the changes between two states of one file their classes, by the `statements` about the same two states."""

    def __init__(self, alignment: Alignment, statements: Sequence[Statement]) -> None:
        self._alignment = alignment
        self._by_name: dict[str, list[Statement]] = {}
        self._by_line: dict[int, list[Statement]] = {}
        self._by_field: dict[str, list[Statement]] = {}
        for statement in statements:
            self._by_line.setdefault(statement.line, []).append(statement)
            for name in _parts(statement):
                self._by_name.setdefault(name, []).append(statement)
            for field in _FIELDS:
                if field in statement.text.form:
                    self._by_field.setdefault(field, []).append(statement)

    def classify(self, change: UnitChange) -> Classified:
        """The class of a change that is not neutral: told, or the worst risk that a sentence about it is."""
        before = [self._alignment.before[number] for number in change.before]
        after = [self._alignment.after[number] for number in change.after]
        if not any(unit.words for unit in (*before, *after)):
            return harmless(table.SECTION)  # the line of a field, and what is in it is a change of its own
        words = frozenset[str]().union(*(unit.words for unit in (*before, *after)))
        about = [statement for word in words for statement in self._by_name.get(word, ())]
        about += self._by_field.get(change.owner[0], ())
        for unit in after:
            for line in range(unit.start + 1, unit.start + 1 + len(unit.lines)):
                about += self._by_line.get(line, ())
        if not about:
            return risk(table.UNEXPLAINED)
        risks = (statement for statement in about if statement.rule)
        worst = min(risks, key=lambda statement: _WORST.index(statement.severity), default=None)
        return Classified("", worst.rule, worst.severity) if worst is not None else harmless(table.TOLD)

    def subject(self, change: UnitChange) -> str:
        """The person, group, environment, secret or service."""
        return change.owner[-1] if change.owner and not change.owner[-1].startswith("[") else ""


def _parts(statement: Statement) -> frozenset[str]:
    """The names of a sentence, and the parts of those that are paths."""
    names = statement.text.names
    return names | {part for name in names for part in name.split("/")}
