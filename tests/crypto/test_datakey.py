"""Data keys against a second implementation, and what binds a value to its place."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.framing import frame
from gitseal.crypto.public_key import PublicKey, Scope
from gitseal.crypto.token_kinds import SEALED, WRITE_ONLY
from gitseal.errors import Damaged, Malformed
from tests.vectors import reference

SCOPE = Scope("f" + "0" * 32, "production", "default")
KEY = DataKey(SCOPE, bytes(range(32)))
NAME = ("api", "TOKEN")
P = 2**255 - 19
texts = st.text(max_size=20)
scopes = st.builds(Scope, texts, texts, texts)
names = st.lists(texts, min_size=1, max_size=4).map(tuple)
kinds = st.sampled_from([SEALED, WRITE_ONLY])


def seal(key: DataKey, kind: str, name: tuple[str, ...], plaintext: bytes) -> bytes:
    return key.seal(name, plaintext) if kind == SEALED else key.public.seal(name, plaintext)


# Around the borders of classes and of Cobblestone's chunks of 16 KiB, and beyond the limit of a value.
SIZES = [
    *(edge + off for edge in (64, 512, 1024, 16384, 18432, 32768, 2**20, 8 * 2**20) for off in (-3, -2, -1, 0, 1)),
    *(0, 1, 9 * 2**20),
]


@pytest.mark.parametrize("kind", [SEALED, WRITE_ONLY])
@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens(kind: str, size: int) -> None:
    plaintext = random.Random(size).randbytes(size)

    ciphertext = seal(KEY, kind, NAME, plaintext)

    assert KEY.open(kind, NAME, ciphertext) == plaintext
    padded = reference.padded_size(size + 1)
    assert len(ciphertext) == (56 + padded + 16 * (padded // 16384 + 1) if kind == SEALED else 32 + padded + 16)


@given(
    kind=kinds, scope=scopes, name=names, plaintext=st.binary(max_size=200), secret=st.binary(min_size=32, max_size=32)
)
def test_law_open_undoes_seal(kind: str, scope: Scope, name: tuple[str, ...], plaintext: bytes, secret: bytes) -> None:
    key = DataKey(scope, secret)

    assert key.open(kind, name, seal(key, kind, name, plaintext)) == plaintext


@given(first=st.lists(st.binary(max_size=6), max_size=5), second=st.lists(st.binary(max_size=6), max_size=5))
def test_frames_are_equal_only_for_equal_lists(first: list[bytes], second: list[bytes]) -> None:
    assert frame(*first) == reference.frame(*first)
    assert (frame(*first) == frame(*second)) == (first == second)


@given(scope=scopes, name=names, plaintext=st.binary(max_size=100), secret=st.binary(min_size=32, max_size=32))
def test_the_second_implementation_agrees(scope: Scope, name: tuple[str, ...], plaintext: bytes, secret: bytes) -> None:
    key = DataKey(scope, secret)
    other = reference.Scope(*scope)
    public = reference.public_key(other, secret)

    assert key.public.raw == public
    assert key.key_id == reference.key_id(other, public)
    padded = reference.pad(plaintext)
    for kind in (SEALED, WRITE_ONLY):
        context = reference.context(kind, other, key.key_id, name)
        if kind == SEALED:
            ciphertext = reference.cobblestone_256(reference.derive(other, secret, "value"), context, padded, bytes(24))
        else:
            ciphertext = reference.hpke(public, context, padded, bytes(31) + b"\x01")
        assert key.open(kind, name, ciphertext) == plaintext


def test_known_answer() -> None:
    assert KEY.key_id == "k9217822355761891022cd76736a1c0a1"
    assert KEY.public.raw.hex() == "47863da7bc7d055e3c401e1dc026326dd71c47bb21f612bdfa9cc716bb38de6b"


OTHER_PLACES = {
    "file id": (Scope("f" + "1" * 32, "production", "default"), NAME),
    "environment": (Scope(SCOPE.file_id, "staging", "default"), NAME),
    "group": (Scope(SCOPE.file_id, "production", "payments"), NAME),
    "environment and group run together": (Scope(SCOPE.file_id, "productiond", "efault"), NAME),
    "name": (SCOPE, ("api", "TOKEN2")),
    "section": (SCOPE, ("TOKEN",)),
    "parts joined": (SCOPE, ("api/TOKEN",)),
    "parts split elsewhere": (SCOPE, ("apiT", "OKEN")),
    "a part more": (SCOPE, ("api", "TOKEN", "")),
}


@pytest.mark.parametrize("kind", [SEALED, WRITE_ONLY])
@pytest.mark.parametrize(("scope", "name"), OTHER_PLACES.values(), ids=OTHER_PLACES)
def test_it_opens_nowhere_else(kind: str, scope: Scope, name: tuple[str, ...]) -> None:
    ciphertext = seal(KEY, kind, NAME, b"tx")
    there = DataKey(scope, KEY.reveal())

    with pytest.raises(Damaged, match="damaged or moved"):
        there.open(kind, name, ciphertext)


@pytest.mark.parametrize(("kind", "said"), [(SEALED, WRITE_ONLY), (WRITE_ONLY, SEALED)])
def test_the_kind_is_bound(kind: str, said: str) -> None:
    with pytest.raises(Damaged):
        KEY.open(said, NAME, seal(KEY, kind, NAME, b"tx"))


def test_a_key_that_claims_another_id_opens_nothing_of_that_id() -> None:
    claimed = DataKey(SCOPE, bytes(32), claimed=KEY.key_id)

    assert not claimed.is_genuine()
    assert DataKey(SCOPE, KEY.reveal(), claimed=KEY.key_id).is_genuine()
    for kind in (SEALED, WRITE_ONLY):
        with pytest.raises(Damaged):
            claimed.open(kind, NAME, seal(KEY, kind, NAME, b"tx"))


@pytest.mark.parametrize("kind", [SEALED, WRITE_ONLY])
def test_every_byte_and_every_length_counts(kind: str) -> None:
    ciphertext = seal(KEY, kind, NAME, b"tx")
    changed = [
        ciphertext[:at] + bytes([ciphertext[at] ^ 1 << at % 8]) + ciphertext[at + 1 :] for at in range(len(ciphertext))
    ]
    cut = [ciphertext[:at] for at in range(len(ciphertext))]

    for wrong in (*changed, *cut, ciphertext + b"\0"):
        with pytest.raises(Damaged, match="damaged or moved"):
            KEY.open(kind, NAME, wrong)


def test_a_cut_chunk_gives_nothing_though_the_first_was_whole() -> None:
    ciphertext = KEY.seal(NAME, b"x" * 40_000)

    for size in (56 + 16400, 56 + 2 * 16400, len(ciphertext) - 1):
        with pytest.raises(Damaged):
            KEY.open(SEALED, NAME, ciphertext[:size])


def test_two_seals_of_one_value_differ() -> None:
    assert len({seal(KEY, kind, NAME, b"tx") for kind in (SEALED, WRITE_ONLY) for _ in range(20)}) == 40


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_a_data_key_has_32_bytes(size: int) -> None:
    with pytest.raises(Damaged, match=f"has {size} bytes, not 32"):
        DataKey(SCOPE, bytes(size))


@pytest.mark.parametrize("u", [0, 1, P - 1, P, P + 1, P + 9, 2**255 - 1, 2**255 + 9, 2**256 - 1])
def test_a_public_key_is_canonical_and_of_no_low_order(u: int) -> None:
    with pytest.raises(Malformed):
        PublicKey(SCOPE, u.to_bytes(32, "little"))


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_public_key_has_32_bytes(size: int) -> None:
    with pytest.raises(Malformed):
        PublicKey(SCOPE, b"\x09" * size)


def test_every_refused_point_of_low_order_is_one() -> None:
    """Multiplied by 8, which every clamped scalar is a multiple of, each gives the neutral element."""
    from gitseal.crypto.points import _LOW_ORDER

    for u in _LOW_ORDER:
        x, z = u, 1
        for _ in range(3):
            x, z = (x * x - z * z) ** 2 % P, 4 * x * z * (x * x + 486662 * x * z + z * z) % P
        assert z == 0
    assert len(_LOW_ORDER) == 5


def test_a_key_does_not_show_itself() -> None:
    secret = bytes(range(32))

    for text in (repr(KEY), str(KEY), f"{KEY}"):
        assert secret.hex() not in text
        assert repr(secret) not in text
