"""A review for a terminal: what happened in one line, each act with what follows from it, and what the policy now lets happen.

No line begins with words that something reading a build's log could take for a command, whatever a repository says.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gitseal.document.changes import PLAIN
from gitseal.policy.policy import DEFAULT
from gitseal.report.escaping import line, printable
from gitseal.report.findings import ERROR, NOTE, WARNING, Finding
from gitseal.report.markup_text import Text
from gitseal.review.formats import cards, phrases
from gitseal.review.formats.cards import Card
from gitseal.review.model import (
    ADDED,
    CHANGED,
    MOVED,
    NO,
    PASSED,
    REMOVED,
    RESEALED,
    YES,
    AccessChange,
    ActRow,
    KeyChange,
    NameChange,
    Review,
)

_SIGNS = {ADDED: "+", REMOVED: "-", CHANGED: "~", MOVED: ">", RESEALED: "=", PASSED: "."}
_WIDEST = 40
# What breaks no rule is not listed without end; JSON and the page have it all.
_ACTS, _ROWS, _COLUMNS = 30, 30, 3
_RED, _AMBER, _DIM, _BOLD, _PLAIN = "31;1", "33;1", "2", "1", ""
_TONES = {ERROR: _RED, WARNING: _AMBER, NOTE: _DIM}


class _Line(NamedTuple):
    """A line, and how many of its first characters have which colour: these are our own, and nothing in them is escaped."""

    text: str
    tone: str = _PLAIN
    coloured: int = 0

    def shown(self, *, colour: bool) -> str:
        safe = line(self.text)
        if not colour or not self.tone:
            return safe
        at = self.coloured or len(safe)
        return f"\x1b[{self.tone}m{safe[:at]}\x1b[0m{safe[at:]}"


def write(review: Review, *, colour: bool = False) -> str:
    """The whole review, lines with their line ends. `colour` is for a terminal alone."""
    lines = [_Line(_safe(review.headline), _BOLD), _Line("")]
    if review.approvals.needed:
        lines += [_Line(_safe(phrases.approvals(review))), _Line("")]
    lines += _acts(cards.cards(review))
    lines += _matrix(cards.matrix(review))
    lines += [_Line(f"note: {_safe(note)}") for note in review.notes]
    lines += [_Line(_foot(review), _DIM)]
    return "\n".join(each.shown(colour=colour) for each in lines) + "\n"


def _acts(those: Sequence[Card]) -> Iterator[_Line]:
    quiet = [card for card in those if card.severity == NOTE]
    for card in those:
        if card.severity != NOTE:
            yield from _card(card)
            yield _Line("")
    for card in quiet[:_ACTS]:
        yield from _card(card)
    if len(quiet) > _ACTS:
        yield _Line(f"and {len(quiet) - _ACTS} more that break no rule")
    if quiet:
        yield _Line("")


def _card(card: Card, indent: str = "") -> Iterator[_Line]:
    mark = "" if card.severity == NOTE else f"{card.severity}: "
    by = f" ({_words(card.by)})" if card.by and card.severity == NOTE else ""
    head = f"{indent}{mark}{_safe(card.sentence)}{by}"
    yield _Line(head, _TONES.get(card.severity, _RED) if mark else _PLAIN, len(indent) + len(mark))
    inner = f"{indent}  "
    if card.by and mark:
        yield _Line(f"{inner}{_words(card.by_whom)}", _DIM)
    for finding, hint in cards.with_hints(card.seen):
        yield from _finding(finding, hint, card, inner)
    yield from _folded(card, inner)
    for part in card.parts:
        yield from _card(part, inner)
    yield from _rows(card.rows, inner)


def _finding(finding: Finding, hint: str, card: Card, indent: str) -> Iterator[_Line]:
    """Its place and rule; the message if the sentence does not have it, and what to do."""
    message = "" if finding.message in card.sentence else f": {_safe(finding.message)}"
    yield _Line(f"{indent}{_words(phrases.place(finding, card.commits))}: {finding.rule}{message}")
    if hint:
        yield _Line(f"{indent}  > {_safe(hint)}")


def _folded(card: Card, indent: str) -> Iterator[_Line]:
    """What follows from the act, by its rules, and each thing there is to do, once."""
    if not card.folded:
        return
    rules = cards.by_rule(card.folded)
    yield _Line(f"{indent}follows: {rules}", _DIM)
    said = {finding.hint for finding in card.seen}
    hints = list(dict.fromkeys(finding.hint for finding in card.folded if finding.hint and finding.hint not in said))
    for hint in hints[:3]:
        yield _Line(f"{indent}  > {_safe(hint)}")
    if len(hints) > 3:  # noqa: PLR2004 - as many as were shown
        yield _Line(f"{indent}  > and {len(hints) - 3} more: see them with --format html or json")


def _rows(rows: Sequence[ActRow], indent: str) -> Iterator[_Line]:
    """Rows with something that only an identity shows come all; of the others, a screenful."""
    left = _ROWS
    named = cards.names(rows)
    width = min(max((len(change.name) for _, change in named), default=0), _WIDEST)
    for row in rows:
        change = row.change
        has_more = isinstance(change, NameChange) and change.opened != type(change.opened)()
        if left <= 0 and not has_more:
            continue
        left -= 1
        if isinstance(change, NameChange):
            yield from (_Line(f"{indent}{text}") for text in _name(change, width, row.environment))
        elif isinstance(change, AccessChange):
            yield _Line(f"{indent}{_access(change, row.environment)}")
        elif isinstance(change, KeyChange):
            yield _Line(f"{indent}* {_words(phrases.data_key(change))} in {_safe(row.environment)}")
        else:
            yield _Line(f"{indent}* {_safe(change.text)}")
    if len(rows) > _ROWS:
        yield _Line(f"{indent}and {len(rows) - _ROWS} more")


def _access(change: AccessChange, environment: str) -> str:
    kind = "machine" if change.is_machine else "person"
    sign, what = "+" if change.gained else "-", _words(phrases.gained(change))
    return f"{sign} {kind} {_safe(change.who)} {what} in {_safe(environment)}: {phrases.opens(change)}"


def _name(change: NameChange, width: int, environment: str) -> Iterator[str]:
    access = f" ({change.access})" if change.access not in {"", DEFAULT} else ""
    yield f"{_SIGNS[change.action]} {_safe(change.name):<{width}}  {environment}: {_safe(_what(change))}{_safe(access)}"
    opened = change.opened
    yield from (f"    ! {_safe(problem)}" for problem in opened.problems)
    yield from (f"    ! the same value as {_safe(other)}" for other in opened.equals)
    if opened.before is not None:
        yield f"    - {_safe(opened.before)}"
    if opened.after is not None:
        yield f"    + {_safe(opened.after)}"


def _what(change: NameChange) -> str:
    before, after = change.before, change.after
    words = change.action
    if change.action == MOVED and before is not None and after is not None:
        words = f"moved from {before.access} to {after.access}"
    elif change.action == RESEALED:
        words = "re-sealed"
    elif change.action == PASSED:
        words = "changed between, and as it was"
    elif before is not None and after is not None and before.kind != after.kind:
        words = f"{before.kind}, now {after.kind}"
    elif after is not None and after.kind != "sealed":
        words = f"{words}, {after.kind}"
    if change.action in {CHANGED, MOVED, RESEALED}:
        words += {YES: "", NO: ", the same value"}.get(change.value_changed, _cannot(change))
        if change.value_changed == YES and change.action != CHANGED:
            words += ", another value"
    return words + (f", was {change.was}" if change.was else "")


def _cannot(change: NameChange) -> str:
    is_plain = PLAIN in {value.kind for value in (change.before, change.after) if value is not None}
    return "" if is_plain else "; a change of value cannot be excluded without an identity"


def _matrix(matrix: cards.Matrix) -> Iterator[_Line]:
    """Each person with what they may do to which files, as it was and as it is."""
    if not matrix.rows:
        return
    yield _Line("who may do what, before and after", _BOLD)
    width = min(max(len(who) for who, _ in matrix.rows), _WIDEST)
    for who, cells in matrix.rows:
        told = [
            f"{_columns(files)}: {cell[0]} -> {cell[1]}"
            for files, cell in zip(matrix.columns, cells, strict=True)
            if cell is not None
        ]
        yield _Line(f"  {_safe(who):<{width}}  {_safe('; '.join(told))}")
    yield _Line("")


def _columns(files: Iterable[str]) -> str:
    known = list(files)
    rest = f" and {len(known) - _COLUMNS} more" if len(known) > _COLUMNS else ""
    return ", ".join(known[:_COLUMNS]) + rest


def _foot(review: Review) -> str:
    parts = [_words(phrases.ends(review.span)), phrases.quiet(review)]
    return "; ".join(filter(None, parts))


def _words(text: Text) -> str:
    return "".join(piece.text for piece in text)


def _safe(words: str) -> str:
    """Words of a repository, escaped so that they cannot steer a terminal or a workflow."""
    return printable(words)
