"""Ciphertext that is bytes, or the base64 of them: formats that have no word at their beginning, known by their structure.

Random bytes pass for one of them once in millions of keys. What kubeseal writes begins with two bytes that say little, so only
text of several hundred signs is looked at for it.
"""

# The packets of OpenPGP with a session key for a public key or a passphrase (RFC 9580, 5.1 and 5.3), each with the versions and
# algorithms that there are, and what may follow such a packet: more of them, or data.
_FOR_A_KEY, _FOR_A_PASSPHRASE = 1, 3
_FOLLOWING = (_FOR_A_KEY, _FOR_A_PASSPHRASE, 9, 18, 20)
_KEY_VERSION, _KEY_ALGORITHMS, _KEY_ALGORITHM_AT = 3, (1, 2, 16, 18, 25, 26), 9
_PASSPHRASE_VERSIONS, _CIPHERS, _LEAST = (4, 5, 6), range(1, 14), 4
# In the first octet of a packet: that it is one, that its format is the new one. In the second, how many more tell the length.
_IS_PACKET, _IS_NEW, _TWO_OCTETS, _PARTIAL, _FOUR_OCTETS = 0x80, 0x40, 192, 224, 255
# How the blobs of AWS KMS begin, up to half a byte of the next.
_AWS_KMS, _AWS_KMS_NEXT, _AWS_KMS_LEAST = (b"\x01\x01\x02\x00", b"\x01\x02\x02\x00", b"\x01\x02\x03\x00"), 7, 60
# A message of protobuf with a key id of 36 bytes, and then the ciphertext.
_GOOGLE_KMS, _GOOGLE_NEXT_AT, _GOOGLE_NEXT, _GOOGLE_LEAST = b"\x0a\x24\x00", 38, 0x12, 60
# kubeseal writes the length of a session key that is sealed with RSA of 4096 bits, that key, and the ciphertext.
_KUBESEAL, _KUBESEAL_LEAST = b"\x02\x00", 480

# The content types of CMS whose content is encrypted (RFC 5652, 6.1 and 8; RFC 5083, 2.1), each as its object identifier.
_CMS_TYPES = (
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17",
)
_SEQUENCE, _LONG_LENGTH = b"\x30", 0x80


def is_gpg(data: bytes) -> bool:
    """True for what `gpg --encrypt` and `gpg --symmetric` write without armor."""
    first = _packet(data, 0)
    following = _packet(data, first[2]) if first else None
    if first is None or following is None or following[0] not in _FOLLOWING:
        return False
    tag, start, end = first
    body = data[start:end]
    if tag == _FOR_A_PASSPHRASE:
        return len(body) >= _LEAST and body[0] in _PASSPHRASE_VERSIONS and body[1] in _CIPHERS
    is_long = len(body) > _KEY_ALGORITHM_AT
    return tag == _FOR_A_KEY and is_long and body[0] == _KEY_VERSION and body[_KEY_ALGORITHM_AT] in _KEY_ALGORITHMS


def _packet(data: bytes, at: int) -> tuple[int, int, int] | None:
    """A packet's tag, and where its body begins and ends (RFC 9580, 4.2); None if there is no packet."""
    head = data[at : at + 6]
    if len(head) < len(b"\x84.") or not head[0] & _IS_PACKET:
        return None
    if not head[0] & _IS_NEW:
        tag, octets = head[0] >> 2 & 15, (1, 2, 4, 0)[head[0] & 3]
        size = int.from_bytes(head[1 : 1 + octets], "big")
    else:
        tag, first = head[0] & 63, head[1]
        octets, size = 1, first
        if _TWO_OCTETS <= first < _PARTIAL:
            octets, size = 2, (first - _TWO_OCTETS << 8) + _TWO_OCTETS + int.from_bytes(head[2:3], "big")
        elif first == _FOUR_OCTETS:
            octets, size = 5, int.from_bytes(head[2:6], "big")
    return tag, at + 1 + octets, at + 1 + octets + size


def is_aws_kms(data: bytes) -> bool:
    """True for the blob that `aws kms encrypt` gives."""
    return data.startswith(_AWS_KMS) and len(data) >= _AWS_KMS_LEAST and data[4] >> 4 == _AWS_KMS_NEXT


def is_google_kms(data: bytes) -> bool:
    """True for what `gcloud kms encrypt` gives."""
    return data.startswith(_GOOGLE_KMS) and len(data) >= _GOOGLE_LEAST and data[_GOOGLE_NEXT_AT] == _GOOGLE_NEXT


def is_kubeseal(data: bytes) -> bool:
    """True for one value of a SealedSecret."""
    return data.startswith(_KUBESEAL) and len(data) >= _KUBESEAL_LEAST


def is_cms(data: bytes) -> bool:
    """True for the beginning of what `openssl cms -encrypt` writes as DER: a sequence, its length, and what it is."""
    if not data.startswith(_SEQUENCE) or len(data) < len(_SEQUENCE) + 1:
        return False
    octets = data[1] & ~_LONG_LENGTH if data[1] & _LONG_LENGTH else 0
    return data.startswith(_CMS_TYPES, 2 + octets)
