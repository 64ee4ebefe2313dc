"""Bytes in the base64 of something longer, where their own encoding stands nowhere."""

from binascii import b2a_base64


def inner_base64(content: bytes) -> list[bytes]:
    """The digits that depend on `content` alone: one text for each of the three places of a group where it may begin.

    Base64 turns three bytes into four digits. The first digits mix with what stands before, the last with what follows.
    """
    texts = []
    for before in range(3):
        encoded = b2a_base64(b"\0" * before + content, newline=False)
        start = (0, 2, 3)[before]
        end = len(encoded) - (0, 3, 2)[(before + len(content)) % 3]
        texts.append(encoded[start:end])
    return texts
