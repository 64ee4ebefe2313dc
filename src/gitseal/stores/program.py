"""A program of one's own: `exec:PROGRAM ARGUMENT...`, started without a shell, with one JSON document on standard input.

It is started to read, and if something is to be written, once more to write all of it:

    {"version": 1, "action": "read"}
    {"version": 1, "action": "write",
     "set": {NAME: {"value": TEXT, "mark": TEXT, "version": TEXT}}, "remove": {NAME: {"version": TEXT}}}

To read, it prints `{NAME: {"value": TEXT, "mark": TEXT, "version": TEXT}}`, or nothing if it cannot tell what is there: then all
names are set each time. What is no UTF-8 has `base64` in place of `value`. `mark` is kept beside the value, as it is.
"""

import json
import os
import re
import shlex
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError
from gitseal.stores.protocol import Carries, Edit, Live, Outside, Store, StoreRefusal, Untold, Values

CARRIES = Carries(
    locator="`exec:PROGRAM ARGUMENT...`, without a shell, started at the repository's top; files of the repository among these"
    " words have to be those of the published commit, and behind no link and in no submodule, also within an option (`-fNAME`)"
    " or a command for a shell (`sh -c 'NAME production'`). What a program reads beyond them is not compared:"
    " `python3 -m PACKAGE`, a folder or what follows a `cd` to it, the modules that a script imports",
    names="any",
    values="any bytes; what is no UTF-8 text as base64",
    mark="given with each value, for the program to keep",
    race="the program's own: it gets the version that it told",
    removal="the program's own",
)

_VERSION = 1
# Signs of a shell, of options (`--x=NAME`) and of lists.
_APART = re.compile(r"[\s=;|&()<>'\"`,:$@{}]+")
# A name may follow the letters of options at once: `-fNAME`, `-xzfNAME`.
_MOST_LETTERS = 4


def limits(locator: str, values: Values) -> Iterator[StoreRefusal]:  # noqa: ARG001 - a program takes whatever there is
    """Nothing is refused. Raises Error for a locator that names no program."""
    words(locator)
    return iter(())


def open_store(locator: str, outside: Outside) -> Store:
    """The program."""
    program, *arguments = words(locator)
    if is_in_repository(program):
        program = str(Path(outside.folder, program))
    return _ProgramStore([program, *arguments], outside)


def words(locator: str) -> list[str]:
    """The program and its arguments, quoted as a shell has it. Raises Error if there are none."""
    try:
        split = shlex.split(locator)
    except ValueError:
        split = []
    if not split:
        raise Error(
            f'"exec:{locator}" names no program', "give a program and its arguments: exec:deploy/push.sh production"
        )
    # The policy is UTF-8 whatever the locale is, and so are the files and programs that it names.
    return [os.fsdecode(word.encode()) for word in split]


def possible_files(word: str) -> set[str]:
    """What of an argument may name a file: all of it, what is within an option, and the words of a command for a shell.

    A file that is named and not meant is compared in vain, and does no harm.
    """
    pieces = {word, *_APART.split(word)}
    with suppress(ValueError):
        pieces |= {*shlex.split(word)}
    options = (piece for piece in pieces if piece.startswith("-"))
    joined = {piece[at:] for piece in options for at in range(2, _MOST_LETTERS + 2)}
    return (pieces | joined) - {""}


def is_in_repository(program: str) -> bool:
    """True for a path below the repository's top; others are looked up as a shell does."""
    return "/" in program and not program.startswith("/")


class _ProgramStore:
    """See the module. One start writes all."""

    is_whole = True
    keeps_marks = True

    def __init__(self, command: Sequence[str], outside: Outside) -> None:
        self._command = command
        self._start, self._folder = outside.start, outside.folder
        self._tells = True

    def read(self) -> dict[str, Live]:
        """See `Store`."""
        printed = self._run({"action": "read"}, ())
        self._tells = bool(printed.strip())
        if not self._tells:
            return {}
        try:
            content = json.loads(printed)
            return {str(name): _live(entry) for name, entry in content.items()}
        except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
            raise self._error("printed something else than what is there as JSON") from None

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`."""
        given = [(edit, edit.value) for edit in edits]
        put = {edit.name: _entry(edit, value) for edit, value in given if value is not None}
        gone = {edit.name: {"version": edit.version} for edit, value in given if value is None}
        secrets = [(edit.name, value.reveal()) for edit, value in given if value is not None]
        try:
            self._run({"action": "write", "set": put, "remove": gone}, secrets)
        except RemoteError as error:
            if self._tells:
                raise
            raise Untold(error.message, error.hint) from None

    def _run(self, document: dict[str, object], secrets: Sequence[tuple[str, bytes]]) -> bytes:
        message = json.dumps({"version": _VERSION, **document}).encode() + b"\n"
        answer = self._start(self._command, SecretBytes(message), secrets, {}, self._folder)
        if answer.status:
            raise self._error(f"ended with status {answer.status}")
        if answer.is_too_long:
            raise self._error("printed more than fits")
        return answer.printed.reveal()

    def _error(self, what: str) -> RemoteError:
        name = Path(self._command[0]).name
        return RemoteError(
            f'the program "{name}" {what}', "mend it, and run the same again: it reads what is there first"
        )


def _live(entry: dict[str, Any]) -> Live:
    content = a2b_base64(entry["base64"]) if "base64" in entry else str(entry["value"]).encode()
    return Live(str(entry.get("version", "")), str(entry.get("mark", "")), SecretBytes(content))


def _entry(edit: Edit, value: SecretBytes) -> dict[str, str]:
    content = value.reveal()
    try:
        told = {"value": content.decode()}
    except UnicodeDecodeError:
        told = {"base64": b2a_base64(content, newline=False).decode("ascii")}
    return told | {"mark": edit.mark, "version": edit.version}
