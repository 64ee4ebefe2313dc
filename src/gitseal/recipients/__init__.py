"""Wrapping and unwrapping data keys: one file per kind of key, both halves in it, and the table of kinds here.

Everything is a function of its arguments: nothing here reads files or asks anybody; plugins are started by `plugin`.
Importing the package is cheap: a kind's libraries are loaded when the first key of that kind is parsed.
"""

from collections.abc import Callable

from gitseal.errors import Error
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.protocol import Identity, Recipient, Tier
from gitseal.recipients.stanza import MAX_STANZA, check_stanza

__all__ = ["MAX_STANZA", "Identity", "Recipient", "Tier", "check_stanza", "parse_recipient", "recipient_id"]


def _x25519(text: str) -> Recipient:
    from gitseal.recipients import x25519  # loads pyrage: 1.5 ms that commands without keys need not pay

    return x25519.parse(text)


def _ssh(text: str) -> Recipient:
    from gitseal.recipients import ssh

    return ssh.parse(text)


def _plugin(text: str) -> Recipient:
    from gitseal.recipients import plugin

    return plugin.parse(text)


def _is_plugin(text: str) -> bool:
    # The data part of a Bech32 string has no "1", so `age1…1…` has a name in it.
    return text.startswith("age1") and text.count("1") > 1


_KINDS: tuple[tuple[Callable[[str], bool], Callable[[str], Recipient]], ...] = (
    (_is_plugin, _plugin),
    (lambda text: text.startswith("age1"), _x25519),
    (lambda text: text.startswith(("ssh-", "ecdsa-", "sk-")), _ssh),
)


def parse_recipient(text: str) -> Recipient:
    """Parse a public key as people write it; white space around it is dropped.

    Raises Error, which never quotes the text: it may be a private key pasted by mistake.
    """
    text = text.strip()
    for matches, parse in _KINDS:
        if matches(text):
            return parse(text)
    raise Error(*_refusal(text))


def _refusal(text: str) -> tuple[str, str]:
    if text.upper().startswith(("AGE-SECRET-KEY-", "AGE-PLUGIN-")) or "PRIVATE KEY" in text:
        return "this is a private key, not a recipient", "give its public half; if others saw it, replace the key"
    if text.upper().startswith("AGE1"):
        return "an age recipient is written in lower case", "copy the line that keygen printed"
    return "this is not a recipient", "a recipient is age1…, age1NAME1… (a plugin's), ssh-ed25519 … or ssh-rsa …"
