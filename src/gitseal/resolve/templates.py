"""Parses texts with references: `${secret:NAME|filter}`, `${env:NAME}`, and `$${` for a literal `${`."""

import re
from typing import NamedTuple

from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

SECRET, ENV = "secret", "env"
FILTERS = ("urlencode", "base64", "json")
MAX_FILTERS = 8
_MAX_PROBLEMS = 100

# Kept as texts, and compiled when a text first has a `${`: most have none. Possessive quantifiers keep them linear.
_MARK = r"(?<!\$)\$++\{"
_FORM = (
    r"\$\{(?:secret:([A-Za-z_][A-Za-z0-9_.-]{0,127}+(?:/[A-Za-z_][A-Za-z0-9_.-]{0,127}+){0,7}+)"
    r"|env:([A-Za-z_][A-Za-z0-9_]{0,255}+))((?:\|[a-z0-9]{1,16}+){0,16}+)\}"
)
_BEGINNING = r"\$\{(?:secret:|env:)?[A-Za-z0-9_./]{0,64}+"


class Reference(NamedTuple):
    """One reference: a SECRET by its path, or a variable of the ENV (a path of one part), through `filters` in order."""

    source: str
    path: NamePath
    filters: tuple[str, ...]

    def __str__(self) -> str:
        """The reference as it is written."""
        return "${" + "|".join([f"{self.source}:{path_text(self.path)}", *self.filters]) + "}"


class Template(NamedTuple):
    """Literal texts and references, in order. `problems` has a reason for each `${` that begins no sound reference."""

    pieces: tuple[str | Reference, ...]
    problems: tuple[str, ...]

    def secrets(self) -> tuple[NamePath, ...]:
        """The paths of the secrets that it refers to, in order, each as often as it stands there."""
        return tuple(piece.path for piece in self.pieces if isinstance(piece, Reference) and piece.source == SECRET)

    def sole(self) -> Reference | None:
        """The reference, if the whole text is just one reference without filters: such a text keeps the value's type."""
        if len(self.pieces) == 1 and isinstance(self.pieces[0], Reference) and not self.pieces[0].filters:
            return self.pieces[0]
        return None


def parse(text: str) -> Template:
    """Parse a text, in linear time. Problems quote no more than the word that a reference begins with: the rest may be secret."""
    if "${" not in text:
        return Template((text,) if text else (), ())
    pieces: list[str | Reference] = []
    problems: list[str] = []
    at = 0
    for mark in re.finditer(_MARK, text):
        pieces.append(text[at : mark.start()])
        if mark.end() - mark.start() > len("${"):
            at = mark.start() + 1  # `$${` is literal and loses one `$`, and so does `$$${`
            continue
        reference, at = _reference(text, mark.start())
        if isinstance(reference, Reference):
            pieces.append(reference)
        # A file that merely looks like a template could have thousands, and one page of them is enough.
        elif len(problems) < _MAX_PROBLEMS:
            line = f" in line {text.count(chr(10), 0, mark.start()) + 1}" if "\n" in text else ""
            problems.append(f"has{line} {reference}")
    pieces.append(text[at:])
    return Template(tuple(_merged(pieces)), tuple(problems))


def escape(text: str) -> str:
    """The template that gives exactly this text."""
    return text.replace("${", "$${")


def _reference(text: str, start: int) -> tuple[Reference | str, int]:
    """The reference at `start`, or words for what is wrong with it; and the position where the text goes on."""
    match = re.compile(_FORM).match(text, start)
    if match is None:
        begins = re.compile(_BEGINNING).match(text, start)
        shown = begins[0] if begins else "${"
        return f'"{shown}…", which is no reference: write $${{ for a literal ${{', start
    filters = tuple(match[3].split("|")[1:])
    unknown = next((name for name in filters if name not in FILTERS), None)
    if unknown is not None:
        return f'the filter "{unknown}" on "{match[1] or match[2]}": filters are {", ".join(FILTERS)}', match.end()
    if len(filters) > MAX_FILTERS:
        return f'more than {MAX_FILTERS} filters on "{match[1] or match[2]}"', match.end()
    source, written = (SECRET, match[1]) if match[1] else (ENV, match[2])
    return Reference(source, tuple(written.split("/")), filters), match.end()


def _merged(pieces: list[str | Reference]) -> list[str | Reference]:
    """Join neighbouring texts and drop empty ones, so that `sole` and comparisons see one form of each template."""
    merged: list[str | Reference] = []
    texts: list[str] = []
    for piece in [*pieces, None]:
        if isinstance(piece, str):
            texts.append(piece)
            continue
        literal = "".join(texts)
        texts = []
        if literal:
            merged.append(literal)
        if piece is not None:
            merged.append(piece)
    return merged
