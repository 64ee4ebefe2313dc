"""What every format shows of an act: its sentence, who did it, what has to be seen at once, and what is folded below it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gitseal.report.findings import ERROR, NOTE, Finding
from gitseal.report.markup_text import Text, ours
from gitseal.report.sentences import NOTHING, Sentence
from gitseal.review.formats import phrases
from gitseal.review.model import AccessChange, Act, ActRow, KeyChange, NameChange, Review, Statement
from gitseal.review.rights_model import Rights

# Errors are seen at once; of one rule not more than so many, for an act may leave 200 environments in the same state.
_AT_ONCE = 5
# Fewer rows than these are told by the sentence.
_TOLD = 3


class Card(NamedTuple):
    """An act as it is shown. `seen` findings stand below the sentence, `folded` ones can be opened; `rows` as well."""

    severity: str
    sentence: Sentence
    by: Text
    seen: tuple[Finding, ...]
    folded: tuple[Finding, ...]
    rows: tuple[ActRow, ...]
    parts: tuple["Card", ...]
    commits: tuple[str, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """True if one line tells it all: it breaks no rule, and has nothing below it."""
        return self.severity == NOTE and not (self.rows or self.seen or self.folded or self.parts)

    @property
    def by_whom(self) -> Text:
        """`by Alice, 53c7784cd1`, or `not committed`; nothing for what no single commit did."""
        return (*ours("by "), *self.by) if self.commits else self.by


def cards(review: Review) -> list[Card]:
    """One card for each act, worst first."""
    return [_card(act, review) for act in review.acts]


def _card(act: Act, review: Review) -> Card:
    parts = tuple(_card(part, review) for part in act.parts)
    of_parts = {finding for part in act.parts for finding in part.findings}
    own = [finding for finding in act.findings if finding not in of_parts]
    seen = list(_seen(own))
    folded = tuple(finding for finding in own if finding not in seen)
    by = phrases.whose(act.by, asks_signatures=review.asks_signatures)
    return Card(act.severity, act.sentence, by, tuple(seen), folded, _rows(act), parts, act.commits)


def _seen(own: Sequence[Finding]) -> Iterator[Finding]:
    """Every error, and what is alone: there is nothing to fold."""
    if len(own) == 1:
        yield from own
        return
    counts: dict[str, int] = {}
    for finding in own:
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
        if finding.severity == ERROR and counts[finding.rule] <= _AT_ONCE:
            yield finding


def _rows(act: Act) -> tuple[ActRow, ...]:
    """The rows that say more than the sentence does."""
    named = [row for row in act.rows if isinstance(row.change, NameChange)]
    has_more = len(named) > _TOLD or any(isinstance(row.change, NameChange) and _says_more(row.change) for row in named)
    many = [
        row
        for kind in (AccessChange, KeyChange)
        for row in _beyond([row for row in act.rows if isinstance(row.change, kind)])
    ]
    stated = [row for row in act.rows if isinstance(row.change, Statement) and not _is_told(row.change, act.sentence)]
    return (*many, *(named if has_more else ()), *stated)


def _beyond(rows: Sequence[ActRow]) -> Sequence[ActRow]:
    """All of them, if there are more than a sentence tells one by one."""
    return rows if len(rows) > _TOLD + 1 else ()


def _is_told(statement: Statement, sentence: Sentence) -> bool:
    """True if the sentence has the statement's words, or all the names in it: then it says the same in other words."""
    names = statement.text.names
    return statement.text in sentence or bool(names and all(name in sentence for name in names))


def _says_more(change: NameChange) -> bool:
    """True if there is something about a name that a sentence about many does not tell."""
    return bool(change.was or change.opened != type(change.opened)() or change.access not in {"", "default"})


def with_hints(findings: Sequence[Finding]) -> Iterator[tuple[Finding, Sentence]]:
    """Findings, each with what to do; what is to be done about several in a row is said after the last of them."""
    for number, finding in enumerate(findings):
        following = findings[number + 1].hint if number + 1 < len(findings) else NOTHING
        yield finding, finding.hint if finding.hint != following else NOTHING


def names(rows: Iterable[ActRow]) -> list[tuple[str, NameChange]]:
    """The names among rows, each with its environment."""
    return [(row.environment, row.change) for row in rows if isinstance(row.change, NameChange)]


def access(rows: Iterable[ActRow]) -> list[tuple[str, AccessChange]]:
    """The people and machines among rows, each with the environment."""
    return [(row.environment, row.change) for row in rows if isinstance(row.change, AccessChange)]


def keys(rows: Iterable[ActRow]) -> list[tuple[str, KeyChange]]:
    """The data keys among rows, each with the environment."""
    return [(row.environment, row.change) for row in rows if isinstance(row.change, KeyChange)]


def statements(rows: Iterable[ActRow]) -> list[Statement]:
    """The statements among rows."""
    return [row.change for row in rows if isinstance(row.change, Statement)]


def by_rule(findings: Iterable[Finding]) -> str:
    """The rules of findings, the order kept, each with how many it has if they are several."""
    counted: dict[str, int] = {}
    for finding in findings:
        counted[finding.rule] = counted.get(finding.rule, 0) + 1
    return ", ".join(f"{rule} ({count})" if count > 1 else rule for rule, count in counted.items())


class Matrix(NamedTuple):
    """Who may do what, before and after: a row for each person with other rights, a column for each file or several alike."""

    columns: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, tuple[tuple[str, str] | None, ...]], ...]


def matrix(review: Review) -> Matrix:
    """The effect of policy changes; only people and files with a difference. Cells are None if nothing changes there."""
    whose = [person for person in review.people if person.rights]
    several = len({person.folder for person in whose}) > 1
    files = dict.fromkeys((person.folder if several else "", right.file) for person in whose for right in person.rights)
    cells = {
        (person.folder, person.who, right.file): (_words(right.before), _words(right.after))
        for person in whose
        for right in person.rights
    }
    columns: dict[tuple[tuple[str, str] | None, ...], list[str]] = {}
    for folder, file in files:
        column = tuple(
            cells.get((person.folder, person.who, file)) if folder in {"", person.folder} else None for person in whose
        )
        columns.setdefault(column, []).append(f"{folder}/{file}" if folder else file)
    rows = tuple((person.who, tuple(column[at] for column in columns)) for at, person in enumerate(whose))
    return Matrix(tuple(map(tuple, columns.values())), rows)


def _words(rights: Rights) -> str:
    """`opens, changes`; access groups by their names, the default one without."""
    others = [group for group in rights.opens if group != "default"]
    opens = ["opens"] if "default" in rights.opens else []
    opens += [f"opens {group}" for group in others]
    return ", ".join([*opens, *(["changes"] if rights.changes else [])]) or "nothing"
