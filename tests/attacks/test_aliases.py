"""A name means one thing (attack 08): no file and no other environment takes over the name by which people deploy."""

import shutil

import pytest

from gitseal.audit.check.check import check
from gitseal.document import document
from gitseal.errors import Error, Malformed
from gitseal.policy import parser
from gitseal.project.reading import EffectiveEnvironment, OpenedEnvironment
from gitseal.project.workspace import Workspace
from gitseal.review.policy.changes import policy_changes
from gitseal.usecases.env import add_environment
from tests.attacks.conftest import Team
from tests.attacks.world import Clone


def brought(team: Team, name: str) -> Clone:
    """Production has the alias `prod`; mallory brings a file of that name, or of another."""
    team.alice.policy("  production:\n", "  production:\n    aliases: [prod]\n")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    path = team.mallory.project.folder / f"{name}.yaml"
    path.write_bytes(document.create(name).serialise())
    team.infect(team.alice)
    return team.alice


def test_a_file_does_not_take_over_an_alias(team: Team) -> None:
    alice = brought(team, "prod")
    with pytest.raises(Error, match="another name of production, and there is a file"):
        alice.project.select(("prod",))
    assert alice.project.select(("production",)) == ("production",)
    assert "no-policy" in {finding.rule for finding in check(alice.project)}


@pytest.mark.parametrize("name", ["prod", "staging"])
def test_nothing_is_read_that_the_policy_does_not_list(team: Team, name: str) -> None:
    alice = brought(team, name)
    for act in (
        lambda: OpenedEnvironment(alice.project, name, alice.keyring),
        lambda: EffectiveEnvironment(alice.project, name),
        lambda: alice.project.select((name,)),
    ):
        with pytest.raises(Error, match=r"the policy does not list|another name of"):
            act()


def test_the_printed_way_out_of_a_file_without_a_policy_works(team: Team) -> None:
    alice = brought(team, "staging")
    before = alice.path("staging").read_bytes()
    with pytest.raises(Error) as caught:
        alice.project.select(("staging",))
    assert "gitseal env add staging" in caught.value.hint
    add_environment(Workspace(alice.project, alice.keyring), "staging", ["team"])
    assert alice.path("staging").read_bytes() == before
    assert alice.project.select(("staging",)) == ("staging",)


@pytest.mark.parametrize("other", ["development", "prod"])
def test_an_alias_is_no_environment_and_no_other_alias(other: str) -> None:
    text = (
        "version: 1\nrecipients:\n  a: {keys: [x]}\nenvironments:\n  production: {open: [a], aliases: [prod]}\n"
        "  development: {open: [a]}\n"
    )
    with pytest.raises(Malformed, match="is already"):
        parser.parse(
            text.replace("development: {open: [a]}", f"development: {{open: [a], aliases: [{other}]}}").encode()
        )


def test_review_tells_an_alias_that_became_an_environment(team: Team) -> None:
    before = b"version: 1\nrecipients:\n  a: {keys: [x]}\nenvironments:\n  production: {open: [a], aliases: [prod]}\n"
    after = before.replace(b", aliases: [prod]", b"") + b"  prod: {open: [a]}\n"
    assert team.alice.top.exists()
    told = policy_changes(parser.parse(before), parser.parse(after), {}, ".secrets/policy.yaml", lambda _at: 0)
    assert "alias-moved" in {statement.rule for statement in told}


def test_a_renamed_copy_of_an_environments_file_is_not_read(team: Team) -> None:
    folder = team.alice.project.folder
    shutil.copy(folder / "production.yaml", folder / "live.yaml")
    with pytest.raises(Error, match="the policy does not list"):
        team.alice.get("live", "DB_URL")
