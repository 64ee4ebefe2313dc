"""Lists and counts as the sentences of acts have them."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, Sentence, joined, ours, sentence
from gitseal.review.model import By

# What can be read as a name and as nothing else needs no quotes.
_SIMPLE = re.compile(r"[\w./*@+-]+")

MOST = 3
_LONGEST = 80


class Told(NamedTuple):
    """An act in words: the sentence, what the headline tells of it, and the rules whose findings these words cover.

    `tail` comes after all else that is to be told of the act.
    """

    sentence: Sentence
    brief: Sentence
    covers: frozenset[str] = frozenset()
    tail: Sentence = NOTHING


def named(name: str) -> Sentence:
    """A name in a sentence: in quotes if it could be taken for something else, without its middle if it is a long one."""
    shown = name if len(name) <= _LONGEST else f"{name[: _LONGEST // 2]}…{name[-_LONGEST // 2 :]}"
    return sentence("{}" if _SIMPLE.fullmatch(name) else '"{}"', shown)


def series(parts: Sequence[Sentence]) -> Sentence:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:  # noqa: PLR2004 - nothing to put between
        return joined(parts)
    return sentence("{} and {}", joined(parts[:-1]), parts[-1])


def names(those: Iterable[str], most: int = MOST, noun: str = "") -> Sentence:
    """`a, b and c`, or `a, b, c and 5 more`, with a noun for those that are not named."""
    known = list(dict.fromkeys(those))
    if len(known) <= most + 1:
        return series([named(name) for name in known])
    rest = len(known) - most
    more = ours(f"{rest} more{f' {noun}s' if noun else ''}")
    return series([*(named(name) for name in known[:most]), more])


def clauses(parts: Iterable[Sentence], separator: str = "; ") -> Sentence:
    """What is not empty, one after the other."""
    return joined([part for part in parts if part], separator)


def opened(amount: int, past: int | None) -> Sentence:
    """How much a data key opens: `39 names, 1 older value`, or `empty`."""
    held = [plural(amount, "name")] if amount else []
    held += [plural(past, "older value")] if past else []
    return ours(", ".join(held) or "empty")


def author(by: By) -> str:
    """A person's name without the address."""
    return by.who.partition(" <")[0] or by.who


def authors(by: Iterable[By]) -> list[str]:
    """The names of those who made commits, each once."""
    return list(dict.fromkeys(author(one) for one in by if one.commit and author(one)))


def subject(by: Iterable[By]) -> Sentence:
    """Who did it, as the subject of a sentence."""
    return names(authors(by)) or ours("somebody")
