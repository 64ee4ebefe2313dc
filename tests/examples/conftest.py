"""Programs that tests of several examples start."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PEERS, TOP


@pytest.fixture
def web_python(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python with Django, FastAPI and this tree's gitseal."""
    python = PEERS / "web/bin/python"
    if not python.exists():
        pytest.skip("Django and FastAPI are not in .peers/web: `make peers` fetches them")
    monkeypatch.setenv("PYTHONPATH", str(TOP / "src"))
    return python


@pytest.fixture
def mise(peer: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> str:
    """mise, which asks nothing."""
    monkeypatch.setenv("MISE_YES", "1")
    return peer("mise")
