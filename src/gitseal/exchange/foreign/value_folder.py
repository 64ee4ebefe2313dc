"""A folder in which each file is a value: Docker's `/run/secrets`, a mounted Secret of Kubernetes, credentials of systemd."""

import os
from collections import Counter
from pathlib import Path

from gitseal.document.value import MAX_CONTENT, TypedValue, ValueType
from gitseal.errors import Error, Malformed, os_reason, shell_quoted
from gitseal.exchange._names import RULE, is_name, shown
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import Opened
from gitseal.files.reading import read_regular, unreadable
from gitseal.report.plurals import plural

# A mounted Secret has all its files behind this link, which the kubelet swaps for another.
_SWAPPED = "..data"


def read(folder: str, *, trims: bool) -> Opened:
    """The values of a folder, byte for byte, each by the name of its file: text if it is UTF-8, else of type bytes.

    With `trims`, a value of one line loses its line end. Files whose names begin with a dot stay behind. Links may lead within
    the folder alone: whoever fills it must not choose which other files of this machine are read.

    Raises Error, which names all that cannot be taken.
    """
    top = Path(os.path.realpath(folder))
    before = _target(top)
    names = _names(top, folder)
    values = {name: _value(top, name, folder) for name in names if not name.startswith(".")}
    if _target(top) != before:
        raise Error(f'"{folder}" changed while it was read', "import it once more")
    ended = [name for name, value in values.items() if _trimmed(value) != value]
    if trims:
        values = {name: _trimmed(value) for name, value in values.items()}
    notes = [f"these values are one line with a line end, --trim leaves it out: {', '.join(ended)}"] if ended else []
    hidden = [name for name in names if name.startswith(".") and not name.startswith("..")]
    dotted = f"{plural(len(hidden), 'dot file')} of the folder left out: {', '.join(map(shown, hidden))}"
    lowered = Counter(name.lower() for name in values)
    alike = [name for name in values if lowered[name.lower()] > 1]
    cased = f"these names differ in upper and lower case alone: {', '.join(alike)}"
    told = (*(notes if not trims else ()), *([dotted] if hidden else ()), *([cased] if alike else ()))
    imported = shapes.imported(FoundValue((name,), value) for name, value in values.items())
    return Opened(imported, is_untyped=True, notes=told)


def _target(top: Path) -> str:
    try:
        return str((top / _SWAPPED).readlink())
    except OSError:
        return ""


def _names(top: Path, folder: str) -> list[str]:
    """The names in a folder, sorted. Raises Error for folders in it, and for what can be no name of an environment."""
    try:
        entries = sorted(os.scandir(top), key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable(folder, error) from None
    seen = [entry for entry in entries if not entry.name.startswith(".")]
    if inner := [entry.name for entry in seen if entry.is_dir(follow_symlinks=False)]:
        hint = "if the values are in one of them, name that one; sections come from YAML or JSON"
        raise Malformed(f'"{folder}" has folders in it: {", ".join(map(shown, inner))}', 0, hint)
    if unfit := [entry.name for entry in seen if not is_name(entry.name)]:
        raise Malformed(f"these files cannot be names: {', '.join(map(_quoted, unfit))}", 0, RULE, place=folder)
    return [entry.name for entry in entries]


def _quoted(name: str) -> str:
    return f'"{shown(name)}"'


def _value(top: Path, name: str, folder: str) -> TypedValue:
    reason = ""
    whole = Path(os.path.realpath(top / name))
    if not whole.is_relative_to(top):
        hint = "if it is meant, set that value by hand from its file"
        raise Malformed(f'"{name}" is a link that leads outside of the folder', 0, hint, place=folder)
    try:
        content = read_regular(whole, MAX_CONTENT)
    except OSError as error:
        reason = os_reason(error)
    except Error as error:
        reason = error.message
    if reason:
        raise Malformed(
            f'"{name}" cannot be taken: {reason}', 0, f"look at: ls -la {shell_quoted(folder)}", place=folder
        )
    return shapes.of_bytes(content)


def _trimmed(value: TypedValue) -> TypedValue:
    """A text of one line without its line end; any other value as it is."""
    content = value.reveal()
    line = content.removesuffix(b"\n").removesuffix(b"\r") if content.endswith(b"\n") else content
    return TypedValue(value.kind, line) if value.kind is ValueType.TEXT and b"\n" not in line else value
