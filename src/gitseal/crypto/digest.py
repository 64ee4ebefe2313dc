"""SHA-256 by `cryptography`: hashlib would load a second OpenSSL, 3 ms that every command would pay."""


def sha256_hex(content: bytes) -> str:
    """The SHA-256 of the content as 64 lower-case hex digits."""
    # Loaded when something is hashed: the hook looks for identities and mostly finds nothing to hash.
    from cryptography.hazmat.primitives.hashes import SHA256, Hash

    digest = Hash(SHA256())
    digest.update(content)
    return digest.finalize().hex()
