"""A text with references in it, as pieces: `${secret:NAME|filter}`, `${env:NAME}`, and `$${` for a literal `${`."""

import re
from typing import NamedTuple

from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

SECRET, ENV = "secret", "env"
FILTERS = ("urlencode", "base64", "json")
MAX_FILTERS = 8
_MAX_PROBLEMS = 100

# Texts, compiled by `re` when a text first has a `${`. A run of `$` is looked at once, and nothing is tried twice.
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
    """Literal texts and references, in order; `problems` says of each beginning of a reference why it is none."""

    pieces: tuple[str | Reference, ...]
    problems: tuple[str, ...]

    def secrets(self) -> tuple[NamePath, ...]:
        """The secrets that it refers to, in order."""
        return tuple(piece.path for piece in self.pieces if isinstance(piece, Reference) and piece.source == SECRET)

    def sole(self) -> Reference | None:
        """The one reference that the whole text is, where it is that and passes no filter."""
        if len(self.pieces) == 1 and isinstance(self.pieces[0], Reference) and not self.pieces[0].filters:
            return self.pieces[0]
        return None


def parse(text: str) -> Template:
    """The pieces of a text, in linear time. Problems never show more than the word that a reference begins with."""
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
        elif len(problems) < _MAX_PROBLEMS:
            line = f" in line {text.count(chr(10), 0, mark.start()) + 1}" if "\n" in text else ""
            problems.append(f"has{line} {reference}")
    pieces.append(text[at:])
    return Template(tuple(_merged(pieces)), tuple(problems))


def escape(text: str) -> str:
    """The template that stands for exactly this text."""
    return text.replace("${", "$${")


def _reference(text: str, start: int) -> tuple[Reference | str, int]:
    """The reference at `start`, or in words what stands there instead; and where the text goes on."""
    found = re.compile(_FORM).match(text, start)
    if found is None:
        begins = re.compile(_BEGINNING).match(text, start)
        shown = begins[0] if begins else "${"
        return f'"{shown}…", which is no reference: write $${{ for a literal ${{', start
    filters = tuple(found[3].split("|")[1:])
    unknown = next((each for each in filters if each not in FILTERS), None)
    if unknown is not None:
        return f'the filter "{unknown}" on "{found[1] or found[2]}": filters are {", ".join(FILTERS)}', found.end()
    if len(filters) > MAX_FILTERS:
        return f'more than {MAX_FILTERS} filters on "{found[1] or found[2]}"', found.end()
    source, written = (SECRET, found[1]) if found[1] else (ENV, found[2])
    return Reference(source, tuple(written.split("/")), filters), found.end()


def _merged(pieces: list[str | Reference]) -> list[str | Reference]:
    """Neighbouring texts as one, none empty."""
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
