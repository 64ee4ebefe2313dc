"""The mark of a published value: from which commit, by whom, and a MAC by which its publisher knows it again.

It is one text of letters, digits and `_.:-`, at most 256 characters, so that a tag of every cloud can hold it:

    gitseal1:FILE-ID:TARGET:COMMIT:KEY-ID:MAC

The MAC is over `frame(file id, target, name, commit, value)` under the data key with that id as the commit has it
(`DataKey.published_mac`). Who cannot open the commit learns nothing by it, not even that two values are equal. A value that
is plain in Git has no key id, and a digest in place of the MAC: it is no secret, and its mark proves nothing to anybody.
"""

from binascii import b2a_base64

from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.framing import frame
from gitseal.document.token_grammar import is_id
from gitseal.hidden import SecretBytes
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.datakey import DataKey

_VERSION = "gitseal1"
_PARTS = 6
_MAC_LENGTH = 43
_PLAIN = "gitseal/v1/publish-plain"


class Mark(NamedTuple):
    """A mark, taken apart. `publisher` is the file id of the environment; `key` is empty for a value that is plain in Git."""

    publisher: str
    target: str
    commit: str
    key: str
    mac: str

    def text(self) -> str:
        """The mark as a store keeps it."""
        return ":".join((_VERSION, *self))

    def proves(self, name: str, value: SecretBytes, key: "DataKey | None") -> bool:
        """True if this is the mark of that value under that name; `key` is the data key that the mark names."""
        made = make(self._replace(mac=""), name, value, key)
        # The content of a mark is no secret, and whoever could time this would have to write to the store.
        return SecretBytes(made.mac.encode()) == SecretBytes(self.mac.encode())


def make(unsigned: Mark, name: str, value: SecretBytes, key: "DataKey | None") -> Mark:
    """The mark of a value under its name in the store. Without a key the value is plain in Git."""
    about = (unsigned.publisher, unsigned.target, name, unsigned.commit, value.reveal())
    if key is None:
        return unsigned._replace(key="", mac=sha256_hex(frame(_PLAIN, *about))[:_MAC_LENGTH])
    mac = b2a_base64(key.published_mac(*about), newline=False).decode("ascii")
    return unsigned._replace(key=key.key_id, mac=mac.rstrip("=").translate(_TO_URL))


_TO_URL = str.maketrans("+/", "-_")


def parse(text: str) -> Mark | None:
    """The mark that a text is; None for every other text."""
    parts = text.split(":")
    if len(parts) != _PARTS or parts[0] != _VERSION:
        return None
    mark = Mark(*parts[1:])
    is_commit = len(mark.commit) in {40, 64} and not mark.commit.strip("0123456789abcdef")
    is_good = is_id("f", mark.publisher) and is_commit and (not mark.key or is_id("k", mark.key)) and mark.target
    return mark if is_good and _is_mac(mark.mac) else None


def _is_mac(text: str) -> bool:
    return len(text) == _MAC_LENGTH and text.isascii() and text.replace("-", "0").replace("_", "0").isalnum()
