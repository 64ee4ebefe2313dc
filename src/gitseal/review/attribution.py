"""Which commits of a range brought what is said of a file as a whole: its policy, its manifest, its allowances.

A commit is named for what its own step brings, and never for having touched the file last: else who adds a blank line answers
for a person that another let in. Where no step can be told, nobody is named.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from gitseal.review.model import By, Statement

_QUOTED = re.compile(r'"([^"]*)"')
_NAMES = re.compile(r'"[^"]*"(?:, "[^"]*")*')


class FileStep(NamedTuple):
    """A file as one commit made it, and as each of its parents has it; None where there is none."""

    by: By
    before: tuple[bytes | None, ...]
    after: bytes | None


# What is said of a step from one content to another; nothing where one of them cannot be read.
Say = Callable[[bytes | None, bytes | None], Collection[tuple[str, str]]]


def brought(drafts: Iterable[FileStep], say: Say) -> list[tuple[By, frozenset[tuple[str, str]]]]:
    """What each commit brings, in the order given; of a merge what it brings to all of its parents."""
    found = []
    for draft in drafts:
        steps = [frozenset(say(before, draft.after)) for before in draft.before]
        found.append((draft.by, frozenset.intersection(*steps) if steps else frozenset[tuple[str, str]]()))
    return found


def attributed(
    statements: Sequence[Statement], drafts: Sequence[FileStep], say: Say, new: bytes | None
) -> list[Statement]:
    """Statements about one file with who brought them. `drafts` are oldest first; `new` is what the lines are of.

    That is who brought the same words by the same rule; else who brought a part of it, as one of several names, by the same
    rule; else who wrote the line that it is about, where that names what is spoken of and stands but once.
    """
    steps = brought(drafts, say) if statements else []
    lines = (new or b"").split(b"\n")
    found = []
    for each in statements:
        by = [by for by, said in steps if (each.rule, each.text) in said]
        by = by or [by for by, said in steps if any(_is_part(rule, text, each) for rule, text in said)]
        by = by or (_writers(lines[each.line - 1], each, drafts) if 0 < each.line <= len(lines) else [])
        found.append(each._replace(by=tuple(by)))
    return found


def _is_part(rule: str, text: str, whole: Statement) -> bool:
    """Whether it says of some of the names what the whole says of all. Without a rule only the words can tell that."""
    is_alike = rule == whole.rule and set(_QUOTED.findall(text)) <= set(_QUOTED.findall(whole.text))
    return is_alike and bool(rule or _shape(text) == _shape(whole.text))


def _shape(text: str) -> str:
    return _NAMES.sub('""', text).replace(" are ", " is ")


def _writers(line: bytes, statement: Statement, drafts: Sequence[FileStep]) -> list[By]:
    """Who last wrote a line anew, as a list of one, or of none."""
    if not any(name and name.encode("utf-8", "surrogateescape") in line for name in _QUOTED.findall(statement.text)):
        return []
    wrote = [
        draft.by
        for draft in drafts
        if _count(line, draft.after) == 1 and not any(_count(line, before) for before in draft.before)
    ]
    return wrote[-1:]


def _count(line: bytes, data: bytes | None) -> int:
    return (data or b"").split(b"\n").count(line)
