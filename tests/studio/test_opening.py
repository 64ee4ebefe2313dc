"""How the browser is opened: nothing of the folder takes part, and no file stays."""

import os
import tempfile
import time
from pathlib import Path

import pytest

from tests.servers import studio
from tests.studio.conftest import made

pytest.importorskip("starlette", reason="the extra studio is not installed")

from gitseal.studio import browser

_ADDRESS = "http://g0.localhost:1/open?token=hush-token"
# What the program imports that opens the browser, and what Python imports by itself.
_PLANTED = ("webbrowser", "shutil", "shlex", "os", "io", "subprocess", "threading", "sitecustomize", "usercustomize")


def plant(folder: Path, told: Path) -> None:
    """Modules of these names that tell if one of them runs."""
    for name in _PLANTED:
        (folder / f"{name}.py").write_text(f"import sys\nopen({str(told)!r}, 'w').write(repr(sys.argv))\nsys.exit(1)\n")


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the browser was started with; temporary files of this test lie beside it."""
    seen, program = tmp_path / "opened", tmp_path / "a browser"
    program.write_text(
        f'#!/bin/sh\n{{ pwd; cat "${{1#file://}}"; echo; tr "\\0" "\\n" </proc/$$/environ; }} >"{seen}.part"\n'
        f'mv "{seen}.part" "{seen}"\n'
    )
    program.chmod(0o755)
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temp"))
    monkeypatch.setenv("BROWSER", f"'{program}' %s")
    return seen


def text(opened: Path) -> str:
    """What the browser told, which another process starts."""
    end = time.monotonic() + 30
    while not opened.exists():
        assert time.monotonic() < end, "no browser was started"
        time.sleep(0.02)
    return opened.read_text()


@pytest.mark.parametrize("variable", ["", "PYTHONPATH"])
def test_no_module_of_the_folder_runs(
    opened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    hostile, told = tmp_path / "hostile", tmp_path / "ran"
    hostile.mkdir()
    plant(hostile, told)
    monkeypatch.chdir(hostile)
    monkeypatch.setenv("GITSEAL_IDENTITY", "hush-identity")
    if variable:
        monkeypatch.setenv(variable, str(hostile))
    with browser.led_to(_ADDRESS):
        said = text(opened)
        assert said.startswith("/\n")
        assert f"url={_ADDRESS}" in said
        assert "hush-identity" not in said
    assert not told.exists()
    assert not [*(tmp_path / "temp").iterdir()]


@pytest.mark.slow
def test_the_command_opens_it_beside_planted_modules(opened: Path, tmp_path: Path) -> None:
    """The whole command in a repository that brings such files."""
    (tmp_path / "top").mkdir()
    _, environ = made(tmp_path / "top", tmp_path)
    plant(tmp_path / "top", tmp_path / "ran")
    with studio.running(tmp_path / "top", "--port", "0", environ=environ) as page:
        assert page.address in text(opened)
        assert page.let_in().status == 200
        assert page.end()[0] == 0
    assert not (tmp_path / "ran").exists()
    assert not [*(tmp_path / "temp").iterdir()]


def test_what_a_killed_page_left_is_swept_and_no_other_file(opened: Path, tmp_path: Path) -> None:
    temp = tmp_path / "temp"
    left, foreign, linked = (temp / f"gitseal-studio-{name}" for name in ("left", "foreign", "linked"))
    left.mkdir()
    (left / "open.html").touch()
    foreign.mkdir()
    (foreign / "something").touch()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "open.html").touch()
    linked.symlink_to(outside)
    with browser.led_to(_ADDRESS):
        text(opened)
        [running] = {*temp.iterdir()} - {left, foreign, linked}
        for folder in (left, foreign, running):
            os.utime(folder, (0, 0))
        with browser.led_to(_ADDRESS):
            assert not left.exists()
            assert (running / "open.html").exists()
    assert {*temp.iterdir()} == {foreign, linked}
    assert (foreign / "something").exists()
    assert (outside / "open.html").exists()
