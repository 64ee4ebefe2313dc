"""A project whose hints are followed."""

from pathlib import Path

import pytest

from gitseal.recipients import x25519
from gitseal.usecases.init import Starter, init
from tests import programs
from tests.world import World, keyring_of


@pytest.fixture
def world(repo: Path, isolated: Path) -> World:
    """A project of alice's, whose identity lies where gitseal looks for it."""
    made = x25519.generate()
    text = made.text.reveal().decode()
    file = isolated / ".config/gitseal/identity.txt"
    file.parent.mkdir(parents=True)
    file.write_text(f"{text}\n")
    file.chmod(0o600)
    init(repo, keyring_of(text), ("development", "production"), Starter("alice", "", made.recipient))
    world = World(repo, keyring_of(text))
    world.set("development,production", A="hush1", B="hush2")
    programs.git(repo, "add", "--all")
    programs.git(repo, "commit", "--quiet", "--no-verify", "--message", "start")
    return world
