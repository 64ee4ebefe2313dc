"""Whoever reviews, with no key and no trust in the branch, is shown each of these as a risk with a rule of its own."""

import pytest

from gitseal.audit.review.range import ReviewOptions
from gitseal.audit.review.review import review
from gitseal.document.changes import WRITTEN_ONLY
from gitseal.document.header import HEADER
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.report.findings import ERROR, WARNING, Finding
from gitseal.review.model import NO, PASSED, UNKNOWN, Review
from gitseal.usecases.recipient import remove_recipient
from gitseal.yamltext.editor import Put
from tests.attacks.conftest import Team
from tests.attacks.world import Clone, replaced_key, write


def of(place: Clone, span: str = "origin/main..HEAD") -> Review:
    """The review of what the clone has over the others, committed first."""
    place.commit()
    return review(Repository(place.top), span)


def risk(found: Review, rule: str) -> Finding:
    """The one risk of that rule."""
    those = [each for each in found.risks if each.rule == rule]
    assert len(those) == 1, (rule, [each.as_text() for each in found.risks])
    return those[0]


def rules(found: Review) -> set[str]:
    return {each.rule for each in found.risks}


def test_nothing_is_no_risk(team: Team) -> None:
    found = of(team.mallory)
    assert found.is_empty, found
    assert found.span.commits == 1


# --- the policy


def test_a_new_key_for_a_known_person(team: Team) -> None:
    mallory = team.people["mallory"].recipient
    team.mallory.policy(
        f'keys: ["{team.people["alice"].recipient}"', f'keys: ["{team.people["alice"].recipient}", {mallory}'
    )
    told = risk(of(team.mallory), "recipient-key-added")
    assert '"alice", known before, has a new key' in told.message
    assert mallory in told.message
    assert told.path == ".secrets/policy.yaml"
    assert "alice:" in (team.mallory.top / told.path).read_text().splitlines()[told.line - 2]


def test_everything_made_plain(team: Team) -> None:
    team.mallory.policy("rules:", 'rules:\n  - {names: ["*"], plain: true}')
    found = of(team.mallory)
    told = [each for each in found.risks if each.rule == "plain-rule"]
    assert ERROR in {each.severity for each in told}
    assert any('"DB_URL", "STRIPE_KEY", sealed before, are to be plain' in each.message for each in told)


def test_a_renamed_group(team: Team) -> None:
    team.mallory.policy("  payers: [carol]", "  payrs: [carol, bob]")
    team.mallory.policy("open: [payers]", "open: [payrs]")
    found = of(team.mallory)
    assert '"payrs" is new and has members of "payers", which is gone' in risk(found, "group-renamed").message
    gained = [each.message for each in found.risks if each.rule == "access-widened"]
    assert '"bob" may now open access group "payments" of "production"' in gained


def test_a_renamed_access_group(team: Team) -> None:
    team.mallory.policy("access: payments", "access: payment")
    found = of(team.mallory)
    assert 'to access group "payment", which was called "payments"' in risk(found, "group-renamed").message


def test_a_wider_pattern_takes_names_to_another_group(team: Team) -> None:
    team.mallory.policy('["STRIPE_*"]', '["STRIPE_*", "DB_*"]')
    found = of(team.mallory)
    assert '"DB_*" are sealed to access group "payments" too' in risk(found, "rule-widened").message
    moved = [each.message for each in found.risks if each.rule == "access-widened"]
    assert any(
        '"DB_URL" is to be sealed to "payments", was "default", which "carol" may open too' in each for each in moved
    )


def test_a_narrower_pattern_lets_others_in(team: Team) -> None:
    team.mallory.policy('["STRIPE_*"]', '["STRIPE_LIVE_*"]')
    found = of(team.mallory)
    assert risk(found, "rule-narrowed")
    assert any(
        "STRIPE_KEY" in each.message and "bob" in each.message for each in found.risks if each.rule == "access-widened"
    )


def test_a_name_within_a_section_that_the_rule_does_not_reach(team: Team) -> None:
    team.alice.policy('["STRIPE_*"]', '["/STRIPE_*"]')
    team.alice.commit()
    team.alice.push()
    team.bob.pull()
    team.bob.set("production", "api/STRIPE_KEY", "hush")
    told = risk(of(team.bob, "HEAD~1..HEAD"), "dodges-rule")
    assert '"api/STRIPE_KEY" looks like "/STRIPE_*", which is for "payments"' in told.message


def test_a_name_in_other_letters(team: Team) -> None:
    team.bob.set("production", "stripe_KEY", "hush")
    assert risk(of(team.bob), "dodges-rule")


def test_protection_signatures_and_values_let_go(team: Team) -> None:
    head = "    open: [team]\n"
    path = team.alice.project.policy_path
    strict = f"{head}    change: [team]\n    protected: true\n    reveal: false\n    write_only: refuse\n"
    path.write_text(path.read_text().replace(head, strict) + "\npolicy: {change: [team]}\nmanifest: {change: [team]}\n")
    team.alice.commit()
    text = path.read_text().replace(strict, head).replace("policy: {change: [team]}\n", "")
    path.write_text(text + 'allow_names: [LD_PRELOAD]\nhook: {templates: [".env.live"]}\n')
    found = of(team.alice, "HEAD~0..HEAD")
    assert rules(found) == set()
    found = of(team.alice, "HEAD~2..HEAD")
    expected = {
        "protection-removed",
        "reveal-allowed",
        "write-only-loosened",
        "change-widened",
        "allow-names",
        "hook-loosened",
    }
    assert expected <= rules(found)
    severities = {each.rule: each.severity for each in found.risks}
    assert severities["protection-removed"] == severities["change-widened"] == ERROR


def test_a_broken_policy_is_told_by_check(team: Team) -> None:
    team.mallory.policy("environments:", "enviroments:")
    assert risk(of(team.mallory), "policy").severity == ERROR


# --- the files


def test_a_stanza_slipped_in_and_out_again(team: Team) -> None:
    recipient = "r" + "0" * 32
    before = team.mallory.path("production").read_bytes()
    alices = team.mallory.read("production").header.access["default"].stanzas["alice"]
    path = (HEADER, "access", "default", "stanzas", "mallory", recipient)
    write(team.mallory, "production", {path: Put(next(iter(alices.values())).serialise(), own_line=True)})
    assert '"mallory" can open "production": 1 name' in risk(of(team.mallory), "access-gained").message
    assert "unknown-recipient" in rules(of(team.mallory))
    team.mallory.path("production").write_bytes(before)
    found = of(team.mallory)
    told = risk(found, "passing-access")
    assert told.severity == ERROR
    assert told.commit == team.mallory.git("rev-parse", "HEAD~2").strip()
    (gained,) = found.environments[0].access
    assert (gained.who, gained.passed, gained.gained) == ("mallory", True, True)


def test_someone_taken_out_under_the_same_key(team: Team) -> None:
    header = team.mallory.read("production").header
    text = team.mallory.path("production").read_text()
    block = text.index("        bob:\n")
    (stanza,) = header.access["default"].stanzas["bob"].values()
    end = text.index(stanza.serialise()) + len(stanza.serialise()) + 1
    team.mallory.path("production").write_text(text[:block] + text[end:])
    told = risk(of(team.mallory), "removed-without-new-key")
    assert (told.severity, "under the same data key" in told.message) == (ERROR, True)


def test_a_data_key_replaced_with_succession_and_without(team: Team) -> None:
    remove_recipient(team.alice.project, "bob")
    team.alice.rekey()
    found = of(team.alice)
    told = [each for each in found.risks if each.rule == "data-key-replaced"]
    assert {each.severity for each in told} == {WARNING}
    (production,) = [each for each in found.environments if each.name == "production"]
    assert [(key.access, key.succeeds) for key in production.keys] == [("default", True)]
    assert [(each.who, each.gained) for each in production.access] == [("bob", False)]
    assert found.counts.people_lost == 1
    assert found.counts.resealed == 2
    assert {each.value_changed for env in found.environments for each in env.names} == {UNKNOWN}
    opened = review(Repository(team.alice.top), "origin/main..HEAD", team.alice.keyring)
    assert {each.value_changed for env in opened.environments for each in env.names} == {NO}

    path = team.alice.path("production")
    text = path.read_text()
    at = text.index("      succeeds:")
    path.write_text(text[:at] + text[text.index("      stanzas:", at) :])
    told = [each for each in of(team.alice).risks if each.rule == "data-key-replaced" and each.severity == ERROR]
    assert len(told) == 1
    assert "nothing shows that whoever did it held the old one" in told[0].message


def test_a_data_key_of_the_attackers_own(team: Team) -> None:
    replaced_key(team.mallory, "production", [team.people["alice"], team.people["bob"]])
    found = of(team.mallory)
    assert risk(found, "data-key-replaced").severity == ERROR
    assert [key.succeeds for each in found.environments for key in each.keys] == [False]


def test_an_old_value_and_an_old_key_brought_back(team: Team) -> None:
    old = team.alice.path("production").read_bytes()
    team.alice.set("production", "DB_URL", "another")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    team.mallory.path("production").write_bytes(old)
    found = of(team.mallory)
    assert '"DB_URL" has an old token back' in risk(found, "value-restored").message
    assert "key-restored" not in rules(found)
    remove_recipient(team.alice.project, "bob")
    team.alice.rekey()
    team.alice.commit()
    team.alice.push()
    team.mallory.git("reset", "--quiet", "--hard", "origin/main")
    team.mallory.pull()
    team.mallory.path("production").write_bytes(old)
    found = of(team.mallory)
    assert risk(found, "key-restored").severity == ERROR


def test_a_token_under_another_name(team: Team) -> None:
    token = team.mallory.read("production").entries[("DB_URL",)].token
    assert token is not None
    write(team.mallory, "production", {("OTHER",): Put(token.serialise(), own_line=True)})
    assert '"OTHER" has the token that stood at "DB_URL"' in risk(of(team.mallory), "value-moved").message


def test_a_value_brought_in_without_reading(team: Team) -> None:
    team.mallory.set("production", "DB_URL", "hush")
    found = of(team.mallory)
    told = risk(found, "write-only")
    assert "was set by a member, and was replaced write-only" in told.message
    (production,) = found.environments
    assert [(each.name, each.treatment, each.by[0].who) for each in production.write_only] == [
        ("DB_URL", "accept", "Test <test@example.com>")
    ]
    (change,) = production.names
    assert change.after is not None
    assert change.after.kind == WRITTEN_ONLY


def test_a_value_in_plaintext_between_that_is_gone_at_the_end(team: Team) -> None:
    before = team.mallory.path("production").read_bytes()
    write(team.mallory, "production", {("DB_URL",): Put("postgres://hush", own_line=True)})
    team.mallory.commit()
    team.mallory.path("production").write_bytes(before)
    found = of(team.mallory)
    told = risk(found, "plain-value")
    assert told.commit == team.mallory.git("rev-parse", "HEAD~1").strip()
    assert [each.action for each in found.environments[0].names] == [PASSED]
    assert "hush" not in repr(found)


# --- what lies beside them


def test_a_nested_folder(team: Team) -> None:
    inner = team.mallory.top / "services/api/.secrets"
    inner.mkdir(parents=True)
    for file in team.mallory.project.folder.glob("*.yaml"):
        (inner / file.name).write_bytes(file.read_bytes())
    told = risk(of(team.mallory), "nested-secrets")
    assert '"services/api/.secrets" is new and hides ".secrets"' in told.message


def test_a_folder_that_comes_and_goes(team: Team) -> None:
    inner = team.mallory.top / "sub/.secrets"
    inner.mkdir(parents=True)
    for file in team.mallory.project.folder.glob("*.yaml"):
        (inner / file.name).write_bytes(file.read_bytes())
    team.mallory.commit()
    team.mallory.git("rm", "-r", "--quiet", "sub")
    found = of(team.mallory)
    (one, other) = found.environments
    assert (one.folder, other.folder) == ("sub/.secrets", "sub/.secrets")
    assert {each.name: each.action for each in one.names} == {"DB_URL": PASSED, "STRIPE_KEY": PASSED}
    assert {each.who for each in one.access if each.passed} == {"alice", "bob", "carol"}


def test_a_local_file_that_is_committed(team: Team) -> None:
    path = team.mallory.project.folder / "production.local.yaml"
    path.write_bytes(team.mallory.path("production").read_bytes())
    team.mallory.git("add", "--force", str(path))
    assert "local-tracked" in rules(of(team.mallory))


def test_planted_files_and_attributes(team: Team) -> None:
    (team.mallory.project.folder / "post-checkout.sh").write_text("exit 0\n")
    attributes = team.mallory.top / ".gitattributes"
    attributes.write_text(attributes.read_text() + ".secrets/*.yaml -diff\n")
    found = of(team.mallory)
    assert '".secrets/post-checkout.sh" came or changed' in risk(found, "foreign-file").message
    assert '".gitattributes" changed' in risk(found, "attributes-changed").message


def test_an_allowance_and_plaintext_in_the_code(team: Team) -> None:
    (team.mallory.top / "app.env").write_text("STRIPE_KEY=hush-hush-hush-1\n")
    (team.mallory.project.folder / "allow.yaml").write_text(
        f"version: 1\nallowed:\n  - {{path: fine.env, sha256: '{'0' * 64}', reason: 'a test'}}\n"
    )
    found = of(team.mallory)
    assert risk(found, "allowance-added").message.endswith('"fine.env" pass as it is now: "a test"')
    assert [each.path for each in found.allowances] == ["fine.env"]
    assert any(each.path == "app.env" for each in found.risks)
    assert "hush" not in repr(found)


def test_a_merge_that_drops_what_the_base_did(team: Team) -> None:
    team.alice.set("production", "DB_URL", "another")
    team.alice.commit()
    team.alice.push()
    team.mallory.commit("side")
    team.mallory.git("fetch", "--quiet")
    team.mallory.git("merge", "--quiet", "--strategy=ours", "--message=merged", "origin/main")
    found = of(team.mallory)
    assert '"DB_URL" is not what it was, and no commit between changed it' in risk(found, "dropped-by-merge").message


def test_one_environment_alone(team: Team) -> None:
    team.mallory.set("production", "DB_URL", "hush")
    team.mallory.set("development", "DB_URL", "hush")
    team.mallory.commit()
    found = review(Repository(team.mallory.top), "origin/main..HEAD", None, ReviewOptions(("development",)))
    assert [each.name for each in found.environments] == ["development"]
    assert {each.path for each in found.risks} == {".secrets/development.yaml"}
    assert found.notes == ("only development was looked at, and what concerns all",)
    with pytest.raises(Error, match='no environment "nope" at either end'):
        review(Repository(team.mallory.top), "origin/main..HEAD", None, ReviewOptions(("nope",)))


@pytest.mark.parametrize("planted", ["case", "symlink", "folder", "gitlink", "garbage", "symlinked-folder", "not-utf8"])
def test_what_is_planted_in_place_of_a_file_is_told_and_stops_nothing_else(team: Team, planted: str) -> None:
    folder = team.mallory.project.folder
    team.mallory.set("development", "NEW", "hush")
    production = folder / "production.yaml"
    if planted == "case":
        (folder / "Production.yaml").write_bytes(production.read_bytes())
    elif planted == "symlink":
        production.unlink()
        production.symlink_to("development.yaml")
    elif planted == "folder":
        production.unlink()
        production.mkdir()
        (production / "x").write_text("x")
    elif planted == "gitlink":
        production.unlink()
        head = team.mallory.git("rev-parse", "HEAD").strip()
        team.mallory.git("update-index", "--add", "--cacheinfo", f"160000,{head},.secrets/production.yaml")
    elif planted == "garbage":
        production.write_bytes(b"\xff\0: ENC[v1,\n<<<<<<< x\n" + production.read_bytes()[40:])
    elif planted == "symlinked-folder":
        (team.mallory.top / "sub").mkdir()
        (team.mallory.top / "sub/.secrets").symlink_to("../.secrets")
    else:
        (folder / "\udcff.yaml").write_bytes(b"x: 1\n")
    team.mallory.git("add", "--all", ":!.secrets/production.yaml") if planted == "gitlink" else None
    if planted != "gitlink":
        team.mallory.git("add", "--all")
    team.mallory.git("commit", "--quiet", "--message", "planted")
    found = review(Repository(team.mallory.top), "origin/main..HEAD")
    assert any(each.severity == ERROR or each.rule == "foreign-file" for each in found.risks), found.risks
    assert ("development", "NEW") in {(each.name, change.name) for each in found.environments for change in each.names}
