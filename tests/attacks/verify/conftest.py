"""The team of these attacks, in a repository of either hash function."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.verify.world import Key, Server, Team, gpg_home, ssh_key
from tests.slow import slow_but
from tests.templates import Templates

NAMES = ("alice", "bob", "mallory", "hub")


@pytest.fixture(scope="session")
def ssh_keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Key]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: ssh_key(folder, name) for name in NAMES}


# That the length of a name plays no part is shown in `make test` by the law in tests/audit/hook/test_one_judge.py.
@pytest.fixture(params=slow_but({"sha1"}, ["sha1", "sha256"]))
def team(request: pytest.FixtureRequest, tmp_path: Path, ssh_keys: dict[str, Key], templates: Templates) -> Team:
    option = f"--object-format={request.param}"
    made = templates.copy(request.param, tmp_path / "team", lambda top: Team(top, ssh_keys, option))
    return made.moved(tmp_path / "team")


@pytest.fixture
def one(tmp_path: Path, ssh_keys: dict[str, Key], templates: Templates) -> Team:
    """A team in a repository of the usual kind, where the hash function has no part in it."""
    return templates.copy("usual", tmp_path / "team", lambda top: Team(top, ssh_keys)).moved(tmp_path / "team")


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not on this machine")
    with gpg_home(monkeypatch.setenv) as made:
        yield made


@pytest.fixture
def server(team: Team, tmp_path: Path, templates: Templates) -> Server:
    return _served(team, tmp_path / "server.git", templates, f"served-{len(team.base)}")


@pytest.fixture
def server_of_one(one: Team, tmp_path: Path, templates: Templates) -> Server:
    return _served(one, tmp_path / "server.git", templates, "served-one")


def _served(team: Team, top: Path, templates: Templates, name: str) -> Server:
    """A server that has the team's first commit. All copies of a team have the same one."""

    def build(folder: Path) -> None:
        # The first push of all brings the policy; nobody's signature can be asked for.
        assert Server.new(team, folder).push("main") == ""

    templates.copy(name, top, build)
    return Server(team, top)
