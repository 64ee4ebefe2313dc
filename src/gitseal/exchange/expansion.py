"""Resolves `${NAME}` and the like in imported values, once, at import, and only if the user asks for it."""

import re
from collections.abc import Iterator, Mapping

from gitseal.document.value import text as text_value
from gitseal.errors import Error
from gitseal.exchange._items import Imported, ImportedValue
from gitseal.exchange._names import shown

_FORM = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_.]*+|)(?:(:?-)([^}]*))?\})")
_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]{0,127})")
_NESTED = re.compile(r"\$[{A-Za-z_]")
_MAX_EXPANDED = 64 * 1024 * 1024


def expand(imported: Imported, environ: Mapping[str, str]) -> Imported:
    r"""Resolve `${NAME}`, `$NAME`, `${NAME-default}` and `${NAME:-default}` in the values.

    A reference takes the nearest earlier line of the file that sets the name, else `environ`. Later lines do not count: bash
    and python-dotenv both assign line by line. So there can be no cycle. A backslash before a reference makes it text, as in
    bash: `\$NAME` becomes `$NAME`.

    Raises Error, with the name and the reference, in these cases: the value holds a command, which a shell would run; nothing
    sets the name (both readers would quietly take the empty text); the reference has another form, or another reference in
    it; `:-` meets a name that is set to the empty text (shells take the default then, python-dotenv does not); all values
    together grow beyond 64 MiB.
    """
    known: dict[str, str] = {}
    left = _MAX_EXPANDED
    done: dict[int, ImportedValue] = {}
    # Overridden values too: between its two assignments a name has its first value.
    for item in sorted((*imported.items, *imported.overridden), key=lambda item: item.line):
        if len(item.path) != 1:
            continue
        content = item.value.reveal()
        if item.runs:
            raise Error(
                f'"{item.path[0]}" holds a command, which a shell would run; gitseal runs none',
                "write what the command prints, or put the value in single quotes to keep it as it is",
            )
        if item.spans or item.escapes:
            pieces = list(_pieces(item, content.decode(), known, environ))
            left -= sum(map(len, pieces))
            if left < 0:
                raise Error(f'expanding "{item.path[0]}" makes the values too large', "import without --expand")
            content = "".join(pieces).encode()
            done[item.line] = item._replace(value=text_value(content.decode()), spans=(), escapes=())
        known[item.path[0]] = content.decode("utf-8", "replace")
    items = tuple(done.get(item.line, item) if item.spans or item.escapes else item for item in imported.items)
    return Imported(items, (), imported.duplicates, below=imported.below)


def _pieces(item: ImportedValue, text: str, known: Mapping[str, str], environ: Mapping[str, str]) -> Iterator[str]:
    position = 0
    for start, end in sorted((*item.spans, *((at, at + 1) for at in item.escapes))):
        yield text[position:start]
        if text[start] == "$":
            yield _resolved(item.path[0], text[start:end], known, environ)
        position = end
    yield text[position:]


def _resolved(name: str, reference: str, known: Mapping[str, str], environ: Mapping[str, str]) -> str:
    match = _FORM.fullmatch(reference)
    if match is None or (match[2] == "" and not match[3]):
        raise _unclear(name, reference)
    wanted, operator, default = match[1] or match[2], match[3], match[4] or ""
    if _NESTED.search(default):
        raise _unclear(name, reference)
    content = known.get(wanted, environ.get(wanted))
    if content is None and not operator:
        raise Error(
            f'"{name}" refers to "{wanted}", which no earlier line and no environment variable sets',
            f"set it first, as in: {wanted}=… gitseal import …; or write ${{{wanted}-}} where it may be missing",
        )
    if content == "" and operator == ":-" and default:
        raise Error(
            f'"{name}" has a default for "{wanted}", which is empty: shells take the default, python-dotenv does not',
            f"write ${{{wanted}}} or the default itself",
        )
    return default if content is None else content


def _unclear(name: str, reference: str) -> Error:
    """The Error for a reference. It quotes the name and nothing else: a default may be a secret."""
    wanted = _NAME.match(reference)
    about = f' to "{shown(wanted[1])}"' if wanted else ""
    return Error(
        f'"{name}" holds a reference{about} of a form that readers do not agree on',
        "write ${NAME}, ${NAME-default} or ${NAME:-default}, or put the value in single quotes to keep it as it is",
    )
