"""`docker-build`: arguments for `docker build`, on one line for `eval`.

    eval "docker build $(gitseal render --format docker-build) ."

Plain values are build arguments. Of a sealed one only the name is written, as `--secret id=NAME,env=NAME`, and the builder
takes the value from the environment that `gitseal run` gives it. So it appears in no argument, no layer and no history of
the image.
"""

from collections.abc import Sequence

from gitseal.render._env import NUL, check_name, gather
from gitseal.render._shape import CannotCarry, Options, RenderedEntry, text_of
from gitseal.render.shell import encode

SECTIONS = False

_MAX_ARGUMENT = 131_071  # bytes: MAX_ARG_STRLEN of Linux without its NUL


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """Two words for each entry, quoted for a shell; a value of several lines spans as many. Raises as `_env.records` does."""
    words = gather(entries, _words)
    return (" ".join(words) + "\n").encode() if words else b""


def _words(name: str, entry: RenderedEntry) -> str:
    check_name(name)
    if b"\0" in entry.value.reveal():
        raise CannotCarry(NUL)
    if entry.sealed:
        return f"--secret id={name},env={name}"
    text = text_of(entry.value)
    if len(name) + 1 + len(text.encode()) > _MAX_ARGUMENT:
        raise CannotCarry("more than the 128 KiB that Linux takes in one argument")
    return f"--build-arg {name}={encode(text)}"
