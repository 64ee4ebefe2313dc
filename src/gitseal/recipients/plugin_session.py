"""One conversation with an age plugin (C2SP age-plugin.md): commands in age's stanzas, over its standard input and output.

pyrage can start plugins too, but each for one file, and with all of this process's environment.
"""

import os
import select
import subprocess

from gitseal.errors import Error, Malformed
from gitseal.hidden import SecretBytes
from gitseal.recipients.plugin_talk import PluginCommand, Talk
from gitseal.recipients.stanza import body_lines, decode
from gitseal.variables import IDENTITY_VARIABLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

    from gitseal.recipients.dialogue import Reply

_LINE = 64
_MOST_BYTES = 1024 * 1024  # of one command; a plugin sends a stanza of 8 KiB at most, or a sentence
_READ = 64 * 1024
_PATIENCE = 5.0  # seconds until a person is told for whom the command waits, as age does it
_LEAVING = 5  # seconds that a plugin has to end
_CHECK = "see that its device and settings are there"


class PluginSession:
    """A started plugin. Use it as a context; leaving it ends the program."""

    def __init__(self, name: str, state: str) -> None:
        self.program = f"age-plugin-{name}"
        self._buffer = b""
        environ = _environment()
        path = _find(self.program, environ.get("PATH", ""))
        try:
            self._process = subprocess.Popen(
                [path, f"--age-plugin={state}"],
                env=environ,
                # What a plugin does must not depend on the repository that it is started in.
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        except OSError as failure:
            raise Error(f'"{self.program}" cannot be started: {failure.strerror}', _CHECK) from None

    def __enter__(self) -> "Self":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _failure: BaseException | None, _trace: "TracebackType | None"
    ) -> None:
        if kind is not None:
            self._process.terminate()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(timeout=_LEAVING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def send(self, *words: str, body: bytes = b"") -> None:
        """Sends one command. Raises Error if the plugin has ended."""
        content = "\n".join(("-> " + " ".join(words), *body_lines(body), "")).encode()
        stream = self._process.stdin
        try:
            while stream is not None and content:
                content = content[stream.write(content) :]
        except OSError:
            raise self._ended() from None

    def converse(self, handlers: "Mapping[str, Callable[[PluginCommand], None]]", talk: Talk) -> None:
        """Lets the plugin lead until it is done. `handlers` take what is its result; all else is for a person.

        Raises Error if it ends early or says what is no command of the protocol.
        """
        while True:
            command = self._receive(talk)
            kind = command.words[0]
            if kind == "done":
                return
            try:
                words, body = _taken(handlers[kind], command) if kind in handlers else talk.answer(command)
            except (IndexError, KeyError, Malformed):
                raise self._garbled() from None
            self.send(*words, body=body.reveal())

    def _receive(self, talk: Talk) -> PluginCommand:
        head = self._line(talk)
        if not head.startswith("-> "):
            raise self._garbled()
        words = tuple(head[3:].split(" "))
        text = ""
        while True:
            line = self._line(talk)
            text += line
            if len(line) < _LINE:
                break
            if len(text) > _MOST_BYTES:
                raise self._garbled()
        try:
            return PluginCommand(words, decode(text.encode(), "a command's body"))
        except Malformed:
            raise self._garbled() from None

    def _line(self, talk: Talk) -> str:
        is_told = False
        stream = self._process.stdout
        while b"\n" not in self._buffer:
            if stream is None or len(self._buffer) > _MOST_BYTES:
                raise self._garbled()
            if not is_told and not select.select([stream], [], [], _PATIENCE)[0]:
                talk.wait()
                is_told = True
            read = os.read(stream.fileno(), _READ)
            if not read:
                raise self._ended()
            self._buffer += read
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode("utf-8", "replace")

    def _ended(self) -> Error:
        return Error(f"{self.program} failed: it ended early", _CHECK)

    def _garbled(self) -> Error:
        return Error(f"{self.program} failed: it does not keep to the protocol of age's plugins", "upgrade it")


def _taken(handler: "Callable[[PluginCommand], None]", command: PluginCommand) -> "Reply":
    handler(command)
    return ("ok",), SecretBytes(b"")


def _environment() -> dict[str, str]:
    """What a plugin gets: no identity of ours, and no relative entries of PATH, which may lead into the repository."""
    environ = {name: value for name, value in os.environ.items() if name not in {*IDENTITY_VARIABLES, "AGEDEBUG"}}
    if "PATH" in environ:
        environ["PATH"] = os.pathsep.join(entry for entry in environ["PATH"].split(os.pathsep) if entry.startswith("/"))
    return environ


def _find(program: str, path: str) -> str:
    for folder in path.split(os.pathsep):
        place = os.path.join(folder, program)  # noqa: PTH118 - pathlib takes longer to import than this to run
        if folder and os.path.isfile(place) and os.access(place, os.X_OK):  # noqa: PTH113
            return place
    raise Error(f'"{program}" is not installed', f"install {program} and put it on the PATH (see its own page)")
