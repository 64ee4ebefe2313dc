"""The team of these attacks."""

from pathlib import Path

import pytest

from tests.attacks.approvals.world import Approving
from tests.attacks.verify.world import Key, ssh_key
from tests.templates import Templates

NAMES = ("alice", "bob", "carol", "robot", "hub", "mallory")


@pytest.fixture(scope="session")
def approvers_keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Key]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: ssh_key(folder, name) for name in NAMES}


@pytest.fixture
def team(tmp_path: Path, approvers_keys: dict[str, Key], templates: Templates) -> Approving:
    made = templates.copy("approving", tmp_path / "team", lambda top: Approving(top, approvers_keys))
    found = made.moved(tmp_path / "team")
    assert isinstance(found, Approving)
    return found
