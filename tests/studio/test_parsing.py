"""The page finds the project anew for each request, and parses no file of the very same bytes twice."""

from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the extra studio is not installed")

from gitseal.studio.desk import Desk
from tests.studio.conftest import made


def test_only_what_changed_is_parsed_again(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    desk = Desk(str(world.top), environ, str(tmp_path), None)
    first = desk.project.read("production")
    assert desk.project.read("production") is first
    with desk.looking():
        assert desk.with_overrides.fixed().read("production") is first
    untouched = desk.project.read("development")
    world.set(DATABASE_URL="another")
    assert desk.project.read("production").serialise() == (world.top / ".secrets/production.yaml").read_bytes()
    assert desk.project.read("development") is untouched
