"""A project on the disk, and the process as a program of it finds itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitseal.recipients import x25519
from gitseal.sdk import declared
from tests.sdk.world import World, start
from tests.world import keyring_of


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    declared._shared.clear()
    yield
    declared._shared.clear()


@pytest.fixture
def world(repo: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """`production` and `staging` in the working directory, with the identity that opens them at hand."""
    made = x25519.generate()
    text = made.text.reveal().decode()
    monkeypatch.setenv("GITSEAL_IDENTITY", text)
    return start(repo, keyring_of(text), made.recipient)
