"""Sentences in pieces: which words are ours and which are a repository's is known from the moment one is made.

Whoever says something writes a template of our own words, and hands over what the repository says as its arguments:

    sentence('"{}" is sealed to "{}"; see who may: `gitseal list {}`', name, group, name)

What stands in double quotes is quoted, what stands in backticks is a command to run; a bare `{}` is a name without quotes. The
template is never mixed with the arguments, so nothing in a name can become markup, whatever format writes the sentence.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

# Our words; our words that say that something is over; a name that plain text quotes; one that it does not; a command; the
# file and line that goes before a message.
OURS, PAST, QUOTED, NAME, COMMAND, PLACE = "ours", "past", "quoted", "name", "command", "place"

_HOLE = "{}"


class TextPiece(NamedTuple):
    """A part of a sentence, of one of the kinds above."""

    text: str
    kind: str = OURS

    @property
    def is_name(self) -> bool:
        """A format shows the words literally, because they are not ours."""
        return self.kind not in {OURS, PAST}


class Sentence(str):
    """A sentence as plain text, with the `pieces` that it was made of.

    It compares and hashes as its text does. `form` is its template with every name left out, lists of names counting as one
    name: what kind of thing it says. `names` are those in quotes, also those that a long list leaves out.
    """

    __slots__ = ("form", "names", "pieces")

    form: str
    names: frozenset[str]
    pieces: tuple[TextPiece, ...]

    def __new__(
        cls, pieces: Iterable[TextPiece] = (), form: str = _HOLE, unlisted: frozenset[str] = frozenset()
    ) -> "Self":
        """The text of the pieces, one after the other."""
        those = tuple(pieces)
        made = super().__new__(
            cls, "".join(f'"{piece.text}"' if piece.kind == QUOTED else piece.text for piece in those)
        )
        made.form = form
        made.pieces = those
        made.names = unlisted.union(piece.text for piece in those if piece.kind == QUOTED)
        return made


NOTHING = Sentence(form="")


def sentence(template: str, *arguments: str | int) -> Sentence:
    """A sentence from a template as the module describes. Sentences among the arguments bring their pieces with them.

    Numbers are our own words. Raises ValueError if holes and arguments do not match.
    """
    filled: list[TextPiece] = []
    form: list[str] = []
    rest = iter(arguments)
    for kind, parts in _parts(template):
        inner: list[TextPiece] = [TextPiece(parts[0])] if parts[0] else []
        form.append(parts[0])
        for following in parts[1:]:
            argument = next(rest, None)
            if argument is None:
                raise ValueError(template)
            inner += _pieces(argument)
            form.append(argument.form if isinstance(argument, Sentence) else _HOLE)
            inner += [TextPiece(following)] if following else []
            form.append(following)
        # Within quotes and commands all is one piece, our words too: a command is copied as a whole.
        filled += inner if kind == OURS else [TextPiece("".join(piece.text for piece in inner), kind)]
    if next(rest, None) is not None:
        raise ValueError(template)
    inner_names = (argument.names for argument in arguments if isinstance(argument, Sentence))
    return Sentence(filled, "".join(form), frozenset[str]().union(*inner_names))


def _pieces(argument: str | int) -> tuple[TextPiece, ...]:
    if isinstance(argument, Sentence):
        return argument.pieces
    return (TextPiece(str(argument), OURS if isinstance(argument, int) else NAME),)


@cache
def _parts(template: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The template's stretches of one kind each, cut at their holes."""
    parts: list[tuple[str, tuple[str, ...]]] = []
    for number, outside in enumerate(template.split("`")):
        if number % 2:
            parts.append((COMMAND, tuple(outside.split(_HOLE))))
            continue
        for place, part in enumerate(outside.split('"')):
            if part or place % 2:
                parts.append((QUOTED if place % 2 else OURS, tuple(part.split(_HOLE))))
    return tuple(parts)


def ours(words: str) -> Sentence:
    """Words of our own that depend on the case. Never anything that a repository holds."""
    return Sentence((TextPiece(words),), words)


def literal(words: str) -> Sentence:
    """Words of unknown make, such as those of an error, as one name. A sentence stays as it is."""
    if isinstance(words, Sentence):
        return words
    return Sentence((TextPiece(words, NAME),)) if words else NOTHING


def at_place(place: str, words: str) -> Sentence:
    """Words with the file and line before them that they are about, as errors have it."""
    return Sentence((TextPiece(place, PLACE), TextPiece(": "), *literal(words).pieces)) if place else literal(words)


def without_place(words: Sentence) -> tuple[TextPiece, ...]:
    """The pieces without a place before them, so that two messages about one thing are equal, with and without it."""
    return words.pieces[2:] if words.pieces[:1] and words.pieces[0].kind == PLACE else words.pieces


def listed(names: Iterable[str], template: str = '"{}"', most: int = 0, separator: str = ", ") -> Sentence:
    """Names in the order given, between separators; beyond `most` (0: no limit) it ends in `and 3 more`."""
    those = [sentence(template, name) for name in names]
    shown = joined(those[:most] if most else those, separator)
    more = those[most:] if most else []
    if not more:
        return shown
    unlisted = frozenset[str]().union(*(name.names for name in more))
    return Sentence((*shown.pieces, TextPiece(f" and {len(more)} more")), shown.form, unlisted)


def joined(sentences: Sequence[Sentence], separator: str = ", ") -> Sentence:
    """Sentences in a row; their form is that of the first."""
    pieces = [piece for sentence_ in sentences for piece in (TextPiece(separator), *sentence_.pieces)]
    return Sentence(pieces[1:], sentences[0].form) if sentences else NOTHING


def verb(count: int, one: str = "is", many: str = "are") -> Sentence:
    """The verb for so many names: two sentences that differ in nothing else say the same kind of thing."""
    return Sentence((TextPiece(one if count == 1 else many),), one)
