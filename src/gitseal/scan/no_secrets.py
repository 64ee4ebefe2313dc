"""Which settings are no secrets, and which look like one: by their names, their shapes, and what the hook would find.

`plain_settings` judges a template, where `PASSWORD=changeme` is fine. Here the question is about the name for good: whatever it
holds today, `PASSWORD` will hold a secret.
"""

import re
from collections.abc import Mapping

from gitseal.scan.placeholders import is_placeholder
from gitseal.scan.plain_settings import is_plain_setting, names_a_secret
from gitseal.scan.publishable import is_publishable
from gitseal.scan.rules import Rules
from gitseal.scan.scan_blob import scan_blob

_WITH_PASSWORD = re.compile(r"://[^\s/?#@]{0,1000}:[^\s/?#@]{1,1000}@")
_REGULAR_FILE = 0o100644


def looks_secret(name: str, value: bytes) -> bool:
    """True if a name or its value looks like a secret: then a person has to say that it is none."""
    if is_publishable(value):
        return False
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return True
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
