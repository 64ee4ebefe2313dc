"""The common part of the dialects that have a revision beside each value: two maps by name in one object."""

from collections.abc import Callable, Mapping, Sequence

from gitseal.document.value import ValueType
from gitseal.render._shape import CannotCarry, Options, Path, RenderedEntry, Uncarried, text_of


def written(
    entries: Sequence[RenderedEntry], options: Options, encode: Callable[[str], str], *, as_text: bool = False
) -> str:
    """The object `{"revisions": {...}, "secrets": {...}}`, indented; `as_text` puts the revisions in quotes.

    Raises Uncarried with all values that are not UTF-8 or for which `encode` raises CannotCarry. Raises ValueError for a path
    that is given twice.
    """
    values: dict[Path, str] = {}
    reasons: dict[Path, str] = {}
    for entry in entries:
        if entry.value.kind is ValueType.NULL:
            continue
        if entry.path in values:
            raise ValueError(f"{'/'.join(entry.path)} is given twice")
        try:
            values[entry.path] = encode(text_of(entry.value))
        except CannotCarry as refusal:
            reasons[entry.path] = refusal.reason
    if reasons:
        raise Uncarried(reasons)
    quote = '"' if as_text else ""
    revisions = {path: f"{quote}{options.revisions[path]}{quote}" for path in values if path in options.revisions}
    return f'{{\n  "revisions": {_members(revisions)},\n  "secrets": {_members(values)}\n}}\n'


def _members(texts: Mapping[Path, str]) -> str:
    # A name has no sign that JSON or YAML escapes.
    lines = [f'    "{"/".join(path)}": {text}' for path, text in texts.items()]
    return "{\n" + ",\n".join(lines) + "\n  }" if lines else "{}"
