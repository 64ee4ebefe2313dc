"""Recipients files as `age -R` reads them, and fingerprints as `ssh-keygen -l` prints them."""

import subprocess
from pathlib import Path

import pytest

from gitseal.errors import Malformed
from gitseal.recipients import x25519
from gitseal.recipients.fingerprint import fingerprint
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.recipients_file import LIMIT, parse_recipients


def _ssh(tmp_path: Path, kind: str, *options: str) -> str:
    path = tmp_path / kind
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "a b", *options, "-f", path], check=True)
    return path.with_suffix(".pub").read_text().strip()


def test_keys_are_read_and_the_rest_is_named(tmp_path: Path) -> None:
    key = x25519.generate().recipient
    good, other = _ssh(tmp_path, "ed25519"), _ssh(tmp_path, "ecdsa")
    text = f"# Bob's\r\n\n  {key}  \n{good}\n{other}\n{key}\n"
    read = parse_recipients(text.encode(), "bob.keys")
    assert read.keys == (key, " ".join(good.split()[:2]))
    assert read.left_out == (
        'bob.keys: line 5 is left out: SSH keys of type "ecdsa-sha2-nistp256" cannot be recipients',
    )


def test_a_line_that_is_no_key_is_refused_and_never_quoted() -> None:
    made = x25519.generate()
    private = made.text.reveal().decode().splitlines()[-1]
    for line, words in ((private, "private key"), ("hush", "not a recipient"), ("<html>", "not a recipient")):
        with pytest.raises(Malformed, match=words) as caught:
            parse_recipients(f"{made.recipient}\n{line}\n".encode(), "bob.keys")
        assert str(caught.value).startswith("bob.keys: line 2: ")
        assert line not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"\xff\xfe", b"#" * (LIMIT + 1)])
def test_what_holds_no_key_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_recipients(data, "bob.keys")


def test_a_list_too_long_to_be_looked_at_is_refused() -> None:
    text = "\n".join(x25519.generate().recipient for _ in range(51))
    with pytest.raises(Malformed, match="51 keys, more than 50"):
        parse_recipients(text.encode(), "bob.keys")


def test_the_fingerprint_is_the_one_that_ssh_keygen_prints(tmp_path: Path) -> None:
    key = _ssh(tmp_path, "ed25519")
    listed = subprocess.run(
        ["ssh-keygen", "-l", "-f", tmp_path / "ed25519.pub"], check=True, capture_output=True, text=True
    )
    assert fingerprint(parse_recipient(key).canonical) == listed.stdout.split()[1]
