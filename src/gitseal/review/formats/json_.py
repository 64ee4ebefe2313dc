"""A review as one JSON object, for programs. docs/schema/review.schema.json describes it.

`version` grows when a field goes or means something else; new fields and new words for what happened may come without.
"""

from gitseal.report.escaping import json_text
from gitseal.review.formats.fields import tree
from gitseal.review.model import Review

VERSION = 1


def write(review: Review) -> str:
    r"""The fields of `Review` and of what is in it, by their names, after `version`.

    Texts are as they are, but for bytes that are no UTF-8: they stand as `\xff`. All that is not ASCII is escaped, and so is
    what GitHub's runner takes for a command anywhere in a line, so that a log may show it.
    """
    content = {"version": VERSION, **dict(_fields(review))}
    return json_text(content, indent=2, ascii_only=True) + "\n"


def _fields(review: Review) -> dict[str, object]:
    fields = _sound(tree(review))
    return fields if isinstance(fields, dict) else {}


def _sound(value: object) -> object:
    if isinstance(value, dict):
        return {name: _sound(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_sound(part) for part in value]
    if isinstance(value, str) and not value.isascii():
        return "".join(map(_character, value))
    return value


def _character(character: str) -> str:
    """A surrogate is a byte of a path that Git has and that is no UTF-8; half a pair is no text for anyone who reads JSON."""
    code = ord(character)
    return f"\\x{code & 0xFF:02x}" if 0xD800 <= code <= 0xDFFF else character  # noqa: PLR2004 - the surrogates
