"""What `signing` may hold, and whose each key is."""

import subprocess
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.policy import parser
from gitseal.policy.signing import parse_signing, signers, ssh_line

FINGERPRINT = "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567"
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIiNcDNyfdcBVmXB9BEc7+wQRJzQ0Tv0uLDIvN0BhvDq"


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_public_keys_that_ssh_writes(kind: str, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(tmp_path / "k"), "-C", "a b"], check=True)
    text = (tmp_path / "k.pub").read_text()
    key = parse_signing(text)
    assert isinstance(key, bytes)
    assert ssh_line(key) == " ".join(text.split()[:2])


def test_fingerprints_in_any_writing() -> None:
    plain = FINGERPRINT.replace(" ", "")
    assert {parse_signing(text) for text in (FINGERPRINT, plain, plain.lower())} == {plain}
    assert parse_signing("ab" * 32) == "AB" * 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 !!!!",
        ED25519[:-8],
        ED25519.replace("ssh-ed25519", "ssh-rsa"),
        "ssh-dss AAAAB3NzaC1kc3M=",
        "ssh-ed25519-cert-v01@openssh.com AAAA",
        "age1ql3z",
        "89ABCDEF01234567",
        "G" * 40,
        f'{ED25519}"\ncert-authority *',
    ],
)
def test_what_is_no_signing_key(text: str) -> None:
    with pytest.raises(Error):
        parse_signing(text)


def test_whose_a_key_is() -> None:
    policy = parser.parse(
        f"""\
version: 1
recipients:
  alice: {{signing: ["{ED25519} alice@laptop", "{FINGERPRINT}"]}}
  bob: {{signing: ["{ED25519}", mistyped]}}
""".encode()
    )
    found = signers(policy)
    assert list(found.ssh.values()) == [("alice", "bob")]
    assert list(found.openpgp.values()) == [("alice",)]
