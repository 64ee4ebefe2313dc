"""The log of reads: on this machine, which values of protected environments were handed out, when, to which user of the system.

It is a memory for the honest: whoever can read values can also leave it out or edit it (docs/explanation/reads.md). Values are
never in it. It is written on the way of `get`, `render` and `run`, so nothing is imported for it but what it needs.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gitseal.errors import Error, os_reason, shell_quoted
from gitseal.files import atomic
from gitseal.files.lock import locked

_FILE = "reads.jsonl"
_ROTATE_BYTES = 1 << 20
_OLDER = 4
_MOST_NAMES = 200
_WAIT_SECONDS = 2.0
_PRINTABLE = range(0x20, 0x7F)
_BEYOND_16_BITS = 0x10000


class LoggedRead(NamedTuple):
    """One read. `when` is ISO 8601 in UTC, `who` the system's user, `root` the folder that holds `.secrets`.

    `names` are those that were handed out, the first 200 of `total`.
    """

    when: str
    who: str
    command: str
    root: str
    environment: str
    names: tuple[str, ...]
    total: int


def folder(environ: Mapping[str, str], home: Path) -> Path:
    """The folder of the log: below `$XDG_STATE_HOME`, by default `~/.local/state`."""
    given = Path(environ.get("XDG_STATE_HOME", ""))
    return (given if given.is_absolute() else home / ".local/state") / "gitseal" / "reads"


def append(where: Path, read: LoggedRead) -> None:
    """Adds one read, in a file of mode 0600; above 1 MiB the file is put aside, and the fifth aside is gone.

    Raises Error if it cannot be written.
    """
    try:
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(where, _WAIT_SECONDS):
            _rotate(where)
            path = where / _FILE
            atomic.append(path, _line(read) if _is_whole(path) else b"\n" + _line(read))
    except OSError as error:
        reason = os_reason(error)
        raise Error(f'"{where}" cannot be written: {reason}', f"look at: ls -ld {shell_quoted(where)}") from None


def _rotate(where: Path) -> None:
    path = where / _FILE
    if not path.exists() or path.stat().st_size < _ROTATE_BYTES:
        return
    for number in range(_OLDER, 0, -1):
        younger = where / f"reads.{number - 1}.jsonl" if number > 1 else path
        if younger.exists():
            younger.replace(where / f"reads.{number}.jsonl")


def _is_whole(path: Path) -> bool:
    """True if a file ends where a line does: a crash, or a full disk, may have cut the last one short."""
    try:
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"
    except OSError:
        return True  # it is empty, or not there


def _line(read: LoggedRead) -> bytes:
    """One JSON object on a line of its own. By hand: `json` and the `re` that it loads cost a `get` 2 to 9 ms."""
    names = ",".join(map(_text, read.names[:_MOST_NAMES]))
    fields = (("when", read.when), ("who", read.who), ("command", read.command), ("root", read.root))
    head = "".join(f'"{field}":{_text(words)},' for field, words in (*fields, ("environment", read.environment)))
    return f'{{{head}"names":[{names}],"total":{read.total}}}\n'.encode()


def _text(words: str) -> str:
    """A JSON string in ASCII, whatever the words hold (RFC 8259, section 7)."""
    return '"' + "".join(c if ord(c) in _PRINTABLE and c not in '"\\' else _escape(ord(c)) for c in words) + '"'


def _escape(code: int) -> str:
    if code < _BEYOND_16_BITS:
        return f"\\u{code:04x}"
    code -= _BEYOND_16_BITS
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def load(where: Path, root: Path, environments: Sequence[str] = (), name: str = "") -> Iterator[LoggedRead]:
    """The reads of a project, newest first, of these environments and this name if any are given.

    Broken lines are passed over: a crash may have left half of one.
    """
    for file in (_FILE, *(f"reads.{number}.jsonl" for number in range(1, _OLDER + 1))):
        try:
            lines = (where / file).read_bytes().splitlines()
        except FileNotFoundError:
            continue
        except OSError as error:
            reason = os_reason(error)
            raise Error(f'"{where / file}" cannot be read: {reason}', f"look at: ls -l {shell_quoted(where)}") from None
        for line in reversed(lines):
            read = _parse(line)
            if read is None or read.root != str(root) or (environments and read.environment not in environments):
                continue
            if not name or name in read.names or read.total > len(read.names):
                yield read


def _parse(line: bytes) -> LoggedRead | None:
    import json

    try:
        fields = json.loads(line)
        words = [fields[field] for field in LoggedRead._fields[:5]]
        names, total = [str(name) for name in fields["names"]], int(fields["total"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    when, who, command, root, environment = map(str, words)
    return LoggedRead(when, who, command, root, environment, tuple(names), total)
