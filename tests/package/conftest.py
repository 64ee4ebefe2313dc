"""A commit of this tree, and what is built from it once for all tests."""

import shutil
from pathlib import Path

import pytest

from tests import programs
from tests.conftest import TOP
from tests.package.building import build


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of this repository, whose commit has the tree's files as they are now."""
    top = tmp_path_factory.mktemp("dist") / "clone"
    listed = programs.run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=TOP)
    if listed.returncode:
        pytest.skip("this is no clone, so there is no commit to build")
    for name in filter(None, listed.stdout.split("\0")):
        if (TOP / name).is_file():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, top / name)
    programs.git(top, "init", "--quiet")
    programs.git(top, "add", "--all", "--force")
    programs.git(top, "commit", "--quiet", "--no-verify", "--message", "All of it")
    return top


@pytest.fixture(scope="session")
def pip_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pip")


@pytest.fixture(autouse=True)
def quick_pip(isolated: Path, pip_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test has downloaded is there for the next; and what is started a few times is not compiled as a whole."""
    monkeypatch.setenv("PIP_CACHE_DIR", str(pip_cache))
    monkeypatch.setenv("PIP_NO_COMPILE", "1")


@pytest.fixture(scope="session")
def built(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(clone, tmp_path_factory.mktemp("built"))
