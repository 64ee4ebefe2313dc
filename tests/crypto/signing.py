"""SSH keys and signatures for tests: made by ssh-keygen, taken apart, put together again, and judged by ssh-keygen."""

import subprocess
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

BEGIN, END = b"-----BEGIN SSH SIGNATURE-----\n", b"-----END SSH SIGNATURE-----\n"
APPLICATION = b"ssh:"


class Key(NamedTuple):
    """`line` is what its .pub file holds, `blob` the same in wire form."""

    place: Path
    line: str
    blob: bytes


class Parts(NamedTuple):
    """Everything in a signature, as PROTOCOL.sshsig names it; `made` is the type and the blob that are its signature."""

    key: bytes
    made: bytes
    magic: bytes = b"SSHSIG"
    version: int = 1
    namespace: bytes = b"git"
    reserved: bytes = b""
    hash: bytes = b"sha512"
    rest: bytes = b""

    def bytes(self) -> bytes:
        fields = string(self.key, self.namespace, self.reserved, self.hash, self.made)
        return self.magic + self.version.to_bytes(4, "big") + fields + self.rest


def make_key(folder: Path, kind: str, bits: int) -> Key:
    place = folder / f"{kind}-{bits}"
    command = ["ssh-keygen", "-q", "-t", kind, "-b", str(bits), "-N", "", "-C", "", "-f", str(place)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    line = place.with_suffix(".pub").read_text().strip()
    return Key(place, line, b64decode(line.split(" ")[1]))


def key_of(blob: bytes) -> Key:
    """A public key alone."""
    return Key(Path(), f"{take(blob)[0].decode()} {b64encode(blob).decode()}", blob)


def sign(key: Key, message: bytes, *options: str) -> bytes:
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", str(key.place), *options]
    return subprocess.run(command, input=message, capture_output=True, check=True).stdout


def ssh_keygen_takes(folder: Path, key: Key, signature: bytes, message: bytes) -> bool:
    """What `ssh-keygen -Y verify` says where this key alone is allowed."""
    (folder / "allowed").write_text(f'signer namespaces="git" {key.line}\n')
    (folder / "signature").write_bytes(signature)
    command = ["ssh-keygen", "-Y", "verify", "-n", "git", "-I", "signer", "-f", "allowed", "-s", "signature"]
    return subprocess.run(command, cwd=folder, input=message, capture_output=True, check=False).returncode == 0


def string(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def take(data: bytes) -> tuple[bytes, bytes]:
    end = 4 + int.from_bytes(data[:4], "big")
    return data[4:end], data[end:]


def mpint(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big") if number else b""


def unarmored(signature: bytes) -> bytes:
    return b64decode(signature.removeprefix(BEGIN).removesuffix(END))


def armored(data: bytes) -> bytes:
    text = b64encode(data)
    return BEGIN + b"".join(text[at : at + 70] + b"\n" for at in range(0, len(text), 70)) + END


def parts(signature: bytes) -> Parts:
    data = unarmored(signature)
    key, rest = take(data[10:])
    namespace, rest = take(rest)
    reserved, rest = take(rest)
    hash_, rest = take(rest)
    made, rest = take(rest)
    return Parts(key, made, data[:6], int.from_bytes(data[6:10], "big"), namespace, reserved, hash_, rest)


def token_key(private: Ed25519PrivateKey) -> bytes:
    """The wire form of a key as a security token would have it (PROTOCOL.u2f)."""
    return string(b"sk-ssh-ed25519@openssh.com", private.public_key().public_bytes_raw(), APPLICATION)


def token_sign(private: Ed25519PrivateKey, message: bytes) -> bytes:
    """What that token signs after a touch."""
    signed = b"SSHSIG" + string(b"git", b"", b"sha256", sha256(message).digest())
    state = b"\1" + (7).to_bytes(4, "big")
    value = private.sign(sha256(APPLICATION).digest() + state + sha256(signed).digest())
    made = string(b"sk-ssh-ed25519@openssh.com", value) + state
    return armored(Parts(token_key(private), made, hash=b"sha256").bytes())
