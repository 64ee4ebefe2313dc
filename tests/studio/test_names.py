"""The page of one name: inherited, overridden on this machine, of bytes, locked, and waiting."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitseal.document.value import TypedValue, ValueType, text
from gitseal.project.workspace import Workspace
from gitseal.sealing.local import overrides
from gitseal.usecases.set_ import set_values
from tests.servers import studio
from tests.studio.conftest import Desktop, made
from tests.studio.test_actions import set_


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desktop]:
    """A repository of the test's own, in which production extends development."""
    pytest.importorskip("starlette", reason="the extra studio is not installed")
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    policy(world.top, "  production:\n", "  production:\n    extends: development\n")
    with studio.running(world.top, environ=environ) as page:
        page.let_in()
        yield Desktop(world, page, environ)


def policy(top: Path, old: str, new: str) -> None:
    path = top / ".secrets/policy.yaml"
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new))


def override(desk: Desktop, name: str, value: str) -> None:
    """`set --local` in development."""
    workspace = Workspace(desk.world.project, desk.world.keyring)
    local = overrides(workspace, "development", make=True)
    set_values(workspace._replace(project=local), [local.name], {(name,): text(value)})


def reveal(desk: Desktop, name: str, environment: str, purpose: str = "show") -> dict[str, object]:
    return desk.page.post("/reveal", name=name, environment=environment, purpose=purpose).told


@pytest.mark.slow
def test_a_name_that_an_environment_inherits_has_a_page(desk: Desktop) -> None:
    desk.world.set("development", BASE="hush-base")
    answer = desk.page.get("/name?name=BASE")
    assert answer.status == 200, answer.body
    assert "from development" in answer.body
    assert answer.body.count(">alice</td>") == 2
    assert reveal(desk, "BASE", "production")["value"] == "hush-base"


def test_edit_takes_what_everybody_has_and_not_this_machines_override(desk: Desktop) -> None:
    override(desk, "DATABASE_URL", "hush-local")
    assert "An override of this machine is in force here" in desk.page.get("/name?name=DATABASE_URL").body
    assert reveal(desk, "DATABASE_URL", "development")["value"] == "hush-local"
    assert reveal(desk, "DATABASE_URL", "development", "edit")["value"] == "hush-database"


@pytest.mark.slow
def test_a_value_of_this_machine_alone_is_not_edited(desk: Desktop) -> None:
    override(desk, "MINE", "hush-local")
    answer = desk.page.get("/name?name=MINE")
    assert answer.status == 200, answer.body
    assert 'aria-label="Edit the value in development"' not in answer.body
    assert "Only this machine has a value" in answer.body
    assert "error" in reveal(desk, "MINE", "development", "edit")
    assert reveal(desk, "MINE", "development")["value"] == "hush-local"


@pytest.mark.slow
def test_bytes_go_there_and_back_as_they_are(desk: Desktop) -> None:
    content = bytes(range(256))
    for one in (content, b"readable"):
        desk.world.set("development", BLOB=TypedValue(ValueType.BYTES, one))
        told = reveal(desk, "BLOB", "development", "edit")
        assert told == {"value": b64encode(one).decode(), "type": "bytes", "base64": True}
        set_(desk, "BLOB", f" {told['value']}\n", "production", type=told["type"])
        assert desk.page.post("/reveal", name="BLOB", environment="production").told["value"] == told["value"]
    refused = set_(desk, "BLOB", "no base64!", "production", type="bytes")
    assert "no base64" in str(refused["error"])
