"""Which version is told."""

from importlib import metadata
from pathlib import Path

import pytest

from gitseal.report.version import version


def test_it_is_that_of_the_package() -> None:
    assert version() == metadata.version("gitseal")


def test_what_is_first_on_the_path_is_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gitseal-9.8.7.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path / "nowhere")
    monkeypatch.syspath_prepend(tmp_path)
    assert version() == "9.8.7"
    (tmp_path / "gitseal-9.8.6.dist-info").mkdir()
    monkeypatch.setattr(metadata, "version", lambda name: f"of {name}")
    assert version() == "of gitseal"
