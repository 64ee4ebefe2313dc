"""One place where identities may be: read and parsed when it is first needed, and able to say why it did not serve."""

import os

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.identities import files
from gitseal.recipients.dialogue import NOBODY, Dialogue
from gitseal.recipients.protocol import Tier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitseal.recipients.protocol import Identity

    StrPath = str | os.PathLike[str]


class IdentitySource:
    """A place (in words for a person) with its text or its file, or with the reason why it holds nothing.

    `outcome` says what came of it so far; `failure` is the Error by which an identity here did not open a stanza that may be
    its own, such as a wrong passphrase; `warning` is filled when the file was read and others can read it too. `is_last`: it is
    costly to read, so nobody looks here who has found what they need elsewhere.
    """

    __slots__ = (
        "_asking",
        "_content",
        "_dialogue",
        "_identities",
        "_path",
        "_refusal",
        "explicit",
        "exposed",
        "failure",
        "is_last",
        "outcome",
        "place",
        "warning",
    )

    def __init__(
        self,
        place: str,
        content_or_path: "SecretBytes | StrPath",
        *,
        dialogue: Dialogue = NOBODY,
        explicit: bool = False,
    ) -> None:
        self.place = place
        self.explicit = explicit
        self.is_last = False
        self.outcome = "not tried"
        self.failure: Error | None = None
        self.warning = ""
        # The file, if others than its owner can reach it.
        self.exposed = ""
        self._content = content_or_path if isinstance(content_or_path, SecretBytes) else None
        self._path = None if isinstance(content_or_path, SecretBytes) else os.fspath(content_or_path)
        self._dialogue = dialogue
        self._identities: list[Identity] | None = None
        # Those that would have asked when the place was read.
        self._asking: list[Identity] = []
        self._refusal: Error | None = None

    @classmethod
    def refused(cls, place: str, refusal: Error, *, explicit: bool) -> "IdentitySource":
        """Make a source for text that names no place; `identities` says so as for a file that cannot be read."""
        source = cls(place, SecretBytes(b""), explicit=explicit)
        source._refusal = refusal
        return source

    @classmethod
    def empty(cls, place: str, outcome: str) -> "IdentitySource":
        """Make a source for a place that holds nothing, for the report to say so."""
        source = cls(place, SecretBytes(b""))
        source.outcome = outcome
        source._identities = []
        return source

    def __repr__(self) -> str:
        return f"Source({self.place!r}, {self.outcome!r})"

    def identities(self, *, unlocking: bool = False) -> "list[Identity]":  # noqa: ARG002 - the keychain's argument
        """The identities of the place. If it has none, an explicit one raises Error, and others say so in `outcome`.

        `unlocking`: the place itself, if it is locked, may ask to be unlocked for this.
        """
        if self._identities is None:
            try:
                self._identities = self._load()
            except Error as failure:
                self.outcome = failure.message
                if self.explicit:
                    raise
                self._identities = []
            self._asking = [identity for identity in self._identities if identity.tier is not Tier.PLAIN]
        return self._identities

    @property
    def was_unlocked(self) -> bool:
        """True if an identity here asked for its passphrase and got it. Its file is as sealed as before."""
        return any(identity.tier is Tier.PLAIN for identity in self._asking)

    @property
    def was_read(self) -> bool:
        """True if the place was looked at already."""
        return self._content is not None

    def content(self) -> bytes:
        """The place's bytes as they are, empty if there are none or they cannot be read; `identities` says why."""
        if self._identities == []:
            return b""
        try:
            content = self._text()
        except Error:
            return b""
        return content.reveal() if content is not None else b""

    def _text(self) -> SecretBytes | None:
        if self._refusal is not None:
            raise self._refusal
        # Kept: a pipe gives its bytes once.
        if self._content is None and self._path is not None:
            self._content = self._read(self._path)
        return self._content

    def _load(self) -> "list[Identity]":
        content, public = self._text(), None
        if self._path is not None and content is not None:
            public = _public_half(self._path, content)
        from gitseal.recipients.identity_file import parse_identities  # loads pyrage, which nothing to parse need not

        text = content.reveal() if content else b""
        identities = parse_identities(text, self._dialogue, self.place, public=public)
        self.outcome = f"holds {_names(identities)}"
        return identities

    def _read(self, path: str) -> SecretBytes:
        try:
            content, exposed = files.read(path, special=self.explicit)
        except Error as failure:
            if not self.explicit:
                raise
            raise Error(f'"{self.place}": {failure.message}', "name the file of your identity") from None
        if exposed:
            from gitseal.errors import shell_quoted  # most files are closed

            self.warning = (
                f'"{self.place}" can be reached by other users; close it with: chmod 600 {shell_quoted(path)}'
            )
            self.exposed = path
        return content


class KeychainSource(IdentitySource):
    """The system's keychain as a place. It is read once; while it is locked, each reading that may unlock it tries again."""

    __slots__ = ("_environ", "_locked")

    def __init__(self, environ: "Mapping[str, str]", dialogue: Dialogue) -> None:
        super().__init__("the keychain", SecretBytes(b""), dialogue=dialogue)
        self.is_last = True
        self._content = None
        self._environ = environ
        self._locked: Error | None = None

    def identities(self, *, unlocking: bool = False) -> "list[Identity]":
        """See `IdentitySource.identities`. `failure` tells of an entry that is there and locked."""
        if self._identities is not None:
            return self._identities
        self._read_keychain(unlocking=unlocking)
        if self._locked is not None:
            return []
        if self._content == SecretBytes(b""):
            self._identities, self.outcome = [], "holds no identity"
        return super().identities()

    def _text(self) -> SecretBytes | None:
        if self._content is None and self._refusal is None:
            self._read_keychain(unlocking=False)
        if self._locked is not None:
            raise self._locked
        return super()._text()

    def _read_keychain(self, *, unlocking: bool) -> None:
        if self._content is not None or self._refusal is not None:
            return
        from gitseal.identities import keychain

        self._locked, self.failure = None, None
        try:
            self._content = keychain.read(self._environ, may_ask=unlocking and self._dialogue.ask is not None)
        except keychain.Locked as locked:
            self._locked, self.outcome = locked, locked.message
            self.failure = locked if locked.is_ours else None
        except Error as refusal:
            self._refusal = refusal


def _public_half(path: str, content: SecretBytes) -> bytes | None:
    """The .pub file beside a locked key of a form that hides its public half, so that nobody is asked for nothing."""
    text = content.reveal()
    if b"PRIVATE KEY-----" not in text or b"ENCRYPTED" not in text:
        return None
    try:
        return files.read(f"{path}.pub", special=False).content.reveal()
    except Error:
        return None


def _names(identities: "list[Identity]") -> str:
    return ", ".join(identity.recipient or "an identity whose recipient does not show" for identity in identities)
