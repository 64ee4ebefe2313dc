"""Whole age files for one or many recipients, or behind a passphrase: what `age --decrypt` opens without gitseal."""

from collections.abc import Iterable, Sequence

from gitseal.errors import Damaged, Error, Malformed, NotForYou
from gitseal.recipients import rage
from gitseal.recipients.cloud_text import is_cloud_key
from gitseal.recipients.dialogue import Dialogue
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.passphrase import unlock
from gitseal.recipients.protocol import Identity
from gitseal.recipients.rage import pyrage
from gitseal.recipients.stanza import parse_headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.recipients.dialogue import Ask

BEGINNING = b"age-encryption.org/v1\n"
"""The first line of a binary age file."""

_POST_QUANTUM = "age1pq1"
# age itself refuses such a mixture: the file would be only as safe as its weakest stanza (C2SP age.md, mlkem768x25519).
_MIXED = "post-quantum recipients stand in no file with others: whoever opens one of the others opens the file"


def is_sealed(file: bytes) -> bool:
    """True for a binary age file, by how it begins."""
    return file.startswith(BEGINNING)


def recipient_keys(given: Iterable[str]) -> tuple[str, ...]:
    """Public keys in their canonical spelling, each once, that one age file can have as recipients.

    Raises Error for what is no such key, for the key of a plugin or of a cloud, and for post-quantum keys beside others.
    """
    keys = tuple(dict.fromkeys(parse_recipient(key).canonical for key in given))
    hybrid = [key for key in keys if key.startswith(_POST_QUANTUM)]
    if hybrid and len(hybrid) != len(keys):
        raise Error(_MIXED, "give post-quantum recipients alone, or none of them")
    if any(map(_is_of_plugin, keys)):
        raise Error("a file is not sealed to the key of an age plugin", "give age or SSH recipients")
    if any(map(is_cloud_key, keys)):
        raise Error("a file is not sealed to a cloud key: age alone could not open it", "give age or SSH recipients")
    return keys


def needs_more_than_age(key: str) -> bool:
    """True for a key in its canonical spelling that age opens nothing with alone: that of a plugin or of a key service."""
    return _is_of_plugin(key) or is_cloud_key(key)


def _is_of_plugin(key: str) -> bool:
    # The data part of a Bech32 string has no "1", so a second one ends the name of a plugin.
    return key.startswith("age1") and key.count("1") > 1 and not key.startswith(_POST_QUANTUM)


def seal(content: bytes, keys: Sequence[str]) -> bytes:
    """An age file that each of these `recipient_keys` opens."""
    if not keys:
        raise ValueError("a file that nobody opens")
    if keys[0].startswith(_POST_QUANTUM):
        return _seal_hybrid(content, keys)
    sealed: bytes = pyrage.encrypt(content, [_age_key(key) for key in keys])
    return sealed


def seal_behind(content: bytes, passphrase: bytes) -> bytes:
    """An age file behind a passphrase, which is UTF-8 text. It takes about a second on purpose."""
    try:
        text = passphrase.decode()
    except UnicodeDecodeError:
        raise Error("a passphrase of age is text in UTF-8", "choose another one") from None
    sealed: bytes = pyrage.passphrase.encrypt(content, text)
    return sealed


def open_file(file: bytes, identities: Iterable[Identity], ask: "Ask | None", label: str) -> bytes:
    """The content of an age file, by the first of the identities that is among its recipients, or by its passphrase.

    `label` names the file. Raises NotForYou if no identity serves, and Error if the file is damaged or the passphrase wrong.
    """
    damaged = Error(f'"{label}" is damaged', "take another copy of it")
    try:
        headers = parse_headers(file)
        if any(header.type == "scrypt" for header in headers):
            return unlock(Dialogue(ask), label, lambda passphrase: rage.open_sealed(file, passphrase, label))
        for identity in identities:
            content = identity.open_file(file)
            if content is not None:
                return content
    except (Damaged, Malformed):
        raise damaged from None
    raise NotForYou(f'no identity at hand opens "{label}"', "see which identities were tried: gitseal whoami")


def _seal_hybrid(content: bytes, keys: Sequence[str]) -> bytes:
    from gitseal.recipients import age_file, hybrid

    file_key = age_file.new_file_key()
    return age_file.write(content, [hybrid.parse(key).wrap_file_key(file_key) for key in keys], file_key)


def _age_key(key: str) -> rage.Key:
    return (pyrage.ssh if key.startswith("ssh-") else pyrage.x25519).Recipient.from_str(key)
