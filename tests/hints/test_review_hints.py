"""What a review advises: whoever takes the decision types what stands there, and the next review does not find it again."""

from collections.abc import Callable

import pytest

from gitseal.audit.check.check import check
from gitseal.audit.review.range import ReviewOptions
from gitseal.audit.review.review import review
from gitseal.git.repository import Repository
from gitseal.project.finding import find
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.report.findings import Finding
from gitseal.report.hints import Decision
from gitseal.usecases.recipient import add_recipient
from gitseal.usecases.rekey import apply, plan
from tests import programs
from tests.hints.test_hints import pasted, said
from tests.world import World

POLICY = ".secrets/policy.yaml"
CHECKS = ReviewOptions(verify=False, scan=False)


@pytest.fixture
def topic(world: World) -> World:
    programs.git(world.top, "checkout", "--quiet", "-b", "topic")
    return world


def reviewed(world: World) -> list[Finding]:
    return list(review(Repository(world.top), "main", None, CHECKS).risks)


def commit(world: World) -> None:
    programs.git(world.top, "add", "--all")
    programs.git(world.top, "commit", "--quiet", "--no-verify", "--message", "change")


def on_main(world: World, change: Callable[[], object]) -> None:
    programs.git(world.top, "checkout", "--quiet", "main")
    change()
    commit(world)
    programs.git(world.top, "checkout", "--quiet", "topic")


def of(findings: list[Finding], rule: str) -> Finding:
    (finding,) = [each for each in findings if each.rule == rule]
    return finding


def test_a_plain_rule_that_came_in_is_to_be_taken_out(topic: World) -> None:
    file = topic.top / POLICY
    before = file.read_text()
    file.write_text(f"{before}rules:\n  - names: [A]\n    plain: true\n")
    commit(topic)
    findings = [each for each in reviewed(topic) if each.rule in {"plain-rule", "sealed-though-plain"}]
    assert {each.rule for each in findings} == {"plain-rule", "sealed-though-plain"}
    line = before.count("\n") + 2
    for each in findings:
        assert isinstance(each.hint, Decision)
        assert each.hint.who == "whoever may change the policy"
        assert "take the rule out" in each.hint
        assert "gitseal unseal A" not in each.hint
    assert any(f"{POLICY}:{line}" in each.hint for each in findings if each.rule == "plain-rule")


def test_who_was_taken_out_keeps_the_key_until_a_rekey(topic: World) -> None:
    bob = x25519.generate()
    add_recipient(Workspace(topic.project, topic.keyring), "bob", [bob.recipient], groups=["team"])
    pasted(f"gitseal rekey --yes --accept-recipient {bob.recipient}", topic.top)
    commit(topic)
    programs.git(topic.top, "branch", "--force", "main", "topic")
    pasted("gitseal recipient remove bob", topic.top)
    file = topic.top / ".secrets/production.yaml"
    lines = file.read_text().split("\n")
    at = lines.index("        bob:")
    file.write_text("\n".join(lines[:at] + lines[at + 3 :]))
    finding = of(reviewed(topic), "removed-without-new-key")
    assert finding.hint == 'somebody who opens "production": gitseal rekey -e production'
    (command,) = finding.hint.commands
    programs.run(*command.words, "--rotate", "--yes", cwd=topic.top)
    assert not said([finding]) & said(reviewed(topic))


def test_a_project_below_the_top_is_named(world: World) -> None:
    programs.git(world.top, "checkout", "--quiet", "-b", "topic")
    below = world.top / "services" / "the api"
    below.mkdir(parents=True)
    programs.git(world.top, "mv", ".secrets", str(below))
    commit(world)
    programs.git(world.top, "branch", "--force", "main", "topic")
    file = below / POLICY
    file.write_text(file.read_text().replace("  production:\n", "  staging: {open: [team]}\n  production:\n"))
    commit(world)
    finding = of(reviewed(world), "no-file")
    assert finding.hint == "whoever may change the policy: gitseal -C 'services/the api' env add staging"
    (command,) = finding.hint.commands
    pasted(command.as_text(), world.top)
    assert not said([finding]) & said(reviewed(world))


def test_a_value_that_would_be_stale_is_brought_through_by_a_merge_and_resolve(topic: World) -> None:
    topic.set(AB="hush-new")
    commit(topic)
    workspace = Workspace(topic.project, topic.keyring)
    on_main(topic, lambda: apply(workspace, ("production",), plan(workspace, ("production",), rotate=True)))
    finding = of(reviewed(topic), "merge-breaks")
    pasted("gitseal init", topic.top)
    (command,) = finding.hint.commands
    merged = programs.run("sh", "-c", command.as_text(), cwd=topic.top)
    assert merged.returncode == 1, merged.stdout + merged.stderr
    pasted("gitseal resolve production --ours AB --add", topic.top)
    programs.git(topic.top, "commit", "--quiet", "--no-edit")
    assert check(find(topic.top)) == []
    assert not said([finding]) & said(reviewed(topic))
    assert topic.get("AB") == "hush-new"


def test_a_rule_that_main_changed_is_followed_after_the_merge(topic: World) -> None:
    topic.set(STRIPE_KEY="hush-new")
    commit(topic)
    rule = "rules:\n  - {names: [STRIPE_KEY], access: payments, open: [alice]}\n"
    file = topic.top / POLICY
    on_main(topic, lambda: file.write_text(file.read_text() + rule))
    finding = of(reviewed(topic), "merge-breaks")
    merge, rekey = finding.hint.commands
    pasted(merge.as_text(), topic.top)
    done = programs.run(*rekey.words, "--yes", cwd=topic.top)
    assert done.returncode == 0, done.stderr
    assert check(find(topic.top)) == []
