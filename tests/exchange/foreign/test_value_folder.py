"""A folder in which each file is a value, as Docker, Kubernetes and systemd put secrets into one."""

import os
from pathlib import Path

import pytest

from gitseal.document.value import ValueType
from gitseal.errors import Error
from gitseal.exchange.foreign import Opened, value_folder
from gitseal.files import reading


def written(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def mounted(folder: Path, files: dict[str, bytes]) -> Path:
    """A Secret as the kubelet mounts it: links to links to a folder with a time in its name."""
    written(folder / "..2026_11_27_10_00_00.123456789", files)
    (folder / "..data").symlink_to("..2026_11_27_10_00_00.123456789")
    for name in files:
        (folder / name).symlink_to(f"..data/{name}")
    return folder


def read(folder: Path, *, trims: bool = False) -> dict[str, bytes]:
    return {"/".join(item.path): item.value.reveal() for item in opened(folder, trims=trims).imported.items}


def opened(folder: Path, *, trims: bool = False) -> Opened:
    return value_folder.read(str(folder), trims=trims)


def refused(folder: Path) -> Error:
    with pytest.raises(Error) as caught:
        read(folder)
    assert "hush" not in caught.value.message + caught.value.hint
    error: Error = caught.value
    return error


FILES = {"DB_PASSWORD": b"hush-a", "tls.key": b"hush\nb\n", "blob": b"\0hush\xff", "empty": b""}


@pytest.mark.parametrize("made", [written, mounted], ids=["files", "a mounted Secret"])
def test_each_file_is_a_value_byte_for_byte(made: "object", tmp_path: Path) -> None:
    assert callable(made)
    folder = made(tmp_path / "secrets", FILES)
    assert read(folder) == FILES
    kinds = {item.path[0]: item.value.kind for item in opened(folder).imported.items}
    assert [name for name, kind in kinds.items() if kind is ValueType.BYTES] == ["blob"]


def test_a_line_end_stays_and_is_told_unless_it_is_to_go(tmp_path: Path) -> None:
    folder = written(tmp_path / "secrets", {"A": b"hush\n", "B": b"hush\r\n", "PEM": b"hush\nb\n", "RAW": b"\xff\n"})
    assert read(folder)["A"] == b"hush\n"
    (note,) = opened(folder).notes
    assert note.endswith("--trim leaves it out: A, B")
    assert read(folder, trims=True) == {"A": b"hush", "B": b"hush", "PEM": b"hush\nb\n", "RAW": b"\xff\n"}
    assert opened(folder, trims=True).notes == ()


def test_dot_files_stay_behind_and_are_counted(tmp_path: Path) -> None:
    folder = mounted(tmp_path / "secrets", {"A": b"hush"})
    assert opened(folder).notes == ()
    (folder / ".cache").write_text("hush")
    assert read(folder) == {"A": b"hush"}
    assert opened(folder).notes == ("1 dot file of the folder left out: .cache",)


def test_names_that_differ_in_case_alone_are_told(tmp_path: Path) -> None:
    folder = written(tmp_path / "secrets", {"a": b"hush", "B": b"hush"})
    (folder / "A").write_text("hush")
    names = ["A", "a"] if len(list(folder.iterdir())) == 3 else []
    told = tuple(f"these names differ in upper and lower case alone: {', '.join(names)}" for _ in names[:1])
    assert opened(folder).notes == told


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("hush")
    for name, target in (("A", "../other"), ("B", str(tmp_path / "other")), ("C", "/dev/zero"), ("D", "nowhere")):
        folder = written(tmp_path / f"of-{name}", {})
        (folder / name).symlink_to(target)
        assert f'"{name}"' in refused(folder).message
    folder = written(tmp_path / "beside", {})
    (folder / "..data").symlink_to("..")
    (folder / "other").symlink_to("..data/other")
    assert "outside of the folder" in refused(folder).message


def test_what_is_no_file_or_no_name_is_refused_by_name(tmp_path: Path) -> None:
    folder = written(tmp_path / "secrets", {"A": b"hush", "my key": b"hush", "1st": b"hush"})
    assert '"1st", "my key"' in refused(folder).message
    folder = written(tmp_path / "deep", {"A": b"hush"})
    (folder / "rhsm").mkdir()
    (folder / "kubernetes.io").mkdir()
    assert "kubernetes.io, rhsm" in refused(folder).message
    folder = written(tmp_path / "pipe", {})
    os.mkfifo(folder / "A")
    assert "A" in refused(folder).message
    folder = written(tmp_path / "large", {})
    with (folder / "BIG").open("wb") as file:
        file.truncate(9 * 2**20)
    assert '"BIG"' in refused(folder).message


def test_a_folder_that_the_kubelet_swaps_meanwhile_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = mounted(tmp_path / "secrets", {"A": b"hush-old", "B": b"hush-old"})
    read_regular = reading.read_regular

    def swapping(path: Path, limit: int) -> bytes:
        content = read_regular(path, limit)
        if not (folder / "..new").exists():
            written(folder / "..new", {"A": b"hush-new", "B": b"hush-new"})
            (folder / "..swap").symlink_to("..new")
            (folder / "..swap").rename(folder / "..data")
        return content

    monkeypatch.setattr("gitseal.exchange.foreign.value_folder.read_regular", swapping)
    assert "changed" in refused(folder).message
    assert read(folder) == {"A": b"hush-new", "B": b"hush-new"}
