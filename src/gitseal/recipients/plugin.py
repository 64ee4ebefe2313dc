"""Key types of other programs: `age1NAME1…` and `AGE-PLUGIN-NAME-1…` (C2SP age-plugin.md).

The program `age-plugin-NAME` wraps and unwraps; which stanzas are its own, only it knows.
"""

import re

import pyrage

from gitseal.crypto import bech32
from gitseal.errors import Damaged, Error, Malformed
from gitseal.recipients import age_file
from gitseal.recipients.dialogue import NOBODY, Dialogue
from gitseal.recipients.plugin_talk import PluginCommand, Talk, line
from gitseal.recipients.protocol import AgeHeader, Tier
from gitseal.recipients.stanza import NATIVE, check_data_key, check_stanza, parse_header, parse_headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_PRIVATE = re.compile(r"AGE-(?:PLUGIN|SECRET)\S*", re.IGNORECASE)
_CHECK = "see that its device and settings are there"


class PluginRecipient:
    """The public half: the name of the program, and data that only the program understands."""

    __slots__ = ("_name", "canonical")

    def __init__(self, canonical: str, name: str) -> None:
        self.canonical = canonical
        self._name = name

    def __repr__(self) -> str:
        return f"PluginRecipient({self.canonical!r})"

    def wrap(self, data_key: bytes, dialogue: Dialogue = NOBODY) -> bytes:
        """See `Recipient.wrap`. Raises Error if the program is missing, fails, or wraps to more than one key."""
        check_data_key(data_key)
        file_key = age_file.new_file_key()
        made: list[age_file.WrappedFileKey] = []
        errors: list[str] = []

        def stanza(command: PluginCommand) -> None:
            kind, *arguments = command.words[2:]
            made.append(age_file.WrappedFileKey(kind, tuple(arguments), command.body))

        from gitseal.recipients.plugin_session import PluginSession  # most recipients are no plugin's

        talk = Talk(self._name, dialogue)
        with talk.conversation(), PluginSession(self._name, "recipient-v1") as session:
            session.send("add-recipient", self.canonical)
            session.send("wrap-file-key", body=file_key)
            # Labels say which recipients may stand beside each other; here each stands alone.
            session.send("extension-labels")
            session.send("done")
            handlers = {"recipient-stanza": stanza, "labels": _ignore, "error": _collector(errors)}
            session.converse(handlers, talk)
            talk.served = not errors
        if errors:
            raise _failed(talk, errors[0])
        return self._checked(data_key, made, file_key)

    def _checked(self, data_key: bytes, made: list[age_file.WrappedFileKey], file_key: bytes) -> bytes:
        program, hint = f"age-plugin-{self._name}", "use another recipient"
        if len(made) != 1:
            raise Error(f"{program} wrapped to {len(made)} recipients where one belongs", hint)
        stanza = age_file.write(data_key, made, file_key)
        try:
            check_stanza(stanza, self)
        except Malformed as failure:
            # A plugin is a stranger's program: what it made has just failed the check that every reader makes.
            raise Error(f"{program} made no stanza: {failure.message}", hint) from None
        return stanza

    def fits(self, header: AgeHeader) -> bool:
        """True unless age defines the type itself. Only the plugin knows its own types."""
        return header.type not in NATIVE


class PluginIdentity:
    """The private half, or only a way to it, such as the serial number of a hardware key. Its recipient is unknown.

    The program is started once for all stanzas that are foreseen. What came of each is kept, and so is a failure: a person is
    not asked for the same PIN again by one command.
    """

    __slots__ = ("_coming", "_failure", "_known", "_name", "_talk", "_text", "label", "recipient", "tier")

    def __init__(self, text: str, name: str, label: str, dialogue: Dialogue) -> None:
        self._text = text
        self._name = name
        self._talk = Talk(name, dialogue)
        self._coming: tuple[bytes, ...] = ()
        self._known: dict[bytes, bytes | Error | None] = {}
        self._failure: Error | None = None
        self.label = label
        self.recipient: str | None = None
        self.tier = Tier.PLUGIN

    def __repr__(self) -> str:
        return f"PluginIdentity({self.label!r}, {self._talk.program})"

    def wants(self, recipient_id: str) -> bool:  # noqa: ARG002 - the protocol's argument
        """True: only the plugin can tell its own stanzas from others."""
        return True

    def foresee(self, stanzas: "Iterable[bytes]") -> None:
        """See `protocol.foresee`."""
        self._coming = tuple(stanzas)

    def unwrap(self, stanza: bytes) -> bytes | None:
        """See `Identity.unwrap`; native stanzas too, since a plugin may be an agent that holds native keys."""
        parse_header(stanza)
        return self._content(stanza)

    def open_file(self, file: bytes) -> bytes | None:
        """See `Identity.open_file`."""
        return self._content(file)

    def _content(self, file: bytes) -> bytes | None:
        if file not in self._known and self._failure is None:
            try:
                self._open([file, *self._coming])
            except Error as failure:
                self._failure = failure
        opened = self._known.get(file, self._failure)
        if isinstance(opened, Error):
            raise opened
        return opened

    def _open(self, files: list[bytes]) -> None:
        """Has the plugin open what it can of these. Raises Error if it fails as a whole."""
        headers = {file: _headers(file) for file in files if file not in self._known}
        # By the numbers that they get in the conversation.
        asked = {str(number): file for number, file in enumerate(headers)}
        failures: list[str] = []

        def file_key(command: PluginCommand) -> None:
            file = asked[command.words[1]]
            self._known[file] = _opened(file, command.body)
            talk.served = True

        def error(command: PluginCommand) -> None:
            words = command.body.decode("utf-8", "replace")
            if command.words[1] == "stanza":
                self._known[asked[command.words[2]]] = _failed(talk, words)
            else:
                failures.append(words)

        from gitseal.recipients.plugin_session import PluginSession  # most identities are no plugin's

        talk = self._talk
        with talk.conversation(), PluginSession(self._name, "identity-v1") as session:
            session.send("add-identity", self._text)
            for number, file in asked.items():
                for header in headers[file]:
                    session.send("recipient-stanza", number, header.type, *header.arguments, body=header.body)
            session.send("done")
            session.converse({"file-key": file_key, "error": error}, talk)
        if failures:
            raise _failed(talk, failures[0])
        for file in headers:
            self._known.setdefault(file, None)


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
    return PluginRecipient(text, key.plugin())


def parse_identity(text: str, label: str, dialogue: Dialogue = NOBODY) -> PluginIdentity:
    """Parse `AGE-PLUGIN-NAME-1…`; the plugin need not be installed. Raises Error if a character is wrong."""
    try:
        key = pyrage.plugin.Identity.from_str(text)
    except pyrage.IdentityError:
        raise Error(f'"{label}" is not a whole plugin identity', "make it again with the plugin") from None
    return PluginIdentity(text, key.plugin(), label, dialogue)


def _headers(file: bytes) -> "Sequence[AgeHeader]":
    """The stanzas of an age file, none if it is broken: whoever comes to it says so."""
    try:
        return parse_headers(file)
    except Malformed:
        return ()


def _opened(file: bytes, file_key: bytes) -> bytes | Error:
    try:
        return age_file.open_payload(file, file_key)
    except Damaged as failure:
        return failure


def _ignore(command: PluginCommand) -> None:
    """Takes a command of which nothing follows here."""


def _collector(errors: list[str]) -> "Callable[[PluginCommand], None]":
    return lambda command: errors.append(command.body.decode("utf-8", "replace"))


def _failed(talk: Talk, words: str) -> Error:
    """The Error with the plugin's own words, on one line and without anything in them that looks like an identity."""
    hint = _CHECK
    if talk.unanswered:
        hint = f"run the command in a terminal, where it can ask: {talk.unanswered}"
    return Error(f"{talk.program} failed: {line(_PRIVATE.sub('…', words))}", hint)
