"""The data part of a Bech32 string as bytes; its checksum is judged by the library that parses the key."""

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_CHECKSUM = 6  # characters
_BITS = 5  # in a character


def payload(text: str) -> bytes | None:
    """Decode the bytes behind the last "1" of a lower-case string; None where the final bits are not zero (BIP 173)."""
    value = 0
    data = text.rpartition("1")[2][:-_CHECKSUM]
    for character in data:
        place = _ALPHABET.find(character)
        if place < 0:
            return None
        value = value << _BITS | place
    spare = len(data) * _BITS % 8
    if spare >= _BITS or value & (1 << spare) - 1:
        return None
    return (value >> spare).to_bytes(len(data) * _BITS // 8, "big")
