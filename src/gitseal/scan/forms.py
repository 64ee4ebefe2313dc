"""The forms of a value to look for: every spelling of it, of its secret parts and of its lines, in pieces that searches take."""

import re
from collections.abc import Iterable, Iterator, Mapping

from gitseal.records import NamedTuple
from gitseal.scan.ordinary import MINIMUM, is_ordinary
from gitseal.scan.parts import parts
from gitseal.scan.spellings import encoded, escaped, spellings, verbatim_beginning, verbatim_runs

# A longer form is looked for in pieces of this length: what searches needs no more memory or delay than this.
PIECE = 1024
ANCHOR = 8
# A shorter anchor stands in too much.
_LEAST_ANCHOR = 5
# So many bytes more than itself an escape takes at most, for each byte: `$([char]0x0041)`.
_MOST_ADDED = 16


class Unspelled(NamedTuple):
    """A text, and some bytes that stand in each of its escaped spellings: until they are seen, no spelling need be made."""

    text: bytes
    anchor: bytes

    @property
    def beginning(self) -> bytes:
        """What each of its spellings begins with, and the text; it may be empty."""
        return verbatim_beginning(self.text)

    def forms(self) -> dict[bytes, None]:
        """The text and its escaped spellings."""
        return dict.fromkeys((self.text, *escaped(self.text)))


def all_forms(*groups: Mapping[str, bytes]) -> dict[bytes, str]:
    """Every form of every value that is no ordinary one, with the name it belongs to; the first name keeps a shared form.

    All whole values come before all parts: the password of a database is not told as a part of the URL that holds it.
    """
    names: dict[bytes, str] = {}
    for name, whole in values_and_parts((name, value) for group in groups for name, value in group.items()):
        for form in _forms(whole):
            names.setdefault(form, name)
    return names


def values_and_parts(values: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """The values that are no ordinary ones, then the parts of them all; each with its name, the first of which keeps a form."""
    secret = [(name, value) for name, value in values if not is_ordinary(value)]
    yield from secret
    yield from ((name, part) for name, value in secret for part in parts(value))


def _forms(whole: bytes) -> Iterator[bytes]:
    """The forms of one value or part, and of each of its lines. Each has 8 bytes to `PIECE`.

    They are for a command's output, where hiding too much costs little.
    """
    for text in _texts(whole):
        for form in spellings(text):
            yield from _pieces(form, MINIMUM)


def first_forms(whole: bytes) -> Iterator[bytes | Unspelled]:
    """The forms of a value or a part of one, as `all_forms` has them, but for those that can wait until some text was seen."""
    for text in _texts(whole):
        anchor = verbatim_anchor(text, _LEAST_ANCHOR)
        if not anchor:
            for form in spellings(text):
                yield from _pieces(form, MINIMUM)
            continue
        yield Unspelled(text, anchor)
        for form in encoded(text):
            if form != text:
                yield from _pieces(form, MINIMUM)


def verbatim_anchor(text: bytes, least: int) -> bytes:
    """Up to `ANCHOR` bytes, at least `least`, that stand in the text and in each of its escaped spellings; else none.

    There is none either if a spelling may be so long that it is looked for in pieces.
    """
    runs = verbatim_runs(text)
    if len(text) + _MOST_ADDED * (len(text) - sum(map(len, runs))) > PIECE:
        return b""
    # A host's name or a scheme stands in many texts; what has digits hardly does.
    run = max(runs, key=lambda run: (len(run) >= least and not run.isalpha(), len(run)), default=b"")
    at = max(0, len(run) - ANCHOR) // 2
    return run[at : at + ANCHOR] if len(run) >= least else b""


def _texts(whole: bytes) -> dict[bytes, None]:
    """A value or a part of one, and those of its lines that are not ordinary."""
    lines = [line.strip() for line in whole.splitlines()] if b"\n" in whole or b"\r" in whole else []
    return dict.fromkeys([whole, *(line for line in lines if not is_ordinary(line))])


def certain_forms(value: bytes) -> Iterator[bytes]:
    """The forms of one value and of its parts for the hook, where a false alarm costs a developer's time.

    Of a value of several lines those count that could be nobody else's: they hold 20 characters of base64 with upper case,
    lower case and digits, or 32 of hex, and stand in no certificate or public key. So a service account's `"type":` and the
    certificate of a key's chain are looked for nowhere, and each line of the key is. Text of other than ASCII is also looked for
    as UTF-16 and UTF-32, little and big, since what else is so is looked at without its NULs.
    """
    return (form for form, _ in marked_forms(value))


def marked_forms(value: bytes) -> Iterator[tuple[bytes, bool]]:
    """The same as `certain_forms`, each with True if it is one of a part."""
    for number, whole in enumerate([] if is_ordinary(value) else [value, *parts(value)]):
        lines = [line.strip() for line in _PUBLIC.sub(b"", whole).splitlines()] if b"\n" in whole.strip() else []
        for text in dict.fromkeys([whole.strip(b"\r\n"), *filter(_is_telling, lines)]):
            for form in _no_longer_than_needed((*spellings(text), *_wide(text))):
                # The end of a long text alone may be `  }\n}\n`: no piece is shorter than the others.
                yield from ((piece, number > 0) for piece in _pieces(form, PIECE))


def _no_longer_than_needed(candidates: Iterable[bytes]) -> list[bytes]:
    """The forms without those that hold another: where they stand, it stands."""
    kept: list[bytes] = []
    # Shortest first, so that each longer one is compared with all that it could hold.
    for form in sorted(candidates, key=len):
        if len(form) >= MINIMUM and not any(shorter in form for shorter in kept):
            kept.append(form)
    return kept


_PUBLIC = re.compile(
    rb"-----BEGIN (CERTIFICATE|[A-Z ]*PUBLIC KEY|[A-Z0-9 ]*PARAMETERS)-----.*?-----END \1-----", re.DOTALL
)
_RUN = re.compile(rb"[A-Za-z0-9+/=]{20,}")
_HEX_RUN = re.compile(rb"[0-9a-fA-F]{32,}")


def _is_telling(line: bytes) -> bool:
    if _HEX_RUN.search(line):
        return True
    return any(
        re.search(rb"[A-Z]", run) and re.search(rb"[a-z]", run) and re.search(rb"[0-9]", run)
        for run in _RUN.findall(line)
    )


def _wide(part: bytes) -> Iterator[bytes]:
    # ASCII as UTF-16 is seen in the view without NULs, see `windows.views`.
    if part.isascii():
        return
    try:
        text = part.decode()
    except UnicodeDecodeError:
        return
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        yield text.encode(encoding)


def _pieces(form: bytes, least: int) -> Iterable[bytes]:
    if len(form) < MINIMUM:
        return ()
    # A last piece that is too short is taken longer at its front, so that none falls below `least`.
    starts = range(0, len(form), PIECE)
    return (form[max(0, min(start, len(form) - least)) : start + PIECE] for start in starts)
