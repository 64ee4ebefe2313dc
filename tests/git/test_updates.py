"""What Git tells its hooks of a push."""

import pytest

from gitseal.errors import Error
from gitseal.git.updates import Update, is_none, pushed, received

OLD, NEW = "0" * 40, "a" * 40


def test_names_may_be_anything_but_blanks() -> None:
    for name in ("refs/heads/main", "refs/heads/a\u3000b", "refs/heads/a\u2028b", "refs/heads/a\udce9"):
        line = f"{OLD} {NEW} {name}\n".encode("utf-8", "surrogateescape")
        assert received(line * 2) == [Update(OLD, NEW, name)] * 2


def test_what_is_pushed_may_be_named_with_blanks() -> None:
    line = f"HEAD^{{/some words}} {NEW} refs/heads/main {OLD}\n(delete) {OLD} refs/heads/x {NEW}\n".encode()
    assert pushed(line) == [Update(OLD, NEW, "refs/heads/main"), Update(NEW, OLD, "refs/heads/x")]


@pytest.mark.parametrize("line", [b"x\n", b"a b c\n", b"a b c d\n", b"--all --all refs\n", b"--all --all refs x\n"])
def test_what_is_no_hook(line: bytes) -> None:
    for read in (pushed, received):
        with pytest.raises(Error, match="list of refs"):
            read(line)


def test_nothing() -> None:
    assert received(b"") == pushed(b"") == []
    assert is_none("0" * 64)
    assert not is_none(NEW)
