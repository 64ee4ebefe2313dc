"""Bech32, in which age writes its keys: what a string holds, and whether its checksum is right (BIP 173)."""

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_CHECKSUM = 6  # characters
_BITS = 5  # in a character
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def payload(text: str) -> bytes | None:
    """Decode what stands between the last "1" and the checksum of a lower-case string; the checksum is not looked at.

    Gives None for characters outside the alphabet, and if the bits that do not fill a byte are not zero: such a string is
    a second spelling of the same bytes.
    """
    value = 0
    data = text.rpartition("1")[2][:-_CHECKSUM]
    for character in data:
        digit = _ALPHABET.find(character)
        if digit < 0:
            return None
        value = value << _BITS | digit
    spare = len(data) * _BITS % 8
    # Five spare bits or more are a character that carries nothing.
    if spare >= _BITS or value & (1 << spare) - 1:
        return None
    return (value >> spare).to_bytes(len(data) * _BITS // 8, "big")


def encode(prefix: str, data: bytes) -> str:
    """The lower-case string of some bytes under a prefix."""
    spare = -len(data) * 8 % _BITS
    value, count = int.from_bytes(data, "big") << spare, (len(data) * 8 + spare) // _BITS
    digits = [value >> _BITS * (count - 1 - at) & 31 for at in range(count)]
    checksum = _remainder(prefix, [*digits, *[0] * _CHECKSUM]) ^ 1
    digits += [checksum >> _BITS * (_CHECKSUM - 1 - at) & 31 for at in range(_CHECKSUM)]
    return f"{prefix}1{''.join(_ALPHABET[digit] for digit in digits)}"


def is_whole(text: str) -> bool:
    """True if a lower-case ASCII string ends in its own checksum, so that no character of it is made up or mistyped."""
    prefix, _, data = text.rpartition("1")
    digits = [_ALPHABET.find(character) for character in data]
    # 1 is the constant of Bech32; the later Bech32m has another, and age does not use it.
    return bool(prefix) and min(digits, default=-1) >= 0 and _remainder(prefix, digits) == 1


def _remainder(prefix: str, digits: list[int]) -> int:
    # The prefix counts too: first the high bits of its characters, a zero, then the low ones.
    checksum = 1
    for value in (*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *digits):
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                checksum ^= generator
    return checksum
