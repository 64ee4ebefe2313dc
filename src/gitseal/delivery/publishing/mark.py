"""The mark of a published value: from which commit, by whom, and a MAC by which its publisher knows it again.

It is one text of letters, digits and `_.:-`, at most 256 characters, so that a tag of every cloud can hold it:

    gitseal1:FILE-ID:TARGET:COMMIT:KEY-ID:MAC

The MAC is over `frame(file id, target, name, commit, value)` under the data key with that id as the commit has it
(`DataKey.published_mac`); of a text with values of several groups, under one composed of all their keys. Who cannot open the
commit learns nothing by it, not even that two values are equal. A value that is plain in Git is marked by a data key of its
environment. A publisher who has none gives no key id, and a digest in place of the MAC: that proves nothing to anybody.
"""

from binascii import b2a_base64

from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.framing import frame
from gitseal.document.token_grammar import is_id
from gitseal.hidden import SecretBytes
from gitseal.policy.names import is_principal_name
from gitseal.records import NamedTuple
from gitseal.stores.protocol import MARK_LENGTH, MARK_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.composed_key import MarkKey

_PARTS = 6
_MAC_LENGTH = 43
_PLAIN = "gitseal/v1/publish-plain"


class Mark(NamedTuple):
    """A mark, taken apart. `publisher` is the file id of the environment; `key` is empty if it proves nothing."""

    publisher: str
    target: str
    commit: str
    key: str
    mac: str

    def text(self) -> str:
        """The mark as a store keeps it."""
        return ":".join((MARK_VERSION, *self))

    def proves(self, name: str, value: SecretBytes, key: "MarkKey | None") -> bool:
        """True if this is the mark of that value under that name; `key` is the data key that the mark names."""
        if not is_text(name):
            return False  # a store may give any name, and we never put one like that there
        made = make(self._replace(mac=""), name, value, key)
        # The content of a mark is no secret, and whoever could time this would have to write to the store.
        return SecretBytes(made.mac.encode()) == SecretBytes(self.mac.encode())


def make(unsigned: Mark, name: str, value: SecretBytes, key: "MarkKey | None") -> Mark:
    """The mark of a value under its name in the store. Without a key it has a digest."""
    about = (unsigned.publisher, unsigned.target, name, unsigned.commit, value.reveal())
    if key is None:
        return unsigned._replace(key="", mac=sha256_hex(frame(_PLAIN, *about))[:_MAC_LENGTH])
    mac = b2a_base64(key.published_mac(*about), newline=False).decode("ascii")
    return unsigned._replace(key=key.key_id, mac=mac.rstrip("=").translate(_TO_URL))


_TO_URL = str.maketrans("+/", "-_")


def parse(text: str) -> Mark | None:
    """The mark that a text is; None for every other text."""
    parts = text.split(":") if len(text) <= MARK_LENGTH else []
    if len(parts) != _PARTS or parts[0] != MARK_VERSION:
        return None
    mark = Mark(*parts[1:])
    is_commit = len(mark.commit) in {40, 64} and not mark.commit.strip("0123456789abcdef")
    is_by = is_id("f", mark.publisher) and is_principal_name(mark.target) and (not mark.key or is_id("k", mark.key))
    return mark if is_by and is_commit and _is_mac(mark.mac) else None


def is_text(text: str) -> bool:
    """True for what can be written as UTF-8; JSON can spell other texts too."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _is_mac(text: str) -> bool:
    return len(text) == _MAC_LENGTH and text.isascii() and text.replace("-", "0").replace("_", "0").isalnum()
