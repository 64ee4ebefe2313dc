"""The kinds of recipients: one entry each, with everything that is known about a kind without loading it.

A new kind is one module beside this one and one entry in `KINDS`. Who recognises a key, refuses one, reads an identity
file, checks a stanza, finds a private key in a commit or explains the policy to an editor reads it here.

The entries stand apart from the modules on purpose. The hook, `check` and `review` ask what keys and stanzas look like, and
need no key; a kind's module loads pyrage (1.5 ms) and is imported when the first key of that kind is parsed.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from gitseal.crypto import bech32
from gitseal.errors import Error
from gitseal.recipients.cloud_text import is_cloud_key
from gitseal.recipients.ids import recipient_id
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitseal.recipients.protocol import Recipient


class StanzaShape(NamedTuple):
    """A stanza type that age or we define: all lengths are in bytes, after base64 is taken off.

    The arguments after the type are `words` as they stand here, then one of each length in `arguments`; the body has `least` to
    `greatest` bytes.
    """

    arguments: tuple[int, ...]
    least: int
    greatest: int
    words: tuple[str, ...] = ()


class IdentityLine(NamedTuple):
    """A private key that is one line of text, as identity files hold it and no commit should.

    `begins` is the start of the line. `marker` is a text that every such key holds, in upper or lower case. `pattern`
    matches a whole key from there on, whatever its case, and `is_whole` tells it in lower case from an example with made-up
    digits. `example` and `what` are words for messages.
    """

    begins: str
    marker: str
    pattern: bytes
    example: str
    what: str
    is_whole: Callable[[str], bool] = bech32.is_whole


class RecipientKind(NamedTuple):
    """A kind of key.

    `module` (in this package) has `parse(text)` for a public key of which `is_public(text)` is true. `examples` show public
    keys in messages; `mistakes` are the message and the hint for what people write instead, by how that begins in upper
    case.

    With an `identity_line`, the module has `parse_identity(line, label, dialogue)`; with `is_identity_file`, it has
    `parse_identity_file(data, dialogue, label, public)` for a private key that is a file of its own.

    `stanzas` are the stanza types that only this kind wraps to, by name. It is empty for plugins, which choose their own.
    `is_post_quantum` says that what is wrapped to such a key today stays closed to a quantum computer of the future.
    """

    module: str
    is_public: Callable[[str], bool]
    examples: tuple[str, ...]
    mistakes: Mapping[str, tuple[str, str]] = {}
    identity_line: IdentityLine | None = None
    is_identity_file: Callable[[bytes], bool] | None = None
    stanzas: Mapping[str, StanzaShape] = {}
    is_post_quantum: bool = False

    def load(self) -> "Any":  # noqa: ANN401 - a module, which has no type of its own
        """The module of this kind, imported now."""
        return __import__(f"gitseal.recipients.{self.module}", fromlist=["parse"])


KINDS = (
    RecipientKind(
        "x25519",
        # The data part of a Bech32 string has no "1", so a second one ends the name of a plugin.
        is_public=lambda text: text.startswith("age1") and text.count("1") == 1,
        examples=("age1…",),
        mistakes={"AGE1": ("an age recipient is written in lower case", "copy the line that keygen printed")},
        identity_line=IdentityLine(
            "AGE-SECRET-KEY-1",
            "AGE-SECRET-KEY-",
            rb"(?i:age-secret-key-1)[a-zA-Z0-9]{58}",
            "AGE-SECRET-KEY-1…",
            "an age identity",
        ),
        stanzas={"X25519": StanzaShape((32,), 32, 32)},
    ),
    RecipientKind(
        "hybrid",
        is_public=lambda text: text.startswith("age1pq1"),
        examples=("age1pq1…",),
        identity_line=IdentityLine(
            "AGE-SECRET-KEY-PQ-1",
            "AGE-SECRET-KEY-",
            rb"(?i:age-secret-key-pq-1)[a-zA-Z0-9]{58}",
            "AGE-SECRET-KEY-PQ-1…",
            "a post-quantum age identity",
        ),
        stanzas={"mlkem768x25519": StanzaShape((1120,), 32, 32)},
        is_post_quantum=True,
    ),
    RecipientKind(
        "plugin",
        is_public=lambda text: text.startswith("age1") and text.count("1") > 1 and not text.startswith("age1pq1"),
        examples=("age1NAME1… (a plugin's)",),
        identity_line=IdentityLine(
            "AGE-PLUGIN-",
            "AGE-PLUGIN-",
            rb"(?i:age-plugin-[a-z0-9+._-]{1,64}-1)[a-zA-Z0-9]{6,4000}",
            "AGE-PLUGIN-NAME-1…",
            "an age plugin's identity",
        ),
    ),
    RecipientKind(
        "ssh",
        # Types that cannot be recipients are recognised as well: the module says which ones can.
        is_public=lambda text: text.startswith(("ssh-", "ecdsa-", "sk-")),
        examples=("ssh-ed25519 …", "ssh-rsa …"),
        is_identity_file=lambda data: data.startswith(b"-----BEGIN ") and b"PRIVATE KEY-----" in data,
        stanzas={"ssh-ed25519": StanzaShape((4, 32), 32, 32), "ssh-rsa": StanzaShape((4,), 256, 512)},
    ),
    RecipientKind(
        "kms",
        is_public=is_cloud_key,
        examples=("gitseal-kms:… (a cloud key)",),
        stanzas={"gitseal-rsa-oaep": StanzaShape((32,), 256, 512, words=("v1",))},
    ),
)

POST_QUANTUM = frozenset(name for kind in KINDS if kind.is_post_quantum for name in kind.stanzas)
"""The stanza types of the kinds that are post-quantum."""

IDENTITY_LINES = tuple(kind.identity_line for kind in KINDS if kind.identity_line is not None)

# What is left of a key that was cut is hidden too, but not the examples above.
_HIDDEN = r"(?i:age-secret-key-(?:pq-)?1|age-plugin-[a-z0-9+._-]{1,64}-1)[a-zA-Z0-9]{6,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[^\0]*"


def is_private_key(text: str) -> bool:
    """True if a text is, or begins with, a private key of any kind; no path begins so."""
    text = text.lstrip().removeprefix("#").lstrip()
    return text.upper().startswith(tuple(line.marker for line in IDENTITY_LINES)) or "PRIVATE KEY" in text


def is_key(text: str) -> bool:
    """True if a text begins like a key, public or private, of a kind that we know: a person means the key and no file."""
    text = text.strip()
    return is_private_key(text) or text.upper().startswith("AGE1") or any(kind.is_public(text) for kind in KINDS)


def without_private_keys(text: str) -> str:
    """The text with every private key in it as words: what a person gave in the wrong place is quoted in messages."""
    shouted = text.upper()
    if "AGE-" not in shouted and "PRIVATE KEY-----" not in shouted:
        return text
    import re  # hardly any text holds one

    return re.sub(_HIDDEN, "[a private key]", text)


_MOST_KEPT = 1024


# Whoever looks at many environments meets the same people's keys in each. A refused text is not kept.
@lru_cache(_MOST_KEPT)
def parse_recipient(text: str) -> "Recipient":
    """Parse a public key as people write it; white space around it is dropped.

    Raises Error, which never quotes the text: it may be a private key pasted by mistake.
    """
    text = text.strip()
    for kind in KINDS:
        if kind.is_public(text):
            recipient: Recipient = kind.load().parse(text)
            return recipient
    raise Error(*_refusal(text))


def recipient_id_of(text: str) -> str:
    """The recipient id of a public key as people write it. Raises Error as `parse_recipient` does."""
    return recipient_id(parse_recipient(text).canonical)


def _refusal(text: str) -> tuple[str, str]:
    shouted = text.upper()
    if is_private_key(text):
        return "this is a private key, not a recipient", "give its public half; if others saw it, replace the key"
    for kind in KINDS:
        for beginning, message_and_hint in kind.mistakes.items():
            if shouted.startswith(beginning):
                return message_and_hint
    *others, last = (example for kind in KINDS for example in kind.examples)
    return "this is not a recipient", f"a recipient is {', '.join(others)} or {last}"
