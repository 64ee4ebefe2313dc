"""What people read: plain words, and links wherever a name stands."""

from collections.abc import Iterator

import pytest

from gitseal.identities import NO_IDENTITIES
from tests.programs import git
from tests.servers import studio
from tests.studio.conftest import Desktop, made
from tests.studio.test_names import policy
from tests.world import World

_LINK = '<a href="/name?name=DATABASE_URL"><code>DATABASE_URL</code></a>'


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """Names in all states, some of them in no commit."""
    pytest.importorskip("starlette", reason="the extra studio is not installed")
    top, home = tmp_path_factory.mktemp("top"), tmp_path_factory.mktemp("home")
    world, environ = made(top, home)
    manifest = "version: 1\nsecrets:\n  DATABASE_URL:\n    rotate: 1d\n  WANTED:\n    required: true\n"
    (top / ".secrets/manifest.yaml").write_text(manifest)
    policy(
        top,
        "\ngroups:",
        "\n  bob:\n    keys: [age19aevu0ac0d8z7n0muwdcyygnfejwevt657w5qtzrwmy43j02tywspv8ncw]\n\ngroups:",
    )
    policy(top, "team: [alice]", "team: [alice, bob]")
    with (top / ".secrets/policy.yaml").open("a") as file:
        file.write("\nrules:\n  - {names: [LOG_LEVEL], plain: true}\n")
    World(top, NO_IDENTITIES).set(PARTNER="hush-partner")
    world.set("development", DATABASE_URL="hush-other")
    git(top, "config", "gitseal.deployed.production", git(top, "rev-parse", "HEAD").strip())
    with studio.running(top, environ=environ) as page:
        page.let_in()
        page.post("/set", name="LOG_LEVEL", value="info", plain=True, environments=["development"], seen={})
        page.get("/")
        yield Desktop(world, page, environ)


@pytest.mark.parametrize("path", ["/commit", "/review", "/due", "/compare?left=development&right=production"])
def test_a_name_leads_to_its_page_wherever_it_stands(desk: Desktop, path: str) -> None:
    body = desk.page.get(path).body
    assert _LINK in body or '<a href="/name?name=DATABASE_URL">DATABASE_URL</a>' in body


def test_what_a_pasted_file_changes_is_linked_if_it_is_there(desk: Desktop) -> None:
    text = "DATABASE_URL=x\nFRESH=y\n"
    told = desk.page.post("/paste", environments=["production"], text=text, format="dotenv").told
    body = desk.page.get(str(told["to"])).body
    assert _LINK in body
    assert "<code>FRESH</code></th>" in body
    assert 'name=FRESH"' not in body


def test_the_status_says_where_in_the_page_it_is_mended(desk: Desktop) -> None:
    body = desk.page.get("/status").body
    assert '<a href="/name?name=WANTED"><code>WANTED</code></a> is required in' in body
    assert "Set it on its page" in body
    assert '<a href="/name?name=PARTNER"><code>PARTNER</code></a>' in body
    assert "Absorb it on its page" in body
    assert '<a href="/people">See who opens what, and rekey</a>' in body
    assert "no-stanza" not in body


def test_who_opens_a_plain_value_is_everybody(desk: Desktop) -> None:
    body = desk.page.get("/name?name=LOG_LEVEL").body
    assert "everybody</td>" in body
    assert "(plain)" not in body


def test_sides_are_called_by_their_names(desk: Desktop) -> None:
    body = desk.page.get("/compare?left=development&right=production").body
    assert "only in development" in body
    assert "only in production" in body
    assert "only left" not in body


@pytest.mark.parametrize("path", ["/compare?left=nowhere&right=production", "/review?range=nowhere"])
def test_what_was_typed_wrong_stays_to_be_corrected(desk: Desktop, path: str) -> None:
    answer = desk.page.get(path)
    assert answer.status == 200
    assert 'value="nowhere"' in answer.body
    assert "There is no" in answer.body


def test_a_large_file_is_told_by_counts(desk: Desktop) -> None:
    text = "".join(f"MANY_{number}=x\n" for number in range(20))
    told = desk.page.post("/paste", environments=["production"], text=text, format="dotenv").told
    desk.page.post("/import", id=str(told["to"]).partition("=")[2])
    body = desk.page.get("/").body
    # Told once, with the button that takes it back.
    assert body.count("production: 20 names created") == 1
    assert desk.page.post("/undo", step=body.partition('name="step" value="')[2].partition('"')[0]).status == 200
    assert desk.page.get("/").status == 200


def test_an_error_leads_back_and_its_command_can_be_pasted(desk: Desktop) -> None:
    body = desk.page.get("/name?name=NOWHERE").body
    assert "No environment and no manifest has" in body
    assert '<a href="/">All names</a>' in body
    policy_file = desk.world.top / ".secrets/policy.yaml"
    content = policy_file.read_text()
    policy_file.unlink()
    assert "In a terminal: git restore -- " in desk.page.get("/commit").body
    policy_file.write_text(content)
