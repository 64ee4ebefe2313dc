"""Key types of other programs: `age1NAME1…` and `AGE-PLUGIN-NAME-1…` (C2SP age-plugin.md).

pyrage starts `age-plugin-NAME` itself and gives it the environment of this process. So `_hidden` takes out of `os.environ`
what a plugin must not see, and puts it back after the call. Other threads that read the environment or start programs at
that moment miss these variables too; calls of this module wait for each other.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from gitseal.crypto import bech32
from gitseal.errors import Error, Malformed
from gitseal.hidden import SecretBytes
from gitseal.recipients import rage
from gitseal.recipients.passphrase import Ask, Confirm, Tell
from gitseal.recipients.protocol import AgeHeader, Tier
from gitseal.recipients.rage import Key, pyrage
from gitseal.recipients.stanza import NATIVE, parse_header
from gitseal.variables import IDENTITY_VARIABLES

_SHOWN = 200  # characters of a plugin's words: enough for a sentence, too few to flood a log
_PRIVATE = re.compile(r"AGE-(?:PLUGIN|SECRET)\S*", re.IGNORECASE)
_lock = Lock()


class PluginRecipient:
    """The public half: the name of the program, and data that only the program understands."""

    __slots__ = ("_key", "canonical")

    def __init__(self, canonical: str, key: Key) -> None:
        self.canonical = canonical
        self._key = key

    def __repr__(self) -> str:
        return f"PluginRecipient({self.canonical!r})"

    def wrap(self, data_key: bytes) -> bytes:
        """See `Recipient.wrap`. Raises Error if the program is missing, fails, or wraps to more than one key."""
        name = self._key.plugin()
        talk = _Talk(name)
        try:
            with _hidden(), talk.kept():
                _program(name)
                return rage.wrap(data_key, self, pyrage.plugin.RecipientPluginV1(name, [self._key], [], talk))
        except pyrage.EncryptError as failure:
            raise _failed(f"age-plugin-{name}", str(failure)) from None
        except Malformed as failure:
            # A plugin is a stranger's program: what it made has just failed the check that every reader makes.
            raise Error(f"age-plugin-{name} made no stanza: {failure.message}", "use another recipient") from None

    def fits(self, header: AgeHeader) -> bool:
        """True if the type is none that age defines itself. More cannot be said: only the plugin knows its own types."""
        return header.type not in NATIVE


class PluginIdentity:
    """The private half, or only a way to it, such as the serial number of a hardware key. Its recipient is unknown."""

    __slots__ = ("_key", "_talk", "label", "recipient", "tier")

    def __init__(self, key: Key, label: str, talk: "_Talk") -> None:
        self._key = key
        self._talk = talk
        self.label = label
        self.recipient: str | None = None
        self.tier = Tier.PLUGIN

    def __repr__(self) -> str:
        return f"PluginIdentity({self.label!r}, age-plugin-{self._key.plugin()})"

    def wants(self, recipient_id: str) -> bool:  # noqa: ARG002 - the protocol's argument
        """True: only the plugin can tell its own stanzas from others."""
        return True

    def unwrap(self, stanza: bytes) -> bytes | None:
        """See `Identity.unwrap`; native stanzas too, since a plugin may be an agent that holds native keys."""
        parse_header(stanza)
        return self._opened(stanza, rage.unwrap)

    def open_file(self, file: bytes) -> bytes | None:
        """See `Identity.open_file`."""
        return self._opened(file, rage.open_file)

    def _opened(
        self, file: bytes, attempt: Callable[[bytes, Key, Callable[[str], Error]], bytes | None]
    ) -> bytes | None:
        name = self._key.plugin()
        with _hidden(), self._talk.kept():
            program = _program(name)
            # Made in here, for making it looks the program up: on the PATH that `_hidden` has cleaned.
            key = pyrage.plugin.IdentityPluginV1(name, [self._key], self._talk)
            content = attempt(file, key, lambda words: _failed(program, words))
            self._talk.served = content is not None
            return content


def parse(text: str) -> PluginRecipient:
    """Parse `age1NAME1…` in lower case; the plugin need not be installed. Raises Error if it is mistyped or unsupported."""
    try:
        key = pyrage.plugin.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise Error("the age recipient is mistyped or cut short", "copy the whole line, age1NAME1…") from None
    # One key, one spelling, for ids are made of the text. Bech32 itself allows upper case, and bits at the end that belong
    # to no byte.
    if text != text.lower() or bech32.payload(text) is None:
        raise Error("the age recipient is not in its canonical spelling", "copy the whole line, age1NAME1…")
    return PluginRecipient(text, key)


def parse_identity(
    text: str, label: str, ask: Ask | None = None, tell: Tell | None = None, confirm: Confirm | None = None
) -> PluginIdentity:
    """Parse `AGE-PLUGIN-NAME-1…`; the plugin need not be installed. Raises Error if a character is wrong."""
    try:
        key = pyrage.plugin.Identity.from_str(text)
    except pyrage.IdentityError:
        raise Error(f'"{label}" is not a whole plugin identity', "make it again with the plugin") from None
    return PluginIdentity(key, label, _Talk(key.plugin(), ask, tell, confirm))


def _program(name: str) -> str:
    """The program's name. Raises Error if it is not on the PATH: pyrage would only say that a plugin failed.

    Called inside `_hidden`, so that relative entries of the PATH are gone already.
    """
    program = f"age-plugin-{name}"
    for directory in os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(directory, program)  # noqa: PTH118 - pathlib takes longer to import than this to run
        if os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113
            return program
    raise Error(f'"{program}" is not installed', f"install {program} and put it on the PATH (see its own page)")


@contextmanager
def _hidden() -> Iterator[None]:
    """Take identity variables and AGEDEBUG out of the environment, and relative paths out of PATH.

    AGEDEBUG=plugin makes pyrage print file keys. A relative PATH entry would start a program out of the repository.
    """
    with _lock:
        kept = {name: os.environ.pop(name) for name in (*IDENTITY_VARIABLES, "AGEDEBUG") if name in os.environ}
        path = os.environ.get("PATH")
        try:
            if path is not None:
                kept["PATH"] = path
                os.environ["PATH"] = os.pathsep.join(p for p in path.split(os.pathsep) if p.startswith("/"))
            yield
        finally:
            os.environ.update(kept)


class _Talk:
    """pyrage's callbacks. They must not raise, since it would panic: an exception waits until `kept` ends.

    A person is asked once a command: what they answered is given again if a stanza was opened with it. A wrong answer never
    is: a PIN that is given again by itself locks a hardware key.
    """

    __slots__ = ("_answers", "_ask", "_confirm", "_failure", "_given", "_name", "_tell", "served")

    def __init__(
        self, name: str, ask: Ask | None = None, tell: Tell | None = None, confirm: Confirm | None = None
    ) -> None:
        self._name = name
        self._ask = ask
        self._tell = tell
        self._confirm = confirm
        self._failure: BaseException | None = None
        self._answers: dict[str, str | bool] = {}
        self._given: dict[str, str | bool] = {}
        # Set by the caller inside `kept`: a stanza was opened.
        self.served = False

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Raise in the end what a callback raised, before any failure that came of it."""
        self._failure, self._given, self.served = None, {}, False
        try:
            yield
        finally:
            self._answers = self._given if self.served else {}
            # In `finally`, so that Ctrl-C at the passphrase is told, and not the failure of a plugin that got no answer.
            failure, self._failure = self._failure, None
            if failure is not None:
                raise failure

    def display_message(self, message: str) -> None:
        try:
            if self._tell is not None:
                self._tell(f"age-plugin-{self._name}: {_line(message)}")
        except BaseException as failure:  # noqa: BLE001 - see the class
            self._failure = failure

    def confirm(self, message: str, yes: str, no: str | None) -> bool | None:
        """The person's yes or no. None tells the plugin that nobody can be asked."""
        try:
            answer = self._answers.get(message)
            if answer is None and self._confirm is not None:
                words = f"age-plugin-{self._name} asks: {_line(message)}"
                answer = self._confirm(words, _line(yes), _line(no) if no else None)
            if answer is None:
                self._unanswered(message)
                return None
            self._given[message] = answer
            return bool(answer)
        except BaseException as failure:  # noqa: BLE001 - see the class
            self._failure = failure
            return None

    def request_public_string(self, message: str) -> None:
        """None tells the plugin that nobody can be asked for a string."""
        try:
            self._unanswered(message)
        except BaseException as failure:  # noqa: BLE001 - see the class
            self._failure = failure

    def request_passphrase(self, message: str) -> str | None:
        try:
            answer = self._answers.get(message)
            if answer is None:
                typed = self._ask(f"age-plugin-{self._name} asks: {_line(message)}") if self._ask else None
                typed = typed.reveal() if isinstance(typed, SecretBytes) else typed
                answer = None if typed is None else typed.decode()
            if answer is None:
                self._unanswered(message)
                return None
            self._given[message] = answer
            return str(answer)
        except BaseException as failure:  # noqa: BLE001 - see the class
            self._failure = failure
            return None

    def _unanswered(self, message: str) -> None:
        if self._tell is not None:
            self._tell(f"age-plugin-{self._name} asks, and gets no answer here: {_line(message)}")


def _failed(program: str, words: str) -> Error:
    """The Error with the plugin's own words, on one line and without anything in them that looks like an identity."""
    return Error(f"{program} failed: {_line(_PRIVATE.sub('…', words))}", "see that its device and settings are there")


def _line(text: str) -> str:
    """A plugin's words as a terminal may show them: no control characters, so that they cannot move the cursor or lie."""
    # Fluent, which pyrage's messages come from, puts Unicode's isolates around names. Left in, they would become blanks.
    text = text.replace("\u2068", "").replace("\u2069", "")
    return "".join(c if c.isprintable() else " " for c in text)[:_SHOWN].strip()
