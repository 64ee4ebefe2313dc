"""Key types of other programs: `age1NAME1…` and `AGE-PLUGIN-NAME-1…` (C2SP age-plugin.md).

pyrage starts `age-plugin-NAME` itself and hands it the environment of this process. So for the time of the call
`_hidden` takes out of `os.environ` what a plugin must not see, and puts it back. Other threads that read the
environment or start programs meanwhile miss these variables too; calls of this module wait for each other.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from gitseal.crypto import bech32
from gitseal.errors import Error, Malformed
from gitseal.hidden import SecretBytes
from gitseal.recipients import rage
from gitseal.recipients.passphrase import Ask, Tell
from gitseal.recipients.protocol import AgeHeader, Tier
from gitseal.recipients.rage import Key, pyrage
from gitseal.recipients.stanza import NATIVE, parse_header
from gitseal.variables import IDENTITY_VARIABLES

_NOT_YET = {
    "pq": ("post-quantum recipients are not supported yet", "use the key's age1… recipient of type X25519"),
}
_SHOWN = 200
_PRIVATE = re.compile(r"AGE-(?:PLUGIN|SECRET)\S*", re.IGNORECASE)
_lock = Lock()


class PluginRecipient:
    """The public half: a name for the program and data that only the program reads."""

    __slots__ = ("_key", "canonical")

    def __init__(self, canonical: str, key: Key) -> None:
        self.canonical = canonical
        self._key = key

    def __repr__(self) -> str:
        return f"PluginRecipient({self.canonical!r})"

    def wrap(self, data_key: bytes) -> bytes:
        """See `Recipient.wrap`. Raises Error where the program is missing, fails or wraps for more than one key."""
        name = self._key.plugin()
        talk = _Talk(name, None, None)
        try:
            with _hidden(), talk.kept():
                _program(name)
                return rage.wrap(data_key, self, pyrage.plugin.RecipientPluginV1(name, [self._key], [], talk))
        except pyrage.EncryptError as failure:
            raise _failed(f"age-plugin-{name}", str(failure)) from None
        except Malformed as failure:
            raise Error(f"age-plugin-{name} made no stanza: {failure.message}", "use another recipient") from None

    def fits(self, header: AgeHeader) -> bool:
        """Whether the type is not one of age's own; which types a plugin uses is not known."""
        return header.type not in NATIVE


class PluginIdentity:
    """The private half, or only the way to it; what its recipient is does not show."""

    __slots__ = ("_key", "_talk", "label", "recipient", "tier")

    def __init__(self, key: Key, label: str, ask: Ask | None, tell: Tell | None) -> None:
        self._key = key
        self._talk = _Talk(key.plugin(), ask, tell)
        self.label = label
        self.recipient: str | None = None
        self.tier = Tier.PLUGIN

    def __repr__(self) -> str:
        return f"PluginIdentity({self.label!r}, age-plugin-{self._key.plugin()})"

    def wants(self, recipient_id: str) -> bool:  # noqa: ARG002 - the protocol's argument
        """Every stanza may be its own."""
        return True

    def unwrap(self, stanza: bytes) -> bytes | None:
        """See `Identity.unwrap`; native stanzas too, since a plugin may be an agent that holds native keys."""
        parse_header(stanza)
        name = self._key.plugin()
        with _hidden(), self._talk.kept():
            program = _program(name)
            key = pyrage.plugin.IdentityPluginV1(name, [self._key], self._talk)
            return rage.unwrap(stanza, key, lambda words: _failed(program, words))


def parse(text: str) -> PluginRecipient:
    """Parse `age1NAME1…` in lower case; needs no plugin yet. Raises Error."""
    try:
        key = pyrage.plugin.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise Error("the age recipient is mistyped or cut short", "copy the whole line, age1NAME1…") from None
    name = key.plugin()
    if name in _NOT_YET:
        raise Error(*_NOT_YET[name])
    if text != text.lower() or bech32.payload(text) is None:
        raise Error("the age recipient is not in its canonical spelling", "copy the whole line, age1NAME1…")
    return PluginRecipient(text, key)


def parse_identity(text: str, label: str, ask: Ask | None = None, tell: Tell | None = None) -> PluginIdentity:
    """Parse `AGE-PLUGIN-NAME-1…`; needs no plugin yet. Raises Error."""
    try:
        key = pyrage.plugin.Identity.from_str(text)
    except pyrage.IdentityError:
        raise Error(f'"{label}" is not a whole plugin identity', "make it again with the plugin") from None
    return PluginIdentity(key, label, ask, tell)


def _program(name: str) -> str:
    """Give the program's name, after a look that it is there to be started."""
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
    """pyrage's callbacks. They must not raise, since it would panic: an exception waits until `kept` ends."""

    __slots__ = ("_ask", "_failure", "_name", "_tell")

    def __init__(self, name: str, ask: Ask | None, tell: Tell | None) -> None:
        self._name = name
        self._ask = ask
        self._tell = tell
        self._failure: BaseException | None = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Raise in the end what a callback raised, before any failure that came of it."""
        self._failure = None
        try:
            yield
        finally:
            failure, self._failure = self._failure, None
            if failure is not None:
                raise failure

    def display_message(self, message: str) -> None:
        try:
            if self._tell is not None:
                self._tell(f"age-plugin-{self._name}: {_line(message)}")
        except BaseException as failure:  # noqa: BLE001 - see the class
            self._failure = failure

    def confirm(self, message: str, yes: str, no: str | None) -> None:  # noqa: ARG002 - pyrage's signature
        """Nobody is asked to confirm: None says so to the plugin."""
        return None  # noqa: RET501 - said to the plugin

    def request_public_string(self, message: str) -> None:  # noqa: ARG002 - pyrage's signature
        """Nobody is asked for public strings: None says so to the plugin."""
        return None  # noqa: RET501 - said to the plugin

    def request_passphrase(self, message: str) -> str | None:
        # Not remembered: a wrong PIN given again by itself locks a hardware key.
        try:
            answer = self._ask(f"age-plugin-{self._name} asks: {_line(message)}") if self._ask else None
            answer = answer.reveal() if isinstance(answer, SecretBytes) else answer
            return None if answer is None else answer.decode()
        except BaseException as failure:  # noqa: BLE001 - see the class
            self._failure = failure
            return None


def _failed(program: str, words: str) -> Error:
    """Say what a plugin said, on one line and without anything that looks like an identity."""
    return Error(f"{program} failed: {_line(_PRIVATE.sub('…', words))}", "see that its device and settings are there")


def _line(text: str) -> str:
    """No control characters reach the terminal; Unicode's isolates, which pyrage puts around names, go too."""
    text = text.replace("\u2068", "").replace("\u2069", "")
    return "".join(c if c.isprintable() else " " for c in text)[:_SHOWN].strip()
