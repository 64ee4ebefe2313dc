"""The team of these attacks, in a repository of either hash function."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.verify.world import Key, Team, gpg_home, ssh_key

NAMES = ("alice", "bob", "mallory", "hub")


@pytest.fixture(scope="session")
def ssh_keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Key]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: ssh_key(folder, name) for name in NAMES}


@pytest.fixture(params=["sha1", "sha256"])
def team(request: pytest.FixtureRequest, tmp_path: Path, ssh_keys: dict[str, Key]) -> Team:
    return Team(tmp_path / "team", ssh_keys, f"--object-format={request.param}")


@pytest.fixture
def one(tmp_path: Path, ssh_keys: dict[str, Key]) -> Team:
    """A team in a repository of the usual kind, where the hash function has no part in it."""
    return Team(tmp_path / "team", ssh_keys)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not on this machine")
    with gpg_home(monkeypatch.setenv) as made:
        yield made
