"""Beginnings that show content which cannot be looked into, made by the real program if Python has it."""

import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from gitseal.scan import opaque


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a", "text")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (_zip(), opaque.PACKED),
        (gzip.compress(b"text"), opaque.PACKED),
        (bz2.compress(b"text"), opaque.PACKED),
        (lzma.compress(b"text"), opaque.PACKED),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", opaque.ELSEWHERE),
        (b"\0GITCRYPT\0\x01", opaque.ENCRYPTED),
        (b"$ANSIBLE_VAULT;1.1;AES256\n", opaque.ENCRYPTED),
        (b"age-encryption.org/v1\n-> X25519", opaque.ENCRYPTED),
        (b"", ""),
        (b"words", ""),
        (b"\x7fELF\x02\x01", ""),
        ("PASSWORD=x".encode("utf-16"), ""),
    ],
    # By name: zip and gzip hold the time, and processes that share the tests have to call each the same.
    ids=["zip", "gzip", "bzip2", "xz", "lfs", "git-crypt", "vault", "age", "empty", "words", "program", "utf-16"],
)
def test_by_the_beginning(content: bytes, kind: str) -> None:
    assert opaque.kind(content[: opaque.HEAD]) == kind


@pytest.mark.parametrize(
    ("path", "target", "kind"),
    [
        (b"a", b"b", ""),
        (b"d/a", b"../b", ""),
        (b"d/a", b"../../b", opaque.LINK_OUT),
        (b"a", b"/etc/passwd", opaque.LINK_OUT),
        (b"a", b"..", opaque.LINK_OUT),
        (b"film", b".git/annex/objects/x/y/z", opaque.ELSEWHERE),
    ],
)
def test_links(path: bytes, target: bytes, kind: str) -> None:
    assert opaque.kind_of_link(path, target) == kind
