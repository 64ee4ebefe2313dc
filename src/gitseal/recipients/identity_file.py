"""Identity files: lines of age identities, such lines behind a passphrase, or one SSH private key."""

from gitseal.errors import Error
from gitseal.recipients import armor, rage
from gitseal.recipients.dialogue import Dialogue
from gitseal.recipients.kinds import KINDS
from gitseal.recipients.protocol import Identity, Tier, foresee
from gitseal.recipients.stanza import parse_header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitseal.recipients.passphrase import Once  # few identities are behind a passphrase

MAX_IDENTITY_FILE = 1024 * 1024
_ARMOR = armor.BEGINNING.encode()
_BINARY = b"age-encryption.org/"
_EXAMPLES = ", ".join(kind.identity_line.example for kind in KINDS if kind.identity_line is not None)
_UNKNOWN = f"each line is {_EXAMPLES} or a comment that begins with #"


class SealedIdentity:
    """An identity file behind a passphrase. Until somebody gives it, nobody can tell how many identities it holds."""

    __slots__ = ("_coming", "_open", "label")

    def __init__(self, opening: "Once[list[Identity]]", label: str) -> None:
        self._open = opening
        self._coming: tuple[bytes, ...] = ()
        self.label = label

    def __repr__(self) -> str:
        return f"SealedIdentity({self.label!r})"

    @property
    def recipient(self) -> str | None:
        """The public half, once the file was opened and if it holds just one identity; else None."""
        held = self._open.value
        return held[0].recipient if held and len(held) == 1 else None

    @property
    def tier(self) -> Tier:
        """The last tier until the file was opened, then the highest of what it holds: a plugin in it still asks."""
        held = self._open.value
        return max((identity.tier for identity in held), key=lambda tier: tier.value) if held else Tier.SEALED

    def wants(self, recipient_id: str) -> bool:
        """True if one of its identities may open a stanza under this id. Until it was opened: True for every id."""
        return self._open.value is None or any(identity.wants(recipient_id) for identity in self._open.value)

    def foresee(self, stanzas: "Iterable[bytes]") -> None:
        """See `protocol.foresee`: one of its identities may be a plugin's."""
        self._coming = tuple(stanzas)

    def unwrap(self, stanza: bytes) -> bytes | None:
        """See `Identity.unwrap`."""
        parse_header(stanza)  # a broken stanza is refused before anybody has to type a passphrase
        for identity in sorted(self._open(), key=lambda identity: identity.tier.value):
            foresee(identity, self._coming)
            data_key = identity.unwrap(stanza)
            if data_key is not None:
                return data_key
        return None

    def open_file(self, file: bytes) -> bytes | None:
        """See `Identity.open_file`."""
        for identity in sorted(self._open(), key=lambda identity: identity.tier.value):
            content = identity.open_file(file)
            if content is not None:
                return content
        return None


def parse_identities(data: bytes, dialogue: Dialogue, label: str, *, public: bytes | None = None) -> list[Identity]:
    """Parse an identity source and give its identities, at least one. Nobody is asked here, but when one is first used.

    `label` names the source in messages, `public` is the content of the .pub file beside an SSH key. Raises Error, which names
    a line by its number and never quotes it.
    """
    if len(data) > MAX_IDENTITY_FILE:
        raise Error(f'"{label}" is too large to be an identity', "name the file that holds the private key")
    content = data.strip()
    if content.startswith((_ARMOR, _BINARY)):
        from gitseal.recipients.passphrase import Once

        # Armor is text, so white space around it means nothing. A binary age file may end in bytes that look like white
        # space and belong to it, so only what stands before it goes.
        sealed = content if content.startswith(_ARMOR) else data.lstrip()
        return [SealedIdentity(Once(lambda: _unsealed(sealed, dialogue, label)), label)]
    return _plain(content, dialogue, label, public)


def _plain(content: bytes, dialogue: Dialogue, label: str, public: bytes | None) -> list[Identity]:
    for kind in KINDS:
        if kind.is_identity_file is not None and kind.is_identity_file(content):
            return [kind.load().parse_identity_file(content + b"\n", dialogue, label, public)]
    identities: list[Identity] = []
    for number, raw in enumerate(content.split(b"\n"), 1):
        line = raw.strip().decode("ascii", "replace")
        if line and not line.startswith("#"):
            identities.append(_line(line, number, dialogue, label))
    if not identities:
        raise Error(f'"{label}" holds no identity', "make one with: gitseal keygen -o ~/.config/gitseal/identity.txt")
    return identities


def _line(line: str, number: int, dialogue: Dialogue, label: str) -> Identity:
    for kind in KINDS:
        if kind.identity_line is not None and line.startswith(kind.identity_line.begins):
            identity: Identity = kind.load().parse_identity(line, label, dialogue)
            return identity
    raise Error(f'line {number} of "{label}" is not an identity', _UNKNOWN)


def _unsealed(sealed: bytes, dialogue: Dialogue, label: str) -> list[Identity]:
    from gitseal.recipients.passphrase import unlock

    def attempt(passphrase: bytes) -> list[Identity] | None:
        content = rage.open_sealed(sealed, passphrase, label)
        return None if content is None else _plain(content.strip(), dialogue, label, None)

    return unlock(dialogue, label, attempt)
