"""Which version is told."""

import importlib
from importlib import metadata
from pathlib import Path

import pytest

from gitseal.report.version import version


def test_it_is_that_of_the_package() -> None:
    assert version() == metadata.version("gitseal")


def install(place: Path, name: str, version: str) -> None:
    folder = place / f"gitseal-{name}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: gitseal\nVersion: {version}\n")
    importlib.invalidate_caches()


def test_what_is_first_on_the_path_is_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "second", "9.8.6", "9.8.6")
    install(tmp_path / "first", "9.8.7", "9.8.7")
    for name in ("second", "first", "nowhere"):
        monkeypatch.syspath_prepend(tmp_path / name)
    assert version() == "9.8.7" == metadata.version("gitseal")


def test_two_in_one_folder_are_told_apart_by_what_they_say_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken upgrade leaves both; the folders' names are not believed then, and here they are not what is inside."""
    install(tmp_path, "1", "9.8.7")
    install(tmp_path, "2", "9.8.7")
    monkeypatch.syspath_prepend(tmp_path)
    assert version() == "9.8.7"
