"""The parts of a review as sentences and cells of tables, for the formats that have markup."""

import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gitseal.document.changes import PLAIN, WRITTEN_ONLY
from gitseal.report.escaping import printable
from gitseal.report.findings import Finding
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, Sentence, sentence
from gitseal.report.sentences import listed as listed_names
from gitseal.report.sentences import ours as said
from gitseal.review.formats.markup_text import Text, listed, name, ours
from gitseal.review.model import (
    ADDED,
    CHANGED,
    MOVED,
    NO,
    PASSED,
    RESEALED,
    YES,
    AccessChange,
    By,
    Counts,
    EnvironmentReview,
    KeyChange,
    NameChange,
    Review,
    Span,
)

DIGITS = 10
_NAMED = 12


def approvals(review: Review) -> Sentence:
    """How many approvals it takes, who gave one and who still may; nothing if it takes none."""
    needed, given, missing = review.approvals
    if not needed:
        return NOTHING
    by = listed_names(given, "{}", _NAMED) if given else said("nobody yet")
    more = sentence("; may still approve: {}", listed_names(missing, "{}", _NAMED)) if missing else NOTHING
    return sentence("takes {}; approved by {}{}", said(plural(needed, "approval")), by, more)


def verdict(review: Review) -> str:
    """How bad it is, in our words: `2 errors, 1 warning`."""
    counts = review.counts
    if review.is_empty:
        return "no change to secrets"
    parts = [plural(counts.errors, "error")] if counts.errors else []
    parts += [plural(counts.warnings, "warning")] if counts.warnings else []
    return ", ".join(parts) or "nothing that breaks a rule"


class Figure(NamedTuple):
    """How much of something there is: the number, and our words for what it counts."""

    amount: int
    what: str

    def __str__(self) -> str:
        return f"{self.amount} {self.what}"


def figures(counts: Counts) -> list[Figure]:
    """The figures that are not zero, the unchanged names left out."""
    named = ("added", counts.added), ("changed", counts.changed), ("removed", counts.removed), ("moved", counts.moved)
    figures_ = [Figure(count, word) for word, count in (*named, ("re-sealed", counts.resealed)) if count]
    # Only the first says that these are names.
    figures_[:1] = [
        Figure(first.amount, f"{'name' if first.amount == 1 else 'names'} {first.what}") for first in figures_[:1]
    ]
    for one, many, count, what in (
        ("person", "people", counts.people_gained, "gained access"),
        ("person", "people", counts.people_lost, "lost access"),
        ("machine", "machines", counts.machines_gained, "gained access"),
        ("machine", "machines", counts.machines_lost, "lost access"),
        ("data key", "data keys", counts.keys_replaced, "replaced"),
    ):
        figures_ += [Figure(count, f"{one if count == 1 else many} {what}")] if count else []
    return figures_


def place(risk: Finding) -> Text:
    """The file and line of a risk, and its commit."""
    where = name(f"{risk.path}:{risk.line}" if risk.line else risk.path)
    return (*where, *ours(" in "), *name(risk.commit[:DIGITS])) if risk.commit else where


def by_rule(risks: Iterable[Finding], most: int = 30) -> Text:
    """How many risks each rule found, most frequent first."""
    counted: dict[str, int] = {}
    for risk in risks:
        counted[risk.rule] = counted.get(risk.rule, 0) + 1
    ordered = sorted(counted, key=lambda rule: -counted[rule])
    words: Text = ()
    for rule in ordered[:most]:
        words += (*ours(", " if words else ""), *name(rule), *ours(f" {counted[rule]}"))
    return (*words, *(ours(f" and {len(ordered) - most} rules more") if len(ordered) > most else ()))


class Marks(NamedTuple):
    """Facts about names that an environment keeps elsewhere: how write-only ones are treated, and which have an old token."""

    treatments: Mapping[str, str]
    restored: frozenset[str]


def marks(environment: EnvironmentReview) -> Marks:
    """Those of one environment, to look names up in."""
    treatments = {write_only.name: write_only.treatment for write_only in environment.write_only}
    return Marks(treatments, frozenset(restored.name for restored in environment.restored))


class Happened(NamedTuple):
    """A name's change in words: one word of ours, and details."""

    word: str
    more: tuple[Text, ...] = ()


def happened(change: NameChange, marks: Marks) -> Happened:
    """The word has a mark if `UNTOLD` explains it."""
    before, after = change.before, change.after
    more: list[Text] = []
    if change.action == MOVED and before is not None and after is not None:
        more.append((*ours("from "), *name(before.access), *ours(" to "), *name(after.access)))
    elif before is not None and after is not None and before.kind != after.kind:
        more.append((*name(before.kind), *ours(", now "), *name(after.kind)))
    elif change.action == ADDED and after is not None and after.kind == PLAIN:
        more.append(ours("plain"))
    if _doubt(change) and not is_untold(change):
        more.append(ours("another value" if change.value_changed == YES else "same value"))
    if after is not None and after.kind == WRITTEN_ONLY and change.action != PASSED:
        treatment = marks.treatments.get(change.name, "")
        more.append((*ours("write-only: "), *name(treatment)) if treatment else ours("write-only"))
    more += [ours("an old value back")] if change.name in marks.restored else []
    more += [(*ours("was "), *name(change.was))] if change.was else []
    word = _WORDS.get(change.action, change.action)
    return Happened(f"{word}{_MARK}" if is_untold(change) else word, tuple(more))


def changed(change: NameChange, marks: Marks) -> Text:
    """The same as one sentence."""
    happening = happened(change, marks)
    return (*ours(happening.word), *(piece for detail in happening.more for piece in (*ours(", "), *detail)))


_WORDS = {RESEALED: "re-sealed", PASSED: "as it was, changed between"}
_MARK = "¹"
# What stands below a table in which a word has that mark.
UNTOLD = "¹ under a new data key: a change of value cannot be excluded without an identity"


def _doubt(change: NameChange) -> bool:
    """True if the word for what happened leaves open whether the value changed."""
    return change.action in {RESEALED, MOVED} or (change.action == CHANGED and change.value_changed == NO)


def is_untold(change: NameChange) -> bool:
    """True if only an identity could tell whether the value changed, so that the change gets a mark."""
    return _doubt(change) and change.value_changed not in {YES, NO}


def access(change: NameChange) -> Text:
    """The access group of a name; plain values have none."""
    return name(change.access) if change.access else ours("plain")


def gained(change: AccessChange) -> Text:
    """The access that a person or machine gained or lost."""
    word = "could open between" if change.passed else "gains" if change.gained else "loses"
    words = (*ours(f"{word} "), *name(change.access))
    return words if change.whole else (*words, *ours(", one of several keys"))


def opens(change: AccessChange) -> str:
    """How much it opens, in our words."""
    past = f" and {plural(change.past, 'value')} of the past" if change.past else ""
    return plural(change.names, "name") + past


def people_first(changes: Iterable[AccessChange]) -> list[AccessChange]:
    """People before machines, who gains before who loses."""
    return sorted(changes, key=lambda change: (change.is_machine, not change.gained))


def data_key(change: KeyChange) -> Text:
    """One sentence on an access group's data key: new, gone or replaced."""
    what = "is new" if not change.before else "is gone" if not change.after else "was replaced"
    if what == "was replaced":
        what += change.maker
    return (*ours("The data key of "), *name(change.access), *ours(f" {what}"))


def author(by: tuple[By, ...]) -> Text:
    """The last author, without the address, the commit, and how many came before."""
    if not by:
        return ours("-")
    last = by[-1]
    if not last.commit:
        return ours("not committed")
    more = ours(f" and {plural(len(by) - 1, 'commit')} before") if len(by) > 1 else ()
    return (*name(last.who.partition(" <")[0] or "?"), *ours(" "), *name(last.commit[:DIGITS]), *more)


def signed(by: tuple[By, ...]) -> Text:
    """How the last commit was signed, and by whom; if an earlier one was not signed well, how that one was."""
    committed = [step for step in by if step.commit]
    if not committed:
        return ours("-")
    worst = next((step for step in reversed(committed) if step.signed not in _GOOD), committed[-1])
    if worst.signed == "good":
        return (*ours("yes, "), *listed(worst.signers, 3)) if worst.signers else ours("yes")
    if worst.signed in _SIGNED:
        return ours(_SIGNED[worst.signed])
    return name(worst.signed)


_GOOD = frozenset({"good", "forge", "unchecked"})
_SIGNED = {"forge": "by a forge", "no": "no", "unchecked": "not checked"}


def is_signed_well(by: tuple[By, ...]) -> bool:
    """True if no signature is missing, bad or by somebody else."""
    return all(step.signed in _GOOD for step in by if step.commit)


def ends(span: Span) -> Text:
    """From where to where, and how much lies between."""
    base = (*name(span.base_name), *ours(" ("), *name(span.base[:DIGITS]), *ours(")")) if span.base_name else ()
    head = name(span.head_name) if span.head_name else ()
    at = (*ours(" ("), *name(span.head[:DIGITS]), *ours(")")) if span.head else ()
    between = f": {plural(span.commits, 'commit')}, {span.touching or 'none'} touching secrets"
    return (*base, *ours(" to "), *head, *at, *ours(between))


def command(span: Span) -> str:
    """The command that gives the same review again, at least on this machine."""
    return f"gitseal review {printable(span.base[:DIGITS])}" + (
        f"..{printable(span.head[:DIGITS])}" if span.head else ""
    )


def day(seconds: int) -> str:
    """The day in UTC; empty for a time that no calendar holds."""
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return ""
