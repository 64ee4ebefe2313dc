"""The tar of a backup: what goes in comes back, the same files are the same bytes, and no stranger's tar leads anywhere."""

import gzip
import io
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.document.value import TypedValue, ValueType, checked, text
from gitseal.errors import Error, Malformed
from gitseal.exchange import backup, typed_values
from gitseal.exchange.typed_values import KeptValue

NAMES = st.sampled_from(["policy.yaml", "allow.yaml", "production.yaml", "a.b-c.yaml", "schema/policy.json"])
PATHS = st.lists(st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,20}", fullmatch=True), min_size=1, max_size=4).map(tuple)
VALUES = st.one_of(
    st.text().filter(lambda content: not any("\ud800" <= sign <= "\udfff" for sign in content)).map(text),
    st.binary().map(lambda content: checked(ValueType.BYTES, content)),
    st.sampled_from(
        [
            checked(ValueType.FLOAT, b"1.50"),
            checked(ValueType.INTEGER, b"-0007".replace(b"000", b"")),
            checked(ValueType.BOOLEAN, b"true"),
            checked(ValueType.NULL, b""),
            checked(ValueType.JSON, b'{"a":[1,2.50]}'),
        ]
    ),
)


@pytest.mark.fuzz
@given(st.dictionaries(NAMES, st.binary(max_size=2000), min_size=1))
def test_files_come_back_and_the_same_files_are_the_same_bytes(files: dict[str, bytes]) -> None:
    packed = backup.pack_files(files)
    assert backup.unpack(packed, "b") == (files, {})
    assert backup.pack_files(dict(reversed(files.items()))) == packed


@pytest.mark.fuzz
@given(st.dictionaries(PATHS, st.tuples(VALUES, st.booleans())))
def test_every_value_comes_back_as_what_it_was(values: dict[tuple[str, ...], tuple[TypedValue, bool]]) -> None:
    kept = [KeptValue(path, *value) for path, value in values.items()]
    assert backup.unpack(backup.pack_values({"production": kept}), "b").values == {"production": kept}


def test_a_tar_of_ours_is_one_to_tar(tmp_path: Path) -> None:
    files = {"policy.yaml": b"version: 1\n", "schema/policy.json": b"{}", "production.yaml": b"x" * 5000}
    (tmp_path / "b.tar").write_bytes(backup.pack_files(files))
    subprocess.run(["tar", "xf", "b.tar"], cwd=tmp_path, check=True)
    assert {name: (tmp_path / ".secrets" / name).read_bytes() for name in files} == files
    # And tar's own, of the folder as it lies there, is taken back.
    subprocess.run(["tar", "cf", "again.tar", ".secrets"], cwd=tmp_path, check=True)
    assert backup.unpack((tmp_path / "again.tar").read_bytes(), "b").files == files


def tar(*members: tarfile.TarInfo | tuple[str, bytes], form: int = tarfile.GNU_FORMAT) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=form) as made:
        for member in members:
            info, data = (
                (member, b"") if isinstance(member, tarfile.TarInfo) else (tarfile.TarInfo(member[0]), member[1])
            )
            info.size = len(data) or info.size
            made.addfile(info, io.BytesIO(data or bytes(info.size)))
    return content.getvalue()


def special(kind: bytes, name: str = ".secrets/production.yaml", target: str = "/etc/passwd") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def sparse() -> bytes:
    """A file of GNU's sparse form that says it has 8 TiB, in a kilobyte."""
    info = tarfile.TarInfo(".secrets/production.yaml")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(2**43)}
    return tar(info, form=tarfile.PAX_FORMAT)


def claims_more() -> bytes:
    made = bytearray(tar((".secrets/production.yaml", b"x" * 100)))
    made[124:136] = b"%011o\0" % (2**32)
    made[148:156] = b"        "
    made[148:156] = b"%06o\0 " % sum(made[:512])
    return bytes(made)


POLICY = (".secrets/policy.yaml", b"version: 1\n")
HOSTILE: dict[str, Callable[[], bytes]] = {
    "up": lambda: tar(POLICY, ("../.secrets/production.yaml", b"x")),
    "up from within": lambda: tar(POLICY, (".secrets/../.git/hooks/pre-commit", b"x")),
    "absolute": lambda: tar(POLICY, ("/etc/cron.d/x", b"x")),
    "a name with dots": lambda: tar(POLICY, (".secrets/..yaml", b"x")),
    "deeper": lambda: tar(POLICY, (".secrets/schema/../../x.yaml", b"x")),
    "in no folder": lambda: tar(POLICY, ("x.yaml", b"x")),
    "another file": lambda: tar(POLICY, (".secrets/run.sh", b"x")),
    "overrides of a machine": lambda: tar(POLICY, (".secrets/development.local.yaml", b"x")),
    "a reserved name": lambda: tar(POLICY, (".secrets/all.yaml", b"x")),
    "another schema": lambda: tar(POLICY, (".secrets/schema/x.json", b"{}")),
    "a path with a slash too many": lambda: tar(POLICY, (".secrets//production.yaml", b"x")),
    "a dot": lambda: tar(POLICY, ("./.secrets/production.yaml", b"x")),
    "a line end": lambda: tar(POLICY, (".secrets/a\n.yaml", b"x")),
    "another case": lambda: tar(POLICY, (".secrets/PRODUCTION.yaml", b"x")),
    "a symlink": lambda: tar(POLICY, special(tarfile.SYMTYPE)),
    "a symlink for the folder": lambda: tar(special(tarfile.SYMTYPE, ".secrets", "/etc"), POLICY),
    "a hard link": lambda: tar(POLICY, special(tarfile.LNKTYPE, target=".secrets/policy.yaml")),
    "a device": lambda: tar(POLICY, special(tarfile.CHRTYPE)),
    "a pipe": lambda: tar(POLICY, special(tarfile.FIFOTYPE)),
    "a folder for a file": lambda: tar(POLICY, special(tarfile.DIRTYPE)),
    "a foreign folder": lambda: tar(POLICY, special(tarfile.DIRTYPE, ".git")),
    "twice": lambda: tar(POLICY, POLICY),
    "sparse": sparse,
    "more than there is": claims_more,
    "too many": lambda: tar(*((f".secrets/e{number}.yaml", b"x") for number in range(10_001))),
    "both kinds": lambda: tar(POLICY, ("values/production.json", b"{}")),
    "nothing": tar,
    "no tar": lambda: b"A=1\n",
    "compressed": lambda: gzip.compress(tar(POLICY)),
    "cut off": lambda: tar((".secrets/production.yaml", b"x" * 5000))[:2000],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_we_would_not_have_written_is_refused(name: str) -> None:
    with pytest.raises(Malformed) as told:
        backup.unpack(HOSTILE[name](), "backup.age")
    assert str(told.value).startswith("backup.age: ")
    assert all(sign.isprintable() for sign in told.value.message)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"A": "hush"}',
        b'{"A": {"type": "text"}}',
        b'{"A": {"type": "text", "value": 1}}',
        b'{"A": {"type": "no", "value": "hush"}}',
        b'{"A": {"type": "integer", "value": "hush"}}',
        b'{"A": {"type": "bytes", "value": "hush!"}}',
        b'{"A": {"type": "text", "value": "\\ud800"}}',
        b'{"A": {"type": "text", "value": "hush", "more": 1}}',
        b'{"A": {"type": "text", "value": "hush"}, "A": {"type": "text", "value": "b"}}',
        b'{"../A": {"type": "text", "value": "hush"}}',
        b'{"": {"type": "text", "value": "hush"}}',
        b"[" * 100_000,
    ],
)
def test_values_in_another_form_are_refused_and_quoted_nowhere(content: bytes) -> None:
    with pytest.raises(Malformed) as told:
        typed_values.parse(content)
    error: BaseException | None = told.value
    while error is not None:
        assert "hush" not in f"{error!r} {error.__dict__}"
        error = error.__cause__ or error.__context__


def test_a_file_of_nothing_but_zeros_is_refused_at_once() -> None:
    with pytest.raises(Error, match="no backup"):
        backup.unpack(bytes(50 * 1024 * 1024), "b")
