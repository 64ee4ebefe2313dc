"""Where a file of another tool comes from, what is at hand to open it, and what came out of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.exchange._items import Imported
from gitseal.files.reading import read_regular
from gitseal.recipients.dialogue import NOBODY, Dialogue
from gitseal.recipients.protocol import Identity

_MOST_BYTES = 1 << 20


class ToolKeys(NamedTuple):
    """What may open a file of another tool: identities, what a person gave for it, environment variables, files of keys beside.

    `given` is the content of the file that a person named: a private key, a password, or a file of keys. `folder` is where the
    file lies; it is empty if it comes from no file. `dialogue` asks for a password; what it got once serves a second time.
    """

    identities: Callable[[], Iterable[Identity]] = tuple
    environ: Mapping[str, str] = MappingProxyType({})
    given: bytes | None = None
    folder: str = ""
    dialogue: Dialogue = NOBODY


class ForeignSource(NamedTuple):
    """The name of a file in messages, mostly its path; the format that a person gave, or empty; and the keys at hand.

    Without `sealed_comments`, comments that are sealed in a file are left out.
    """

    name: str
    format_name: str
    keys: ToolKeys
    sealed_comments: bool = False


class Opened(NamedTuple):
    """The values of a file, with all that was sealed open.

    `is_untyped`: all values are text because the format has no other type. `recipients` are the public keys that the file is
    sealed to, if an identity of ours could have one. `notes` are sentences for whoever imports it.
    """

    imported: Imported
    is_untyped: bool = False
    recipients: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def key_file(path: str, environ: Mapping[str, str]) -> bytes:
    """The content of a file of keys or a password that a variable names, `~` for the home. Raises Error."""
    home = environ.get("HOME", "")
    whole = home + path[1:] if home and path.startswith("~/") else path
    content = small_file(Path(whole))
    if content is None:
        raise Error(f'"{whole}" does not exist', "look at the environment variables, or give the file with --key-file")
    return content


def small_file(path: Path) -> bytes | None:
    """The content of a file of keys; None if there is none. Raises Error if it is large, a symlink, or cannot be read."""
    try:
        return read_regular(path, _MOST_BYTES)
    except FileNotFoundError:
        return None


def key_lines(content: bytes) -> Iterator[str]:
    """The lines of a file of keys that are neither empty nor a comment."""
    for line in content.decode("utf-8", "replace").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()
