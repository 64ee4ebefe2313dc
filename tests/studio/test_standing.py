"""What the page says to whoever opens nothing yet: a locked identity, none, and one that the policy does not know."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gitseal.recipients import x25519
from tests.recipients.conftest import PASSPHRASE, behind_passphrase
from tests.servers import studio
from tests.studio.conftest import Desktop, made
from tests.studio.test_names import policy

As = Callable[[str], Desktop]


@pytest.fixture
def page_of(tmp_path: Path) -> Iterator[As]:
    """The page of a repository in which production extends development, as somebody with an identity file of this content."""
    pytest.importorskip("starlette", reason="the extra studio is not installed")
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    world.set("development", BASE="hush-base")
    policy(world.top, "  production:\n", "  production:\n    extends: development\n")
    world.set(BASE="hush-base")
    identity = environ.pop("GITSEAL_IDENTITY")

    with ExitStack() as running:

        def start(content: bytes | None) -> Desktop:
            if content is not None:
                file = tmp_path / "identity.txt"
                file.write_bytes(content)
                file.chmod(0o600)
                environ["GITSEAL_IDENTITY_FILE"] = str(file)
            page = running.enter_context(studio.running(world.top, environ=environ))
            assert page.let_in().status == 200
            return Desktop(world, page, environ)

        yield lambda who: start({"locked": behind_passphrase(identity.encode()), "none": None}.get(who, who.encode()))


def text(body: str) -> str:
    return " ".join(body.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"').replace("&#39;", "'").split())


@pytest.mark.slow
def test_a_locked_identity_is_told_and_unlocked_by_a_press(page_of: As) -> None:
    page = page_of("locked").page
    name, compare = "/name?name=BASE", "/compare?left=development&right=production"
    for path in ("/", name, compare, "/people"):
        assert "Your identity is locked" in page.get(path).body, path
    assert "your identity is locked, so what would become" in page.get(name).body
    assert "you cannot read it" not in page.get(name).body
    assert 'data-reveal aria-label="Show the value in production"' in page.get(name).body
    assert "unknown" in page.get(compare).body
    assert 'class="OVERRIDES" data-state="OVERRIDES"' in page.get("/").body
    asked = page.post("/unlock", after=name).told["question"]
    assert "passphrase" in asked["prompt"]
    again = page.post("/answer", id=asked["id"], passphrase="wrong").told["question"]
    assert page.post("/answer", id=again["id"], passphrase=PASSPHRASE.decode()).told == {"to": name}
    for path in ("/", name, compare, "/people"):
        body = page.get(path).body
        assert "locked" not in body.partition("<main")[0].partition("<body")[2], path
        assert "is locked" not in body.partition("<main")[2].partition("<script>")[0], path
    assert "unknown" not in page.get(compare).body.partition("<main")[2].partition("<script>")[0]
    assert 'class="EQUAL" data-state="EQUAL"' in page.get("/").body
    assert page.post("/unlock", after=name).told == {"to": name}


@pytest.mark.parametrize("after", ["//evil.test/", "http://evil.test/", "/\\evil.test", "", "javascript:alert(1)"])
def test_unlocking_leads_to_this_page_alone(desktop: Desktop, after: str) -> None:
    assert desktop.page.post("/unlock", after=after).told == {"to": "/"}


def test_without_an_identity_the_page_says_how_to_join(page_of: As) -> None:
    page = page_of("none").page
    body = text(page.get("/").body)
    assert "you have no identity on this machine" in body
    assert "gitseal init" in body
    told = text(page.get("/name?name=DATABASE_URL").body)
    for button in ("data-reveal aria", "data-copy aria", "data-edit aria"):
        assert button not in told
    assert "which no identity at hand opens" in told
    assert "send what it prints to alice" in told
    refused = page.post("/reveal", name="DATABASE_URL", environment="production")
    assert refused.status == 409
    assert "send what it prints to alice" in refused.told["hint"]


def test_a_stranger_is_told_whom_to_ask(page_of: As) -> None:
    bob = x25519.generate()
    page = page_of(bob.text.reveal().decode()).page
    body = text(page.get("/").body)
    assert "the policy does not know you yet: send this line to alice" in body
    assert bob.recipient in body
    told = text(page.get("/name?name=DATABASE_URL").body)
    assert "The policy does not know your key" in told
    assert "data-reveal aria" not in told


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        pytest.param("accept", "what you set counts at once", marks=pytest.mark.slow),
        ("pending", "waits until somebody who can absorbs it"),
        pytest.param("refuse", "takes no write-only values there", marks=pytest.mark.slow),
    ],
)
def test_what_becomes_of_a_value_that_is_set_unseen(page_of: As, rule: str, words: str) -> None:
    desk = page_of("none")
    policy(desk.world.top, "  production:\n", f"  production:\n    write_only: {rule}\n")
    policy(desk.world.top, "    protected: true\n", "")
    declare(desk.world.top, "FRESH")
    assert words in line_of(desk, "FRESH", "production")


def test_add_says_beforehand_what_the_policy_makes_of_it(page_of: As) -> None:
    desk = page_of("none")
    policy(desk.world.top, "  production:\n", "  production:\n    write_only: refuse\n")
    policy(desk.world.top, "    protected: true\n", "")
    body = text(desk.page.get("/new").body)
    assert "takes no write-only values there" in body
    assert "A_NEW_NAME" not in body


@pytest.mark.slow
def test_a_value_may_count_here_and_wait_where_it_is_inherited(page_of: As) -> None:
    desk = page_of("none")
    policy(desk.world.top, "  production:\n", "  production:\n    write_only: pending\n")
    policy(desk.world.top, "    protected: true\n", "")
    declare(desk.world.top, "FRESH")
    assert "counts here, and waits in production" in line_of(desk, "FRESH", "development")


def declare(top: Path, name: str) -> None:
    (top / ".secrets/manifest.yaml").write_text(f"version: 1\nsecrets:\n  {name}: {{}}\n")


def line_of(desk: Desktop, name: str, environment: str) -> str:
    """What stands beside an environment where a name is set."""
    body = text(desk.page.get(f"/name?name={name}").body)
    notes = (note.partition("</p>")[0].partition(": ") for note in body.split('<p class="note">')[1:])
    return next((words for where, _, words in notes if environment in where.split(", ")), "")
