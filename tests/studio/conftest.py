from collections.abc import Iterator
from pathlib import Path

import pytest

from gitseal.recipients import x25519
from gitseal.usecases.init import Starter, init
from tests.programs import git
from tests.servers import studio
from tests.servers.studio import Studio
from tests.world import World, keyring_of


class Desktop:
    """A repository with its page, and its person's world."""

    def __init__(self, world: World, page: Studio, environ: dict[str, str]) -> None:
        self.world = world
        self.page = page
        self.environ = environ


def made(top: Path, home: Path) -> tuple[World, dict[str, str]]:
    """A repository of alice's with some names, committed, and the variables of her machine."""
    identity = x25519.generate()
    text = identity.text.reveal().decode()
    who = {"GIT_AUTHOR_NAME": "alice", "GIT_COMMITTER_NAME": "alice"}
    who |= {"GIT_AUTHOR_EMAIL": "alice@example.com", "GIT_COMMITTER_EMAIL": "alice@example.com"}
    environ = {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "GITSEAL_IDENTITY": text, **who}
    git(top, "init", "-q", "-b", "main")
    init(top, keyring_of(text), ("development", "production"), Starter("alice", "", identity.recipient))
    world = World(top, keyring_of(text))
    world.set("development,production", DATABASE_URL="hush-database", api__TOKEN="hush-token")
    policy = top / ".secrets/policy.yaml"
    policy.write_text(policy.read_text().replace("  production:\n", "  production:\n    protected: true\n"))
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "start", environ=environ)
    return world, environ


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    pytest.importorskip("starlette", reason="the extra studio is not installed")
    top, home = tmp_path_factory.mktemp("top"), tmp_path_factory.mktemp("home")
    world, environ = made(top, home)
    with studio.running(top, environ=environ) as page:
        assert page.let_in().status == 200
        yield Desktop(world, page, environ)
