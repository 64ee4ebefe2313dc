"""How keys in PKCS#11 tokens are named: the attributes of RFC 7512 that say which key in which token, and nothing else.

The locator in a recipient's text has at most three of them, in one order and one spelling (`locators`). A person may give more.
"""

from urllib.parse import quote, unquote_to_bytes

from gitseal.records import NamedTuple

_UNRESERVED = "-._~"  # with letters and digits


class KeyInToken(NamedTuple):
    """The key in a token that these attributes tell from others; None: any will do. `serial` and `id` are bytes to a token."""

    token: str | None = None
    serial: bytes | None = None
    manufacturer: str | None = None
    model: str | None = None
    object: str | None = None
    id: bytes | None = None

    @property
    def locator(self) -> str:
        """The one spelling: token, serial number, and the key's id, or its label if it has no id."""
        attributes = {
            "token": _text(self.token),
            "serial": _bytes(self.serial),
            "object": _text(self.object) if not self.id else "",
            "id": "".join(f"%{byte:02X}" for byte in self.id or b""),
        }
        return ";".join(f"{name}={value}" for name, value in attributes.items() if value)


def parse(locator: str) -> KeyInToken:
    """The name in a locator, as a person or a recipient's text gives it: of a form that `locators` takes."""
    given = {name: unquote_to_bytes(value) for name, _, value in (part.partition("=") for part in locator.split(";"))}
    texts = {
        # What is no UTF-8 is the label of no token.
        name: given[name].decode("utf-8", "replace") if name in given else None
        for name in ("token", "manufacturer", "model", "object")
    }
    return KeyInToken(**texts, serial=given.get("serial"), id=given.get("id"))


def token_words(label: str, serial: bytes) -> str:
    """A token in words that any terminal shows as they are: its label and serial number, escaped as in a locator."""
    return KeyInToken(token=label, serial=serial).locator


def _text(text: str | None) -> str:
    return quote(text or "", safe=_UNRESERVED)


def _bytes(content: bytes | None) -> str:
    return quote(content or b"", safe=_UNRESERVED)
