"""The variables of a running process: what `env -0` prints, or `/proc/PID/environ` holds. Each is raw and ends with a NUL.

What `env` prints without `-0` is refused: it looks like an env file and is none. Nothing in it is quoted, so a reader of env
files would cut values at ` #`, take their quotes away, and read the second line of a value as a name.
"""

import re
from collections.abc import Iterator

from gitseal.errors import Malformed
from gitseal.exchange._names import shown
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened
from gitseal.report.plurals import plural

_NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_.-]*=")
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


def read(data: bytes, _source: ForeignSource) -> Opened | None:
    """The variables, without those that the machine sets itself; None if the file is of another shape.

    Raises Malformed for what `env` prints without `-0`.
    """
    if _NAME.match(data) and b"\0" in data:
        variables = list(_variables(data))
        left = sorted(name for name, _ in variables if _OF_THE_MACHINE.fullmatch(name) or name.startswith(_FUNCTION))
        values = [FoundValue((name,), shapes.of_bytes(content)) for name, content in variables if name not in left]
        words = (
            f"{plural(len(left), 'variable')} left out, which the machine sets itself: {', '.join(map(shown, left))}"
        )
        return Opened(shapes.imported(values), is_untyped=True, notes=(words,) if left else ())
    if _PATH.search(data) and _COMPANION.search(data):
        hint = "print it with env -0, which keeps each value whole; a file written by hand: --format dotenv"
        raise Malformed("it looks like what env prints, which has no quotes, so values could come in wrong", 0, hint)
    return None


def _variables(data: bytes) -> Iterator[tuple[str, bytes]]:
    *entries, rest = data.split(b"\0")
    if rest:
        raise Malformed("it ends in the middle of a variable", 0, "print it again: env -0 ends each with a NUL")
    for number, entry in enumerate(entries, 1):
        name, equals, content = entry.partition(b"=")
        if not equals:
            raise Malformed(f"variable {number} has no = after its name", 0, "print it again, with env -0")
        yield name.decode("utf-8", "replace"), content
