"""Post-quantum age keys against the vectors that C2SP publishes.

`cctv/` has every file of https://github.com/C2SP/CCTV whose name begins with age/testdata/hybrid, at commit
1e3d2860d46e94e777e1b17c7a6f2436387e3ecc (0BSD, CC0 or Unlicense). Their payload is three bytes, and a stanza's is a data
key, so the header is checked with a payload of the right length in its place, and the payload is opened by itself.
"""

import hashlib
import zlib
from pathlib import Path

import pytest

from gitseal.errors import Damaged, Malformed
from gitseal.recipients import age_file, hybrid
from gitseal.recipients.stanza import parse_header

VECTORS = sorted((Path(__file__).parent / "cctv").iterdir())
# age takes files for several keys, and types it does not know; a stanza of ours is for one key (docs/format.md, 4.6).
FOR_SEVERAL = {"hybrid_and_x25519", "hybrid_grease", "hybrid_multiple_recipients"}


def vector(path: Path) -> tuple[dict[str, str], bytes]:
    head, _, file = path.read_bytes().partition(b"\n\n")
    fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
    return fields, zlib.decompress(file) if fields.get("compressed") == "zlib" else file


def with_payload(file: bytes, payload: bytes) -> bytes:
    header, mark, rest = file.partition(b"\n--- ")
    return header + mark + rest.partition(b"\n")[0] + b"\n" + payload


def opened(file: bytes, identity: hybrid.HybridIdentity) -> bytes | str:
    try:
        file_key = identity.file_key(parse_header(with_payload(file, bytes(64))))
    except (Malformed, Damaged):
        return "header failure"
    return "no match" if file_key is None else file_key


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.name)
def test_a_vector_has_its_outcome(path: Path) -> None:
    fields, file = vector(path)
    identity = hybrid.parse_identity(fields["identity"], "the vector's")

    got = opened(file, identity)

    if path.name in FOR_SEVERAL:
        assert got == "header failure"
    elif fields["expect"] == "success":
        assert got == bytes.fromhex(fields["file key"])
        assert isinstance(got, bytes)
        payload = age_file.open_payload(file, got)
        assert hashlib.sha256(payload).hexdigest() == fields["payload"]
    else:
        assert got == fields["expect"]


def test_there_are_vectors_for_every_outcome() -> None:
    outcomes = [vector(path)[0]["expect"] for path in VECTORS]
    assert len(outcomes) == 18
    assert set(outcomes) == {"success", "no match", "header failure"}


def test_a_wrong_header_and_a_wrong_payload_are_damaged() -> None:
    made = hybrid.generate()
    (line,) = [line for line in made.text.reveal().decode().splitlines() if not line.startswith("#")]
    identity, stanza = hybrid.parse_identity(line, "me"), hybrid.parse(made.recipient).wrap(bytes(32))
    mac = stanza.index(b"\n--- ") + len(b"\n--- ")
    for at in (mac, len(stanza) - 1):
        changed = bytearray(stanza)
        # In the header another letter of base64, for anything else is no header at all.
        changed[at] = (b"B" if changed[at : at + 1] == b"A" else b"A")[0] if at == mac else changed[at] ^ 1
        with pytest.raises(Damaged):
            identity.unwrap(bytes(changed))
