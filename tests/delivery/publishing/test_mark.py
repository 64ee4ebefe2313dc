"""Marks: what they hold, what they tell, and what they do not."""

import hmac
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from gitseal.crypto.composed_key import mark_key
from gitseal.crypto.datakey import DataKey
from gitseal.crypto.framing import frame
from gitseal.crypto.public_key import Scope
from gitseal.delivery.publishing import mark
from gitseal.delivery.publishing.mark import Mark
from gitseal.hidden import SecretBytes

FILE = "f" + "1" * 32
SCOPE = Scope(FILE, "production", "default")
KEY = DataKey(SCOPE, b"k" * 32)
UNSIGNED = Mark(FILE, "shop-ssm", "a" * 40, "", "")
VALUE = SecretBytes(b"hush")


def test_the_mac_is_the_one_that_the_format_says() -> None:
    key = HKDF(SHA256(), 32, salt=b"", info=frame("gitseal/v1/publish", *SCOPE)).derive(b"k" * 32)
    expected = hmac.digest(key, frame(FILE, "shop-ssm", "DATABASE_URL", "a" * 40, b"hush"), "sha256")
    assert KEY.published_mac(FILE, "shop-ssm", "DATABASE_URL", "a" * 40, b"hush") == expected


def test_a_mark_is_a_text_that_a_tag_of_every_cloud_can_hold() -> None:
    longest = UNSIGNED._replace(target="t" * 64, commit="a" * 64)
    for key in (KEY, None):
        text = mark.make(longest, "NAME", VALUE, key).text()
        assert len(text) <= 256
        assert not set(text) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-")
        assert mark.parse(text) == mark.make(longest, "NAME", VALUE, key)


def test_it_proves_this_value_under_this_name_by_this_key_at_this_commit() -> None:
    made = mark.make(UNSIGNED, "A", VALUE, KEY)
    assert made.proves("A", VALUE, KEY)
    assert not made.proves("B", VALUE, KEY)
    assert not made.proves("A", SecretBytes(b"other"), KEY)
    assert not made.proves("A", VALUE, DataKey(SCOPE, b"j" * 32))
    for changed in ({"commit": "b" * 40}, {"target": "other"}, {"publisher": "f" + "3" * 32}):
        assert not made._replace(**changed).proves("A", VALUE, KEY)


def test_equal_values_do_not_show_in_their_marks() -> None:
    marks = {mark.make(UNSIGNED, name, VALUE, KEY).mac for name in ("A", "B")}
    marks |= {mark.make(UNSIGNED._replace(commit="b" * 40), "A", VALUE, KEY).mac}
    assert len(marks) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gitseal1",
        "hello",
        "gitseal2:a:b:c:d:e",
        f"gitseal1:{FILE}:t:{'a' * 40}:kx:{'m' * 43}",
        "x" * 100_000,
        f"gitseal1:{FILE}:\ud800:{'a' * 40}::{'m' * 43}",
    ],
)
def test_other_texts_are_no_marks(text: str) -> None:
    assert mark.parse(text) is None


def test_a_text_of_two_groups_is_marked_by_the_keys_of_both() -> None:
    other = DataKey(SCOPE._replace(group="secretive"), b"j" * 32)
    both, again = mark_key([KEY, other]), mark_key([other, KEY, other])
    assert both is not None
    assert again is not None
    made = mark.make(UNSIGNED, "URL", VALUE, both)
    assert made == mark.make(UNSIGNED, "URL", VALUE, again)
    assert mark.parse(made.text()) == made
    for one in (KEY, other):
        assert not made.proves("URL", VALUE, one)
    assert mark_key([KEY, KEY]) is KEY


_parts = st.sampled_from(["gitseal1", FILE, "shop", "\ud800", "", "a" * 40, KEY.key_id, "m" * 43, "é"]) | st.text(
    st.characters(), max_size=50
)


@pytest.mark.fuzz
@given(st.lists(_parts, max_size=8).map(":".join), st.text(st.characters(), max_size=5))
def test_any_text_is_a_mark_or_none_and_never_fails(text: str, name: str) -> None:
    known = mark.parse(text)
    if known is not None:
        assert known.text() == text
        assert not known.proves(name, VALUE, KEY)


def test_the_key_of_several_groups_is_the_one_that_the_format_says() -> None:
    """Format, section 12, without our code: from HKDF, HMAC and SHA-256 alone."""

    def parts(*texts: str) -> bytes:
        sized = (len(text).to_bytes(4, "big") + text.encode() for text in texts)
        return len(texts).to_bytes(4, "big") + b"".join(sized)

    def derived(secret: bytes, info: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=b"", info=info).derive(secret)

    other = DataKey(SCOPE._replace(group="secretive"), b"j" * 32)
    ordered = sorted((KEY, other), key=lambda key: key.key_id)
    composition = parts("gitseal/v1/publish-composed", *(key.key_id for key in ordered))
    secrets = {
        KEY.key_id: derived(b"k" * 32, parts("gitseal/v1/publish", FILE, "production", "default")),
        other.key_id: derived(b"j" * 32, parts("gitseal/v1/publish", FILE, "production", "secretive")),
    }
    secret = derived(b"".join(secrets[key.key_id] for key in ordered), composition)
    both = mark_key([KEY, other])
    assert both is not None
    assert both.key_id == "k" + sha256(composition).hexdigest()[:32]
    assert both.published_mac("NAME", "value") == hmac.digest(secret, parts("NAME", "value"), "sha256")
    # What old marks were made with stays.
    assert both.key_id == "k9d5d6d051c079ee9dd4f6fbe0461ea82"
    assert (
        both.published_mac("NAME", "value").hex() == "13691183f05e021ce3d5582691010fc0724509db203e02a8d02b2c618770514a"
    )
