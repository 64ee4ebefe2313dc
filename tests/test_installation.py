"""The command that adds a package is the one for the way in which gitseal was installed."""

import importlib.metadata
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gitseal import installation

COMMIT = "3f9d0c2b7a1e4d5f60718293a4b5c6d7e8f90123"
BY_NAME = f"install it: {sys.executable} -P -m pip install PyNaCl"


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What direct_url.json has: of this installation as an installer would have written it."""
    file = SimpleNamespace(text=None)
    monkeypatch.setattr(
        importlib.metadata, "distribution", lambda _: SimpleNamespace(read_text=lambda _: file.text, version="0.1.0")
    )
    return file


def from_git(url: str, **more: str) -> str:
    return json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": COMMIT}, **more})


def remedy() -> str:
    return installation.remedy("PyNaCl", extra="github")


@pytest.mark.parametrize(
    "record",
    [
        None,
        "",
        "{",
        "[]",
        '{"url": "file:///home/alice/gitseal", "dir_info": {"editable": true}}',
        '{"url": "file:///tmp/gitseal-0.1.0-py3-none-any.whl", "archive_info": {}}',
        '{"url": "https://git.example.com/gitseal", "vcs_info": {"vcs": "hg", "commit_id": "1"}}',
        '{"url": "https://git.example.com/gitseal", "vcs_info": {"vcs": "git", "commit_id": "1; x"}}',
    ],
)
def test_what_came_from_no_commit_gets_the_packages_alone(recorded: SimpleNamespace, record: str | None) -> None:
    recorded.text = record

    assert remedy() == BY_NAME


@pytest.mark.parametrize("url", ["https://git.example.com/gitseal", "ssh://git@git.example.com/gitseal"])
def test_what_came_from_a_commit_gets_the_extra_of_the_same_commit(recorded: SimpleNamespace, url: str) -> None:
    recorded.text = from_git(url)

    assert remedy() == f"install it: {sys.executable} -P -m pip install 'gitseal[github] @ git+{url}@{COMMIT}'"


def test_a_folder_of_the_repository_is_named(recorded: SimpleNamespace) -> None:
    recorded.text = from_git("https://git.example.com/all", subdirectory="tools/gitseal")

    assert remedy().endswith(f"@{COMMIT}#subdirectory=tools/gitseal'")


def test_a_folder_of_this_machine_is_no_source_that_every_pip_takes(recorded: SimpleNamespace) -> None:
    recorded.text = from_git("file:///srv/gitseal")

    assert remedy() == BY_NAME


@pytest.mark.parametrize(
    "url", ["https://token@git.example.com/g", "https://a:token@g.example.com/g", "ssh://a:token@g/g"]
)
def test_no_credentials_are_printed(recorded: SimpleNamespace, url: str) -> None:
    recorded.text = from_git(url)

    assert remedy() == BY_NAME


def test_a_package_of_no_extra_goes_by_its_name(recorded: SimpleNamespace) -> None:
    recorded.text = from_git("https://git.example.com/gitseal")

    assert installation.remedy("botocore[crt]") == f"install it: {sys.executable} -P -m pip install 'botocore[crt]'"


def test_without_pip_uv_installs(recorded: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded.text = None
    monkeypatch.setattr(installation, "find_spec", lambda _: None)

    assert remedy() == f"install it: uv pip install --python {sys.executable} PyNaCl"


def test_pipx_injects(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "gitseal").mkdir()
    (tmp_path / "gitseal/pipx_metadata.json").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "gitseal"))

    assert remedy() == "install it: pipx inject gitseal PyNaCl"


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        (None, ""),
        (from_git("https://git.example.com/gitseal"), f" ({COMMIT})"),
        (from_git("https://token@git.example.com/gitseal"), f" ({COMMIT})"),
    ],
)
def test_the_version_tells_the_commit(recorded: SimpleNamespace, record: str | None, shown: str) -> None:
    recorded.text = record

    assert installation.version() == f"0.1.0{shown}"
