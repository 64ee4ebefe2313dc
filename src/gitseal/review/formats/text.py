"""A review for a terminal: the verdict, the risks, then each environment, and what changed in the policy.

No line begins with what a repository says, so that none is taken for a command by what reads a build's log.
"""

import time
from collections.abc import Iterable, Iterator

from gitseal.document.changes import PLAIN
from gitseal.policy.policy import DEFAULT
from gitseal.report.escaping import line, printable
from gitseal.report.findings import Finding
from gitseal.report.plurals import plural
from gitseal.review.formats.phrases import approvals
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
    By,
    EnvironmentReview,
    KeyChange,
    NameChange,
    Review,
    Statement,
)

_DIGITS = 12
_SIGNS = {ADDED: "+", REMOVED: "-", CHANGED: "~", MOVED: ">", RESEALED: "=", PASSED: "."}
_SIGNED = {"good": "signed", "forge": "signed by a forge", "no": "not signed", "unchecked": "signature not checked"}


def write(review: Review) -> str:
    """The whole review, lines with their line ends."""
    lines = [verdict(review), ""]
    if review.approvals.needed:
        lines += [_line(approvals(review)), ""]
    for part in (_risks(review.risks), _environments(review.environments), _statements(review.statements)):
        lines += part
    lines += [f"note: {_line(note)}" for note in review.notes]
    return "\n".join(map(line, lines)).rstrip("\n") + "\n"


def verdict(review: Review) -> str:
    """The verdict in one line: the range, and how much of what changed."""
    counts, span = review.counts, review.span
    names = (
        (counts.added, "added"),
        (counts.changed, "changed"),
        (counts.removed, "removed"),
        (counts.moved, "moved"),
        (counts.resealed, "sealed anew"),
    )
    parts = [f"{count} {word}" for count, word in names if count]
    parts += [plural(counts.people_gained, "person") + " gained access"] if counts.people_gained else []
    parts += [plural(counts.people_lost, "person") + " lost access"] if counts.people_lost else []
    parts += [plural(counts.machines_gained, "machine") + " gained access"] if counts.machines_gained else []
    parts += [plural(counts.machines_lost, "machine") + " lost access"] if counts.machines_lost else []
    parts += [plural(counts.keys_replaced, "data key") + " replaced"] if counts.keys_replaced else []
    parts += [plural(counts.errors, "error")] if counts.errors else []
    parts += [plural(counts.warnings, "warning")] if counts.warnings else []
    ends = f"{_line(span.base_name)} ({span.base[:_DIGITS]}) to {_line(span.head_name)}"
    ends += f" ({span.head[:_DIGITS]})" if span.head else ""
    what = ", ".join(parts) or ("no change to secrets" if review.is_empty else "no name changed")
    return f"{ends}, {plural(span.commits, 'commit')}, {span.touching} touching secrets: {what}"


def _risks(risks: Iterable[Finding]) -> Iterator[str]:
    for risk in risks:
        yield f"{risk.severity}: {_line(risk.as_text())}"
        if risk.hint:
            yield f"  > {_line(risk.hint)}"
        yield ""


def _environments(environments: Iterable[EnvironmentReview]) -> Iterator[str]:
    for environment in environments:
        folder = "" if environment.folder == ".secrets" else f" in {_line(environment.folder)}"
        protected = ", protected" if environment.protected else ""
        state = f", {environment.state}" if environment.state != "changed" else ""
        yield f"environment {environment.name}{folder}{protected}{state}"
        yield from (_access(change) for change in environment.access)
        yield from (_key(change) for change in environment.keys)
        width = max((len(change.name) for change in environment.names), default=0)
        for change in environment.names:
            yield from _name(change, min(width, 40))
        yield f"  {plural(environment.unchanged, 'name')} unchanged"
        yield ""


def _access(change: AccessChange) -> str:
    word = "could open between" if change.passed else "gained" if change.gained else "lost"
    part = "" if change.whole else " (one of several keys)"
    who = f"{'machine' if change.is_machine else 'person'} {_line(change.who)}"
    past = f" and {plural(change.past, 'value')} of the past" if change.past else ""
    opens = f"{plural(change.names, 'name')}{past}"
    return f"  {'+' if change.gained else '-'} {who} {word} {_line(change.access)}{part}: {opens}{_by(change.by)}"


def _key(change: KeyChange) -> str:
    word = "new" if not change.before else "gone" if not change.after else "replaced"
    how = change.maker if word == "replaced" else ""
    return f"  * data key of {_line(change.access)} {word}{how}{_by(change.by)}"


def _name(change: NameChange, width: int) -> Iterator[str]:
    access = f" ({change.access})" if change.access not in {"", DEFAULT} else ""
    yield f"  {_SIGNS[change.action]} {_line(change.name):<{width}}  {_what(change)}{access}{_by(change.by)}"
    opened = change.opened
    yield from (f"      ! {_line(problem)}" for problem in opened.problems)
    yield from (f"      ! the same value as {_line(other)}" for other in opened.equals)
    if opened.before is not None:
        yield f"      - {_line(opened.before)}"
    if opened.after is not None:
        yield f"      + {_line(opened.after)}"


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


def _by(by: tuple[By, ...]) -> str:
    """The last author, the commit, its signature, and how many came before."""
    if not by:
        return ""
    last = by[-1]
    if not last.commit:
        return "  not committed"
    signed = _SIGNED.get(last.signed, f"signature {last.signed}")
    signed += f" by {', '.join(last.signers)}" if last.signers and last.signed == "good" else ""
    more = f", and {plural(len(by) - 1, 'commit')} before" if len(by) > 1 else ""
    return f"  {last.commit[:_DIGITS]} {_date(last.when)} {_line(last.who)}, {signed}{more}"


def _date(seconds: int) -> str:
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return f"@{seconds}"


def _statements(statements: Iterable[Statement]) -> Iterator[str]:
    """The statements that are no risks; those are listed above."""
    those = [statement for statement in statements if not statement.rule]
    for about in dict.fromkeys(statement.about for statement in those):
        yield about
        yield from (
            f"  * {_line(statement.text)}{_by(statement.by)}" for statement in those if statement.about == about
        )
        yield ""


def _line(words: str) -> str:
    """Words of a repository, escaped so that they cannot steer a terminal or a workflow."""
    return printable(words)
