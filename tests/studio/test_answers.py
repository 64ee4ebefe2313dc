"""What a yes in the page counts for: the action and the question that were shown, and nothing else."""

from pathlib import Path

from gitseal.recipients import x25519
from tests.servers import studio
from tests.servers.studio import Answer, Studio
from tests.studio.conftest import made


def rekey(page: Studio) -> Answer:
    id_ = page.get("/people").body.partition('name="id" value="')[2].partition('"')[0]
    return page.post("/rekey", id=id_)


def test_a_yes_to_one_name_and_environment_is_no_yes_to_another(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    policy = world.top / ".secrets/policy.yaml"
    text = policy.read_text()
    key = str(x25519.generate().recipient)
    with studio.running(world.top, environ=environ) as page:
        page.let_in()
        as_mallory = text.replace("groups:", f'  mallory:\n    keys: ["{key}"]\n\ngroups:', 1)
        policy.write_text(as_mallory.replace("open: [team]", "open: [team, mallory]", 1))
        question = rekey(page).told["question"]
        assert any("mallory" in words for words in question["questions"])
        # The same key by another name, before the answer and after it.
        policy.write_text(text.replace('keys: ["', f'keys: ["{key}", "', 1))
        assert page.post("/answer", id=question["id"]).status == 409
        policy.write_text(as_mallory.replace("open: [team]", "open: [team, mallory]", 1))
        assert page.post("/answer", id=rekey(page).told["question"]["id"]).told == {"to": "/people"}
        policy.write_text(text.replace('keys: ["', f'keys: ["{key}", "', 1))
        before = world.files()
        asked = rekey(page).told["question"]["questions"]
        assert any("alice" in words for words in asked)
        assert world.files() == before
