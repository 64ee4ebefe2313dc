"""What may stand in an identity source: lines of age identities, those behind a passphrase, or one SSH private key."""

from gitseal.errors import Error
from gitseal.recipients import rage, x25519
from gitseal.recipients.passphrase import Ask, Once, Tell, unlock
from gitseal.recipients.protocol import Identity, Tier
from gitseal.recipients.stanza import parse_header

MAX_IDENTITY_FILE = 1024 * 1024
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_BINARY = b"age-encryption.org/"
_UNKNOWN = "each line is AGE-SECRET-KEY-1…, AGE-PLUGIN-NAME-1… or a comment that begins with #"


class SealedIdentity:
    """An identity file behind a passphrase: what it holds shows only after that."""

    __slots__ = ("_open", "label")

    def __init__(self, opening: Once[list[Identity]], label: str) -> None:
        self._open = opening
        self.label = label

    def __repr__(self) -> str:
        return f"SealedIdentity({self.label!r})"

    @property
    def recipient(self) -> str | None:
        """The public half, where the file was opened and holds one identity."""
        held = self._open.value
        return held[0].recipient if held and len(held) == 1 else None

    @property
    def tier(self) -> Tier:
        """Last, also after it was opened: it may hold plugins."""
        return Tier.SEALED

    def wants(self, recipient_id: str) -> bool:
        """Whether an identity in it wants it; True for all until it was opened."""
        return self._open.value is None or any(identity.wants(recipient_id) for identity in self._open.value)

    def unwrap(self, stanza: bytes) -> bytes | None:
        """See `Identity.unwrap`."""
        parse_header(stanza)
        for identity in sorted(self._open(), key=lambda identity: identity.tier):
            data_key = identity.unwrap(stanza)
            if data_key is not None:
                return data_key
        return None


def parse_identities(
    data: bytes,
    ask: Ask | None,
    where: str,
    *,
    public: bytes | None = None,
    tell: Tell | None = None,
) -> list[Identity]:
    """Parse the identities in a source, at least one; nothing is asked before an identity is used.

    `where` names the source in messages, `public` is the .pub file beside an SSH key, `tell` shows a plugin's words.
    Raises Error, which names a line by its number and never quotes it.
    """
    if len(data) > MAX_IDENTITY_FILE:
        raise Error(f'"{where}" is too large to be an identity', "name the file that holds the private key")
    content = data.strip()
    if content.startswith((_ARMOR, _BINARY)):
        # A binary age file may end in bytes that look like white space.
        sealed = content if content.startswith(_ARMOR) else data.lstrip()
        return [SealedIdentity(Once(lambda: _unsealed(sealed, ask, where, tell)), where)]
    return _plain(content, ask, where, public, tell)


def _plain(content: bytes, ask: Ask | None, where: str, public: bytes | None, tell: Tell | None) -> list[Identity]:
    if content.startswith(b"-----BEGIN ") and b"PRIVATE KEY-----" in content:
        from gitseal.recipients import ssh  # most people's first identity is an age key

        return [ssh.parse_identity(content + b"\n", ask, where, public)]
    identities: list[Identity] = []
    for number, raw in enumerate(content.split(b"\n"), 1):
        line = raw.strip().decode("ascii", "replace")
        if line and not line.startswith("#"):
            identities.append(_line(line, number, ask, where, tell))
    if not identities:
        raise Error(f'"{where}" holds no identity', "make one with: gitseal keygen -o FILE")
    return identities


def _line(line: str, number: int, ask: Ask | None, where: str, tell: Tell | None) -> Identity:
    if line.startswith("AGE-SECRET-KEY-1"):
        return x25519.parse_identity(line, where)
    if line.startswith("AGE-PLUGIN-"):
        from gitseal.recipients import plugin

        return plugin.parse_identity(line, where, ask, tell)
    if line.startswith("AGE-SECRET-KEY-PQ-1"):
        raise Error(f'line {number} of "{where}" is a post-quantum identity, which is not supported yet', _UNKNOWN)
    raise Error(f'line {number} of "{where}" is not an identity', _UNKNOWN)


def _unsealed(sealed: bytes, ask: Ask | None, where: str, tell: Tell | None) -> list[Identity]:
    def attempt(passphrase: bytes) -> list[Identity] | None:
        content = rage.open_sealed(sealed, passphrase, where)
        return None if content is None else _plain(content.strip(), ask, where, None, tell)

    return unlock(ask, where, attempt)
