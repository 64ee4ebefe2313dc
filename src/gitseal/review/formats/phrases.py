"""The parts of a review as sentences and cells of tables, for the formats that have markup."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from gitseal.document.changes import PLAIN, WRITTEN_ONLY
from gitseal.errors import shell_quoted
from gitseal.policy.policy import DEFAULT
from gitseal.report.findings import Finding
from gitseal.report.hints import command as shell
from gitseal.report.hints import path_word
from gitseal.report.markup_text import Text, listed, name, ours
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, Sentence, sentence
from gitseal.report.sentences import listed as listed_names
from gitseal.report.sentences import ours as said
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


def place(risk: Finding, commits: Collection[str] = ()) -> Text:
    """The file and line of a risk, and its commit unless it is the only one of these, which stands above."""
    where = name(f"{risk.path}:{risk.line}" if risk.line else risk.path)
    is_told = not risk.commit or tuple(commits) == (risk.commit,)
    return where if is_told else (*where, *ours(" in "), *name(risk.commit[:DIGITS]))


class Happened(NamedTuple):
    """A name's change in words: one word of ours, and details."""

    word: str
    more: tuple[Text, ...] = ()


def happened(change: NameChange) -> Happened:
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
        more.append(ours("write-only"))
    more += [(*ours("was "), *name(change.was))] if change.was else []
    more += [(*ours("in access group "), *name(change.access))] if change.access not in {"", DEFAULT} else []
    word = _WORDS.get(change.action, change.action)
    return Happened(f"{word}{_MARK}" if is_untold(change) else word, tuple(more))


def changed(change: NameChange) -> Text:
    """The same as one sentence."""
    happening = happened(change)
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


def gained(change: AccessChange) -> Text:
    """The access that a person or machine gained or lost."""
    word = "could open between" if change.passed else "gains" if change.gained else "loses"
    words = (*ours(f"{word} "), *name(change.access))
    return words if change.whole else (*words, *ours(", one of several keys"))


def opens(change: AccessChange) -> str:
    """How much it opens, in our words."""
    past = f" and {plural(change.past, 'older value')}" if change.past else ""
    return plural(change.names, "name") + past


def data_key(change: KeyChange) -> Text:
    """One sentence on an access group's data key: new, gone or replaced."""
    what = "is new" if not change.before else "is gone" if not change.after else "was replaced"
    if what == "was replaced":
        what += change.maker
    return (*ours("The data key of "), *name(change.access), *ours(f" {what}"))


def whose(by: tuple[By, ...], *, asks_signatures: bool) -> Text:
    """`Alice, 53c7784cd1, signed by alice`: the last of several commits. No signature is told only if one is asked for."""
    committed = [step for step in by if step.commit]
    if not committed:
        return ours("not committed") if by else ()
    last = committed[-1]
    people = list(dict.fromkeys(step.who.partition(" <")[0] for step in reversed(committed)))
    who = (*listed(people, 3), *ours(", ")) if any(people) else ()
    others = len({step.commit for step in committed}) - 1
    more = ours(f" and {plural(others, 'commit')} before") if others else ()
    return (*who, *name(last.commit[:DIGITS]), *more, *_signed(committed, asks_signatures=asks_signatures))


def _signed(committed: Sequence[By], *, asks_signatures: bool) -> Text:
    """How the worst of these commits is signed, and by whom if all are well."""
    worst = next((step for step in reversed(committed) if step.signed not in _GOOD), committed[-1])
    if not worst.signed or (worst.signed == "no" and not asks_signatures):
        return ()
    if worst.signed == "good":
        return (*ours(", signed by "), *listed(worst.signers, 3)) if worst.signers else ours(", signed")
    if worst.signed in _SIGNED:
        return ours(f", {_SIGNED[worst.signed]}")
    return (*ours(", signature "), *name(worst.signed))


_GOOD = frozenset({"good", "forge", "unchecked"})
_SIGNED = {"forge": "signed by a forge", "no": "not signed", "unchecked": "signature not checked"}


def ends(span: Span) -> Text:
    """From where to where, and how much lies between."""
    base = (*name(span.base_name), *ours(" ("), *name(span.base[:DIGITS]), *ours(")")) if span.base_name else ()
    head = name(span.head_name) if span.head_name else ()
    at = (*ours(" ("), *name(span.head[:DIGITS]), *ours(")")) if span.head else ()
    between = f": {plural(span.commits, 'commit')}, {span.touching or 'none'} touching secrets"
    return (*base, *ours(" to "), *head, *at, *ours(between))


def quiet(review: Review) -> str:
    """What did not change, and what changed and means nothing, in our words; small, for it asks nothing of anybody."""
    unchanged, lines = review.counts.unchanged, review.reformatted
    parts = [f"{plural(unchanged, 'value')} unchanged"] if unchanged else []
    parts += [f"{plural(lines, 'line')} reformatted, no change in meaning"] if lines else []
    return ", ".join(parts)


def command(span: Span) -> str:
    """The command that gives the same review again, at least on this machine."""
    words = f"{span.base[:DIGITS]}..{span.head[:DIGITS]}" if span.head else span.base[:DIGITS]
    if span.file:
        return shell("gitseal review --sops {} {}", path_word(span.file), words).as_text()
    return f"gitseal review {shell_quoted(words)}"
