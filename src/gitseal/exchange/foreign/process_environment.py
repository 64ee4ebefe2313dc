"""The variables of a running process: what `env -0` prints, or `/proc/PID/environ` holds. Each is raw and ends with a NUL.

What `env` prints without `-0` is refused: it looks like an env file and is none. Nothing in it is quoted, so a reader of env
files would cut values at ` #`, take their quotes away, and read the second line of a value as a name.
"""

import re
from collections.abc import Iterator

from gitseal.errors import Malformed
from gitseal.exchange._names import is_name, shown
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened
from gitseal.report.plurals import plural

# How variables begin, odd names too, and binary files do not.
_FIRST = re.compile(rb"(?!Salted__)[ -~]*=[^\0]*\0")
# A process has a search path and one of the others; an env file seldom has both.
_PATH = re.compile(rb"^PATH=/", re.MULTILINE)
_COMPANION = re.compile(rb"^(?:HOME=/|PWD=/|SHLVL=[0-9]|HOSTNAME=)", re.MULTILINE)
# What a login, a shell, a container and Fly.io set themselves (https://fly.io/docs/machines/runtime-environment).
_OF_THE_MACHINE = re.compile(
    "HOME|HOSTNAME|LOGNAME|MAIL|OLDPWD|PATH|PWD|SHELL|SHLVL|TERM|USER|_|FLY_(?:ALLOC_ID|APP_NAME|IMAGE_REF|MACHINE_ID"
    "|MACHINE_VERSION|PRIVATE_IP|PROCESS_GROUP|PUBLIC_IP|REGION|SSH|VM_MEMORY_MB)"
)
# How bash exports a function.
_FUNCTION = "BASH_FUNC_"


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The variables, without those that the machine sets itself; None if the file is of another shape.

    Raises Malformed for what `env` prints without `-0`.
    """
    if _FIRST.match(data) or (source.format_name and b"\0" in data):
        return _opened(list(_variables(data)))
    if _PATH.search(data) and _COMPANION.search(data):
        hint = "print it with env -0, which keeps each value whole; a file written by hand: --format dotenv"
        raise Malformed("it looks like what env prints, which has no quotes, so values could come in wrong", 0, hint)
    return None


def _opened(variables: list[tuple[str, bytes]]) -> Opened:
    of_machine = sorted(name for name, _ in variables if _is_of_the_machine(name))
    unfit = sorted(name for name, _ in variables if not (is_name(name) or _is_of_the_machine(name)))
    left = {*of_machine, *unfit}
    values = [FoundValue((name,), shapes.of_bytes(content)) for name, content in variables if name not in left]
    told = {
        "which the machine sets itself": list(map(shown, of_machine)),
        "whose names cannot be names here": list(map(_quoted, unfit)),
    }
    notes = (
        f"{plural(len(names), 'variable')} left out, {why}: {', '.join(names)}" for why, names in told.items() if names
    )
    return Opened(shapes.imported(values), is_untyped=True, notes=tuple(notes))


def _is_of_the_machine(name: str) -> bool:
    return _OF_THE_MACHINE.fullmatch(name) is not None or name.startswith(_FUNCTION)


def _quoted(name: str) -> str:
    return f'"{shown(name)}"'


def _variables(data: bytes) -> Iterator[tuple[str, bytes]]:
    *entries, rest = data.split(b"\0")
    if rest:
        raise Malformed("it ends in the middle of a variable", 0, "print it again: env -0 ends each with a NUL")
    for number, entry in enumerate(entries, 1):
        name, equals, content = entry.partition(b"=")
        if not equals:
            raise Malformed(f"variable {number} has no = after its name", 0, "print it again, with env -0")
        yield name.decode("utf-8", "replace"), content
