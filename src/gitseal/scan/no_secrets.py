"""Which settings are no secrets, and which look like one: by their names, their shapes, and what the hook would find.

`plain_settings` judges a template, where `PASSWORD=changeme` is fine. Here the question is about the name for good: whatever it
holds today, `PASSWORD` will hold a secret.
"""

import re
from collections.abc import Mapping

from gitseal.scan.placeholders import is_placeholder
from gitseal.scan.plain_settings import is_plain_setting, names_a_secret
from gitseal.scan.rules import Rules
from gitseal.scan.scan_blob import scan_blob

# Made to be shown: https://docs.stripe.com/keys (publishable), https://developers.google.com/identity/protocols/oauth2 (client
# ids), https://developers.google.com/recaptcha (site keys are 40 characters too, but so are its secrets: not here).
_PUBLIC = re.compile(r"pk_(?:live|test)_[A-Za-z0-9]{10,250}|[0-9]{6,30}-[a-z0-9]{20,40}\.apps\.googleusercontent\.com")
_WITH_PASSWORD = re.compile(r"://[^\s/?#@]{0,1000}:[^\s/?#@]{1,1000}@")
_REGULAR_FILE = 0o100644


def looks_secret(name: str, value: bytes) -> bool:
    """True if a name or its value looks like a secret: then a person has to say that it is none."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return True
    if _PUBLIC.fullmatch(text):
        return False
    if names_a_secret(name) or not is_plain_setting(name, text) or _WITH_PASSWORD.search(text):
        return True
    return bool(scan_blob(b"value", _REGULAR_FILE, [value], Rules()))


def no_secrets(values: Mapping[str, bytes]) -> tuple[str, ...]:
    """The names, in order, whose values say themselves that they are no secrets: to be offered as plain.

    An empty value or a placeholder says nothing about the one that will come, so its name is not among them.
    """
    return tuple(
        name for name, value in values.items() if not looks_secret(name, value) and not is_placeholder(value.decode())
    )
