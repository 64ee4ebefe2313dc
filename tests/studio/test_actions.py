"""What the page does, as its script asks for it."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyrage
import pytest

from gitseal.recipients import x25519
from tests.programs import GITSEAL, git, run
from tests.recipients.conftest import PASSPHRASE, behind_passphrase
from tests.servers import studio
from tests.servers.studio import Answer, Studio
from tests.studio.conftest import Desktop, made
from tests.world import World, keyring_of


def seen(desktop: Desktop, name: str, environment: str) -> str:
    """What the page of a name shows of it, as a form would send it."""
    body = desktop.page.get(f"/name?name={name}").body
    return body.partition(f'name="environments" value="{environment}" data-seen="')[2].partition('"')[0]


def hidden(page: Studio, path: str, field: str) -> str:
    """What a page keeps in a hidden field of a form."""
    return page.get(path).body.partition(f'name="{field}" value="')[2].partition('"')[0]


def undo(desktop: Desktop, step: str = "") -> Answer:
    return desktop.page.post("/undo", step=step or hidden(desktop.page, "/", "step"))


def set_(desktop: Desktop, name: str, value: str, environment: str = "production", **more: object) -> dict[str, object]:
    before = {environment: seen(desktop, name, environment)}
    body = {"name": name, "value": value, "environments": [environment], "seen": before} | more
    return desktop.page.post("/set", **body).told


def test_a_value_is_set_and_undone_to_the_very_bytes(desktop: Desktop) -> None:
    before = desktop.world.files()
    assert set_(desktop, "DATABASE_URL", "new") == {"to": "/name?name=DATABASE_URL"}
    assert desktop.world.get("DATABASE_URL") == "new"
    assert "production: updated DATABASE_URL" in desktop.page.get("/").body
    assert undo(desktop).told == {"to": "/"}
    assert desktop.world.files() == before
    assert undo(desktop).status == 409


def test_nothing_is_written_over_what_the_page_did_not_show(desktop: Desktop) -> None:
    before = seen(desktop, "DATABASE_URL", "production")
    desktop.world.set(DATABASE_URL="theirs")
    body = {"name": "DATABASE_URL", "environments": ["production"], "seen": {"production": before}}
    answer = desktop.page.post("/set", value="mine", **body)
    assert answer.status == 409
    assert "was changed by somebody else" in answer.told["error"]
    assert desktop.page.post("/unset", **body).status == 409
    assert desktop.page.post("/rename", new="OTHER", **body).status == 409
    assert desktop.world.get("DATABASE_URL") == "theirs"


def test_a_name_that_somebody_else_added_meanwhile_is_not_overwritten(desktop: Desktop) -> None:
    desktop.world.set(ADDED="theirs")
    body = {"name": "ADDED", "environments": ["production"], "seen": {"production": "-"}}
    assert desktop.page.post("/set", value="mine", **body).status == 409
    assert desktop.world.get("ADDED") == "theirs"


def test_another_name_changed_meanwhile_is_in_nobodys_way(desktop: Desktop) -> None:
    before = seen(desktop, "DATABASE_URL", "production")
    desktop.world.set(OTHER="theirs")
    body = {"name": "DATABASE_URL", "environments": ["production"], "seen": {"production": before}}
    assert desktop.page.post("/set", value="mine", **body).status == 200
    assert desktop.world.get("OTHER") == "theirs"


def test_undo_takes_back_nothing_of_others(desktop: Desktop) -> None:
    set_(desktop, "DATABASE_URL", "mine")
    step = hidden(desktop.page, "/", "step")
    desktop.world.set(OTHER="theirs-again")
    answer = undo(desktop, step)
    assert answer.status == 409
    assert "was changed after that" in answer.told["error"]
    assert desktop.world.get("OTHER") == "theirs-again"


@pytest.mark.parametrize("other", ["changed", "committed", "checked out"])
def test_a_change_that_cannot_be_undone_any_more_is_told_and_dropped(desktop: Desktop, other: str) -> None:
    top = desktop.world.top
    git(top, "commit", "-q", "--allow-empty", "-a", "-m", "before", environ=desktop.environ)
    desktop.page.get("/")
    set_(desktop, "DATABASE_URL", f"mine-{other}")
    if other == "changed":
        desktop.world.set(OTHER=f"theirs-{other}")
    elif other == "committed":
        git(top, "commit", "-q", "-a", "-m", "theirs", environ=desktop.environ)
    else:
        git(top, "checkout", "-q", ".secrets")
    body = desktop.page.get("/").body
    assert "cannot be undone any more: production: updated DATABASE_URL" in body
    assert f"was {'committed' if other == 'committed' else 'changed'} after that" in body
    assert 'data-post="/undo"' not in body
    assert "cannot be undone" not in desktop.page.get("/").body


def test_an_undo_that_is_refused_is_dropped(desktop: Desktop) -> None:
    git(desktop.world.top, "commit", "-q", "--allow-empty", "-a", "-m", "before", environ=desktop.environ)
    desktop.page.get("/")
    set_(desktop, "DATABASE_URL", "mine-refused")
    step = hidden(desktop.page, "/", "step")
    git(desktop.world.top, "commit", "-q", "-a", "-m", "theirs", environ=desktop.environ)
    assert "was committed after that" in undo(desktop, step).told["error"]
    assert "nothing to undo" in undo(desktop).told["error"]


def test_what_leads_back_to_the_commit_is_undone_all_the_same(desktop: Desktop) -> None:
    git(desktop.world.top, "commit", "-q", "--allow-empty", "-a", "-m", "before", environ=desktop.environ)
    before = desktop.world.files()
    assert "to" in set_(desktop, "TWICE", "x", seen={"production": "-"})
    added = desktop.world.files()
    body = {
        "name": "TWICE",
        "environments": ["production"],
        "seen": {"production": seen(desktop, "TWICE", "production")},
    }
    assert desktop.page.post("/unset", **body).status == 200
    assert desktop.world.files() == before
    assert undo(desktop).status == 200
    assert desktop.world.files() == added
    assert undo(desktop).status == 200
    assert desktop.world.files() == before


def test_a_file_is_previewed_by_name_and_then_taken(desktop: Desktop) -> None:
    desktop.world.set(KNOWN="same")
    text = "KNOWN=same\nFRESH=hush-fresh\n"
    told = desktop.page.post("/paste", environments=["production"], text=text, format="dotenv").told
    preview = desktop.page.get(str(told["to"])).body
    assert "created" in preview
    assert "unchanged" in preview
    assert "hush" not in preview
    assert "FRESH" not in (desktop.world.top / ".secrets/production.yaml").read_text()
    id_ = str(told["to"]).partition("=")[2]
    assert desktop.page.post("/import", id=id_).told == {"to": "/"}
    assert desktop.world.get("FRESH") == "hush-fresh"


def test_what_changed_after_the_preview_is_not_overwritten(desktop: Desktop) -> None:
    told = desktop.page.post("/paste", environments=["production"], text="LATE=mine\n", format="dotenv").told
    desktop.world.set(LATE="theirs")
    assert desktop.page.post("/import", id=str(told["to"]).partition("=")[2]).status == 409
    assert desktop.world.get("LATE") == "theirs"


def test_it_generates_renames_and_removes(desktop: Desktop) -> None:
    both = ["development", "production"]
    nothing = dict.fromkeys(both, "-")
    desktop.page.post("/set", name="KEY", generate="hex:32", environments=both, seen=nothing)
    values = {desktop.world.get("KEY", environment) for environment in both}
    assert [len(value) for value in values] == [64, 64]
    shown = {environment: seen(desktop, "KEY", environment) for environment in both}
    assert desktop.page.post("/rename", name="KEY", new="KEY_2", environments=both, seen=shown).status == 200
    assert {desktop.world.get("KEY_2", environment) for environment in both} == values
    shown = {environment: seen(desktop, "KEY_2", environment) for environment in both}
    assert desktop.page.post("/unset", name="KEY_2", environments=both, seen=shown).status == 200
    assert desktop.page.get("/name?name=KEY_2").status == 409


def test_it_commits_the_secrets_alone(desktop: Desktop) -> None:
    top = desktop.world.top
    (top / "other.txt").write_text("staged\n")
    git(top, "add", "other.txt")
    desktop.world.set(COMMITTED="x")
    assert "COMMITTED" in desktop.page.get("/commit").body
    assert desktop.page.post("/commit", message="", branch="").status == 409
    assert desktop.page.post("/commit", message="by the page", shown=hidden(desktop.page, "/commit", "shown")).told == {
        "to": "/commit"
    }
    assert git(top, "show", "--name-only", "--format=%s").split() == ["by", "the", "page", ".secrets/production.yaml"]
    assert git(top, "diff", "--cached", "--name-only").split() == ["other.txt"]
    assert "is committed" in desktop.page.get("/commit").body
    assert undo(desktop).status == 409


def test_it_tells_when_files_change(desktop: Desktop) -> None:
    before = desktop.page.get("/alive").told["state"]
    assert desktop.page.get("/alive").told["state"] == before
    desktop.world.set(TICK="x")
    assert desktop.page.get("/alive").told["state"] != before


def test_reading_a_protected_environment_is_logged(desktop: Desktop) -> None:
    assert desktop.page.post("/reveal", environment="production", name="DATABASE_URL").status == 200
    logged = run(GITSEAL, "log", "--reads", cwd=desktop.world.top, environ=desktop.environ)
    assert "studio  production  DATABASE_URL" in logged.stdout


def test_a_rekey_does_what_the_page_showed_after_a_question(desktop: Desktop) -> None:
    desktop.world.set(OTHER="other")
    policy = desktop.world.top / ".secrets/policy.yaml"
    text = policy.read_text()
    assert 'data-post="/rekey"' not in desktop.page.get("/people").body
    bob = x25519.generate()
    people = text.replace(
        "groups:\n  team: [alice]", f'  bob:\n    keys: ["{bob.recipient}"]\n\ngroups:\n  team: [alice, bob]'
    )
    policy.write_text(people)
    page = desktop.page.get("/people").body
    assert "bob gains access" in page
    id_ = page.partition('name="id" value="')[2].partition('"')[0]
    before = desktop.world.files()
    question = desktop.page.post("/rekey", id=id_).told["question"]
    assert question["prompt"] == ""
    assert any(str(bob.recipient) in words for words in question["questions"])
    assert desktop.world.files() == before
    assert desktop.page.post("/answer", id="x").status == 409
    assert desktop.page.post("/answer", id=question["id"]).told == {"to": "/people"}
    # A yes counts once.
    assert desktop.page.post("/answer", id=question["id"]).status == 409
    theirs = keyring_of(bob.text.reveal().decode())
    assert World(desktop.world.top, theirs).get("OTHER") == desktop.world.get("OTHER")
    assert desktop.page.post("/rekey", id="x").status == 409


def test_a_policy_that_this_gitseal_does_not_know_stops_changes(desktop: Desktop) -> None:
    policy = desktop.world.top / ".secrets/policy.yaml"
    text = policy.read_text()
    policy.write_text(f"{text}unheard: of\n")
    assert set_(desktop, "OTHER", "x")["error"]
    policy.write_text(text)


def sealed_by_age(identity: bytes) -> bytes:
    """An identity behind a passphrase that takes a second for each try, as age has it."""
    sealed: bytes = pyrage.passphrase.encrypt(identity, PASSPHRASE.decode())
    return sealed


@pytest.mark.parametrize(
    ("behind", "wrongs"),
    [
        (behind_passphrase, ("wrong", "wrong", "wrong again", "wrong still")),
        pytest.param(sealed_by_age, ("wrong",), marks=pytest.mark.slow),
    ],
)
def test_a_passphrase_is_asked_for_in_the_page(
    tmp_path: Path, behind: Callable[[bytes], bytes], wrongs: Sequence[str]
) -> None:
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    locked = tmp_path / "locked.age"
    locked.write_bytes(behind(environ.pop("GITSEAL_IDENTITY").encode()))
    with studio.running(tmp_path / "top", environ=environ | {"GITSEAL_IDENTITY_FILE": str(locked)}) as page:
        page.let_in()
        desktop = Desktop(world, page, environ)
        for path in ("/", "/name?name=DATABASE_URL", "/people", "/review"):
            assert page.get(path).status == 200
        reveal = {"environment": "production", "name": "DATABASE_URL"}
        prompt = f'passphrase for "GITSEAL_IDENTITY_FILE ({locked})"'
        question = page.post("/reveal", **reveal).told["question"]
        assert question["prompt"] == prompt
        for wrong in wrongs:
            question = page.post("/answer", id=question["id"], passphrase=wrong).told["question"]
            assert question["prompt"] == f"{prompt}: that was wrong; try again, or cancel"
        # Cancelled is cancelled: what is asked then begins anew.
        assert page.post("/reveal", **reveal).told["question"]["prompt"] == prompt
        assert page.post("/answer", id=question["id"], passphrase=PASSPHRASE.decode()).told == {"to": ""}
        assert page.post("/reveal", **reveal).told["value"] == "hush-database"
        assert set_(desktop, "DATABASE_URL", "new") == {"to": "/name?name=DATABASE_URL"}
        _, said = page.end()
    assert PASSPHRASE.decode() not in said
    assert "hush" not in said
    assert world.get("DATABASE_URL") == "new"


def publish_by(top: Path, script: str, environ: dict[str, str]) -> None:
    """Has the repository publish production to a program of its own, and its clone trust main for that."""
    program = top / "push.sh"
    program.write_text(script)
    program.chmod(0o755)
    with (top / ".secrets/policy.yaml").open("a") as policy:
        policy.write('publish:\n  shop: {environments: [production], to: "exec:./push.sh"}\n')
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "publish", environ=environ)
    git(top, "config", "gitseal.trust", "main")


def test_stores_are_asked_by_a_press_alone(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    top = world.top
    reads = tmp_path / "reads"
    publish_by(top, f"#!/bin/sh\ncat >>{reads}\n", environ)
    with studio.running(top, environ=environ) as page:
        page.let_in()
        assert "shop: production to" in page.get("/status").body
        # A program that nobody accepted in this clone is not started. To look remembers no yes, to publish does.
        answer = page.post("/stores")
        assert answer.status == 200, answer
        body = page.get(str(answer.told["to"])).body
        assert "this clone never published to shop" in body
        assert not reads.exists()
        run(GITSEAL, "publish", "--yes", "--accept-target", "shop", cwd=top, environ=environ)
        reads.unlink()
        page.get("/status")
        assert not reads.exists()
        answer = page.post("/stores")
        assert answer.status == 200, answer
        body = page.get(str(answer.told["to"])).body
        assert "nothing of ours is there" in body
        assert "hush" not in body
        assert reads.exists()


def test_a_store_that_is_slow_holds_up_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    top, gate, slow, asked = world.top, tmp_path / "gate", tmp_path / "slow", tmp_path / "asked"
    os.mkfifo(gate)
    publish_by(top, f"#!/bin/sh\ncat >/dev/null\nif test -e {slow}; then touch {asked}; cat {gate}; fi\n", environ)
    with ThreadPoolExecutor() as pool, studio.running(top, environ=environ) as page:
        page.let_in()
        run(GITSEAL, "publish", "--yes", "--accept-target", "shop", cwd=top, environ=environ)
        slow.touch()
        told = pool.submit(page.post, "/stores")
        _until(asked.exists)
        # Others look and change meanwhile, and what they change is theirs to undo.
        assert page.get("/").status == 200
        assert page.post("/set", name="MEANWHILE", value="x", environments=["production"], seen={}).status == 200
        gate.write_text("")
        assert "What the stores say" in page.get(str(told.result().told["to"])).body
        step = hidden(page, "/", "step")
        assert page.post("/undo", step=step, after="/status").told == {"to": "/status"}


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_undo_leads_back_to_where_one_was(desktop: Desktop) -> None:
    assert set_(desktop, "NEWCOMER", "new", seen={"production": "-"}) == {"to": "/name?name=NEWCOMER"}
    set_(desktop, "DATABASE_URL", "new")
    for after, to in (("/name?name=DATABASE_URL", "/name?name=DATABASE_URL"), ("/name?name=NEWCOMER", "/")):
        step = hidden(desktop.page, "/due", "step")
        assert desktop.page.post("/undo", step=step, after=after).told == {"to": to}


def test_a_preview_tells_what_the_terminal_tells(desktop: Desktop) -> None:
    text = "PASTED=1\nPASTED=2\n# a comment\nOTHER_NAME=${PASTED}\n"
    told = desktop.page.post("/paste", environments=["production"], text=text, format="dotenv").told
    body = desktop.page.get(str(told["to"])).body
    assert "readable to everyone" in body
    assert "set more than once, the last value counts: PASTED" in body
    assert "still have a ${...}" in body


def test_a_preview_can_be_made_again_after_a_change(desktop: Desktop) -> None:
    told = desktop.page.post("/paste", environments=["production"], text="AGAIN=mine\n", format="dotenv").told
    id_ = str(told["to"]).partition("=")[2]
    desktop.world.set(AGAIN="theirs")
    refused = desktop.page.post("/import", id=id_)
    assert (refused.status, refused.told["changed"]) == (409, True)
    again = desktop.page.post("/paste", id=id_).told
    assert "updated" in desktop.page.get(str(again["to"])).body
    assert desktop.page.post("/import", id=str(again["to"]).partition("=")[2]).status == 200
    assert desktop.world.get("AGAIN") == "mine"


def test_a_name_that_is_plain_by_a_rule_is_imported_if_that_is_said(desktop: Desktop) -> None:
    policy = desktop.world.top / ".secrets/policy.yaml"
    before = policy.read_text()
    policy.write_text(f"{before}\nrules:\n  - {{names: [LOG_LEVEL], plain: true}}\n")
    body = {"environments": ["development"], "text": "LOG_LEVEL=info\n", "format": "dotenv"}
    assert "makes" in desktop.page.post("/paste", **body).told["error"]
    told = desktop.page.post("/paste", plain=True, **body).told
    assert desktop.page.post("/import", id=str(told["to"]).partition("=")[2]).status == 200
    assert desktop.world.get("LOG_LEVEL", "development") == "info"
    policy.write_text(before)


def test_a_name_that_exists_is_no_conflict_with_somebody(desktop: Desktop) -> None:
    body = {"name": "DATABASE_URL", "environments": ["production"], "seen": {"production": "-"}}
    answer = desktop.page.post("/set", value="another", **body)
    assert "exists in production already" in answer.told["error"]
    now = desktop.page.ask("GET", "/seen?name=DATABASE_URL", desktop.page.own).told
    assert desktop.page.post("/set", value="another", **body | {"seen": now}).status == 200
    assert desktop.page.post("/set", value="x", generate="uuid", **body | {"seen": now}).status == 409


@pytest.mark.slow
def test_a_merge_is_finished_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    top = world.top
    git(top, "switch", "-q", "-c", "side")
    world.set(DATABASE_URL="side")
    git(top, "commit", "-qam", "side", environ=environ)
    git(top, "switch", "-q", "main")
    world.set(DATABASE_URL="main")
    git(top, "commit", "-qam", "main", environ=environ)
    git(top, "-c", "merge.gitseal.driver=false", "merge", "side", environ=environ, ok=(0, 1))
    with studio.running(top, environ=environ) as page:
        page.let_in()
        body = page.get("/commit").body
        assert "A merge is under way" in body
        assert 'data-post="/commit"' not in body


def test_without_its_script_nothing_is_sent(desktop: Desktop) -> None:
    forms = 0
    for path in ("/name?name=DATABASE_URL", "/new", "/commit"):
        body = desktop.page.get(path).body
        for form in body.split("<form ")[1:]:
            opening, _, rest = form.partition(">")
            if "data-post" in opening:
                forms += 1
                assert 'method="post"' in opening
                assert "<button>" not in rest.partition("</form>")[0]
    assert forms


def test_a_section_that_nobody_saw_is_not_removed(desktop: Desktop) -> None:
    desktop.world.set(part="one")
    shown = seen(desktop, "part", "production")
    run(GITSEAL, "unset", "part", "-e", "production", cwd=desktop.world.top, environ=desktop.environ)
    desktop.world.set(part__A="a", part__B="b")
    for said in ({"production": shown}, {"production": "-"}, {}):
        answer = desktop.page.post("/unset", name="part", environments=["production"], seen=said)
        assert (answer.status, answer.told["changed"]) == (409, True)
    assert desktop.world.get("part/A") == "a"


def test_text_that_is_none_is_refused_in_one_place(desktop: Desktop) -> None:
    for body in ('{"id": "\\ud800"}', '{"a\\u0000": 1}', '{"a": [{"b": "\\udfff"}]}', '{"a": ' + "1" * 5000 + "}"):
        for address in ("/set", "/commit", "/answer", "/reveal", "/undo"):
            assert desktop.page.ask("POST", address, desktop.page.own, body.encode()).status == 400


def test_a_value_is_emptied_only_if_that_is_said(desktop: Desktop) -> None:
    before = desktop.world.get("DATABASE_URL")
    assert set_(desktop, "DATABASE_URL", "")["error"] == "there is no value"
    assert "contradict" in str(set_(desktop, "DATABASE_URL", "x", empty=True)["error"])
    assert "contradict" in str(set_(desktop, "DATABASE_URL", "", empty=True, generate="uuid")["error"])
    assert desktop.world.get("DATABASE_URL") == before
    assert "to" in set_(desktop, "DATABASE_URL", "", empty=True)
    assert desktop.world.get("DATABASE_URL") == ""
    assert "updated DATABASE_URL (empty)" in desktop.page.get("/").body
    assert "to" in set_(desktop, "NOTHING", "", type="null", seen={"production": "-"})
    assert undo(desktop).status == 200
