"""How keys in key services are named: a locator comes from the repository, so it names a key and cannot lead anywhere else.

`locator-vectors.json` has for each provider: `whole` locators, as a recipient's text has them; `newest`, which a person may give,
and no text has, because the service completes them; and what is `refused` from everybody.
"""

import json
import posixpath
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Error
from gitseal.recipients import kms
from gitseal.recipients.cloud_text import PREFIX
from gitseal.recipients.clouds import locators, pkcs11_names
from gitseal.recipients.clouds.locators import PROVIDERS, Provider

VECTORS: dict[str, dict[str, list[str]]] = json.loads((Path(__file__).parent / "locator-vectors.json").read_text())
KEY = json.loads((Path(__file__).parent / "kms-vectors.json").read_text())[0]["recipient"].rpartition(":")[2]
EACH = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda provider: provider.name)
# What can lead out of a place: an escape, another folder, a host, a port, a query, a fragment, a quote, a command.
LEADS_AWAY = set("?#\\\"'`$<>|^{} ")


def is_taken(name: str, locator: str) -> bool:
    try:
        locators.check_locator(name, locator)
    except Error:
        return False
    return True


def is_taken_from_a_person(name: str, locator: str) -> bool:
    try:
        return locators.given(f"{name}:{locator}") == (PROVIDERS[name], locator)
    except Error:
        return False


def stays_in_its_place(provider: Provider, locator: str) -> None:
    """Fails for a locator that could be something else in a URL, a path, a terminal or a recipient's text."""
    assert locator.isascii()
    assert locator.isprintable()
    assert not LEADS_AWAY & set(locator)
    path = urlsplit(f"https://host/{locator}").path
    assert path == f"/{locator}"
    assert posixpath.normpath(path) == path
    # Only a name that goes into no URL has escapes.
    assert provider.name == "pkcs11" or "%" not in locator
    assert provider.name == "aws" or ":" not in locator
    text = f"{PREFIX}{provider.name}:{locator}:{KEY}"
    parsed = kms.parse(text)
    assert (parsed.provider, parsed.locator, parsed.canonical) == (provider.name, locator, text)


def test_each_provider_has_vectors() -> None:
    assert VECTORS.keys() == PROVIDERS.keys()


@EACH
def test_the_vectors(provider: Provider) -> None:
    vectors = VECTORS[provider.name]
    for locator in vectors["whole"]:
        assert is_taken(provider.name, locator), locator
        assert is_taken_from_a_person(provider.name, locator), locator
        stays_in_its_place(provider, locator)
    for locator in vectors["newest"]:
        assert not is_taken(provider.name, locator), locator
        assert is_taken_from_a_person(provider.name, locator), locator
    for locator in vectors["refused"]:
        assert not is_taken(provider.name, locator), locator
        assert not is_taken_from_a_person(provider.name, locator), locator
        with pytest.raises(Error) as caught:
            kms.parse(f"{PREFIX}{provider.name}:{locator}:{KEY}")
        assert provider.example in caught.value.hint


@EACH
def test_what_is_taken_leads_nowhere_else(provider: Provider) -> None:
    @given(st.from_regex(re.compile(provider.pattern, re.ASCII), fullmatch=True))
    def law(locator: str) -> None:
        assert is_taken(provider.name, locator)
        stays_in_its_place(provider, locator)

    law()


@EACH
def test_a_character_more_leads_nowhere_else_either(provider: Provider) -> None:
    locator = st.sampled_from(VECTORS[provider.name]["whole"])
    piece = st.characters() | st.sampled_from(
        ["..", "/", "//", "/../", "%2e", "%2F", "@", ":", "?", "#", "\\", "\n", "\0", "\r", ";"]
    )

    @given(locator, piece, st.integers(0, 200), st.integers(0, 3))
    def law(locator: str, piece: str, at: int, lost: int) -> None:
        changed = locator[:at] + piece + locator[at + lost :]
        if is_taken(provider.name, changed):
            stays_in_its_place(provider, changed)

    law()


@given(st.from_regex(re.compile(PROVIDERS["pkcs11"].pattern, re.ASCII), fullmatch=True))
def test_a_key_in_a_token_has_one_spelling(locator: str) -> None:
    name = pkcs11_names.parse(locator)
    # What is no UTF-8 is the label of no token.
    if "\N{REPLACEMENT CHARACTER}" not in f"{name.token}{name.object}":
        assert name.locator == locator
