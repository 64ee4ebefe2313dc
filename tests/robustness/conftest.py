"""Worlds that several tests of robustness begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.world import Clone
from tests.robustness.publishing import PublishWorld, build
from tests.servers import faulty
from tests.servers.openbao import Bao
from tests.templates import Templates


@pytest.fixture
def publishing(tmp_path: Path, templates: Templates, bao: Bao) -> Iterator[PublishWorld]:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with faulty.in_front_of(bao.address) as proxy:

        def published(top: Path) -> Clone:
            made = build(top)
            made.git("config", "gitseal.trust", "refs/heads/main")
            PublishWorld(made, bao, proxy, temporary).begin()
            return made

        made = templates.copy("publishing", tmp_path / "alice", published)
        world = PublishWorld(Clone(tmp_path / "alice", made.owner), bao, proxy, temporary)
        world.reset()
        yield world
