"""What the page of a name says of each environment: what waits, what others have from it, and where it is published."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitseal.identities import NO_IDENTITIES
from tests.programs import GITSEAL, git, run
from tests.servers import studio
from tests.studio.conftest import Desktop, made
from tests.studio.test_actions import seen, undo
from tests.studio.test_names import override, policy
from tests.studio.test_standing import text
from tests.world import World


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desktop]:
    """production extends development, and takes values that wait."""
    pytest.importorskip("starlette", reason="the extra studio is not installed")
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    policy(world.top, "  production:\n", "  production:\n    extends: development\n")
    with studio.running(world.top, environ=environ) as page:
        page.let_in()
        yield Desktop(world, page, environ)


def main(desk: Desktop, name: str) -> str:
    """The page of a name without what surrounds it."""
    body = text(desk.page.get(f"/name?name={name}").body)
    return body.partition("<main")[2].partition("</main>")[0]


def test_a_value_that_waits_is_told_with_who_set_it_and_absorbed(desk: Desktop) -> None:
    World(desk.world.top, NO_IDENTITIES).set(PARTNER="hush-partner")
    body = main(desk, "PARTNER")
    assert "Set in production by somebody who cannot read it; no commit has it yet." in body
    git(desk.world.top, "add", "-A")
    bob = {"GIT_AUTHOR_NAME": "bob <script>", "GIT_AUTHOR_EMAIL": "bob@example.com"}
    git(desk.world.top, "commit", "-q", "-m", "partner", environ=desk.environ | bob)
    body = main(desk, "PARTNER")
    assert "Set in production by somebody who cannot read it: bob" in body
    waiting = body.partition('data-post="/absorb"')[2].partition('data-seen="')[2].partition('"')[0]
    asked = {"name": "PARTNER", "environments": ["production"]}
    refused = desk.page.post("/absorb", seen={"production": "-"}, **asked)
    assert (refused.status, refused.told["changed"]) == (409, True)
    assert desk.page.post("/absorb", seen={"production": waiting}, **asked).told == {"to": "/name?name=PARTNER"}
    assert "production: absorbed PARTNER" in desk.page.get("/").body
    assert desk.world.get("PARTNER") == "hush-partner"
    assert 'data-post="/absorb"' not in main(desk, "PARTNER")
    assert undo(desk).status == 200
    assert 'data-post="/absorb"' in main(desk, "PARTNER")


@pytest.mark.slow
def test_a_value_that_waits_in_what_is_extended_is_absorbed_there(desk: Desktop) -> None:
    World(desk.world.top, NO_IDENTITIES).set("development", PARTNER="hush-partner")
    assert "Absorb the value in development" in main(desk, "PARTNER")
    body = {"name": "PARTNER", "environments": ["development"], "seen": seen(desk, "PARTNER", "development")}
    assert desk.page.post("/absorb", **body | {"seen": {"development": body["seen"]}}).status == 200
    assert desk.world.get("PARTNER") == "hush-partner"


def test_a_section_that_nobody_saw_is_not_absorbed(desk: Desktop) -> None:
    World(desk.world.top, NO_IDENTITIES).set(part__A="hush-a", part__B="hush-b")
    before = desk.world.files()
    for shown in ({"production": "-"}, {}):
        answer = desk.page.post("/absorb", name="part", environments=["production"], seen=shown)
        assert (answer.status, answer.told["changed"]) == (409, True)
    assert desk.world.files() == before


@pytest.mark.slow
def test_who_opens_nothing_absorbs_nothing(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    World(world.top, NO_IDENTITIES).set(PARTNER="hush-partner")
    del environ["GITSEAL_IDENTITY"]
    with studio.running(world.top, environ=environ) as page:
        page.let_in()
        body = main(Desktop(world, page, environ), "PARTNER")
    assert 'data-post="/absorb"' not in body
    assert "so you cannot take it over" in body
    assert "send what it prints to alice" in body


@pytest.mark.slow
def test_removing_says_who_has_the_value_from_here_and_where_it_comes_from_then(desk: Desktop) -> None:
    desk.world.set("development", BASE="hush-base")
    body = main(desk, "BASE")
    removes = body.partition('data-post="/unset"')[2]
    assert "production has this value from development, and would lose it." in removes
    assert 'value="production"' not in removes.partition("</form>")[0]
    assert "would lose it" not in main(desk, "DATABASE_URL")
    asked = {"name": "DATABASE_URL", "environments": ["production"]}
    shown = {"production": seen(desk, "DATABASE_URL", "production")}
    assert desk.page.post("/unset", seen=shown, **asked).status == 200
    assert "production: removed DATABASE_URL; the value comes from development now" in desk.page.get("/").body


@pytest.mark.slow
def test_removing_what_this_machine_overrides_says_so(desk: Desktop) -> None:
    override(desk, "DATABASE_URL", "hush-local")
    shown = {"development": seen(desk, "DATABASE_URL", "development")}
    assert desk.page.post("/unset", name="DATABASE_URL", environments=["development"], seen=shown).status == 200
    said = desk.page.get("/").body
    assert "development: removed DATABASE_URL; the value comes from development.local now" in said


@pytest.mark.slow
def test_published_is_where_this_name_goes(desk: Desktop) -> None:
    top = desk.world.top
    desk.world.set("development", BASE="x", OTHER="x")
    (top / ".secrets/manifest.yaml").write_text('version: 1\nservices:\n  api: {include: ["BASE", "NOWHERE"]}\n')
    with (top / ".secrets/policy.yaml").open("a") as file:
        file.write("publish:\n")
        file.write('  shop: {environments: [production], service: api, to: "exec:./push.sh"}\n')
    assert "<li>shop: production to" in main(desk, "BASE")
    assert "Published" not in main(desk, "OTHER")


def test_the_terminal_says_the_same_of_what_is_removed(desk: Desktop) -> None:
    words = run(GITSEAL, "unset", "DATABASE_URL", "-e", "production", cwd=desk.world.top, environ=desk.environ).stderr
    assert "production: removed DATABASE_URL; the value comes from development now" in words
