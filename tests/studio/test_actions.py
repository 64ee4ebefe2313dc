"""What the page does, as its script asks for it."""

from tests.programs import GITSEAL, git, run
from tests.studio.conftest import Desktop


def seen(desktop: Desktop, name: str, environment: str) -> str:
    """What the page of a name shows of it, as a form would send it."""
    body = desktop.page.get(f"/name?name={name}").body
    return body.partition(f'name="environments" value="{environment}" data-seen="')[2].partition('"')[0]


def set_(desktop: Desktop, name: str, value: str, environment: str = "production", **more: object) -> dict[str, object]:
    before = {environment: seen(desktop, name, environment)}
    body = {"name": name, "value": value, "environments": [environment], "seen": before} | more
    return desktop.page.post("/set", **body).told


def test_a_value_is_set_and_undone_to_the_very_bytes(desktop: Desktop) -> None:
    before = desktop.world.files()
    assert set_(desktop, "DATABASE_URL", "new") == {"to": "/name?name=DATABASE_URL"}
    assert desktop.world.get("DATABASE_URL") == "new"
    assert "production: updated DATABASE_URL" in desktop.page.get("/").body
    assert desktop.page.post("/undo").told == {"to": "/"}
    assert desktop.world.files() == before
    assert desktop.page.post("/undo").status == 409


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
    desktop.world.set(OTHER="theirs-again")
    answer = desktop.page.post("/undo")
    assert answer.status == 409
    assert "was changed after that" in answer.told["error"]
    assert desktop.world.get("OTHER") == "theirs-again"


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
    assert desktop.page.post("/commit", message="by the page", branch="").told == {"to": "/commit"}
    assert git(top, "show", "--name-only", "--format=%s").split() == ["by", "the", "page", ".secrets/production.yaml"]
    assert git(top, "diff", "--cached", "--name-only").split() == ["other.txt"]
    assert "is committed" in desktop.page.get("/commit").body
    assert desktop.page.post("/undo").status == 409


def test_it_tells_when_files_change(desktop: Desktop) -> None:
    before = desktop.page.get("/alive").told["state"]
    assert desktop.page.get("/alive").told["state"] == before
    desktop.world.set(TICK="x")
    assert desktop.page.get("/alive").told["state"] != before


def test_reading_a_protected_environment_is_logged(desktop: Desktop) -> None:
    assert desktop.page.post("/reveal", environment="production", name="DATABASE_URL").status == 200
    logged = run(GITSEAL, "log", "--reads", cwd=desktop.world.top, environ=desktop.environ)
    assert "studio  production  DATABASE_URL" in logged.stdout
