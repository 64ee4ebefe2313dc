"""What `verify` covers, wherever and however it is written."""

import shutil

import pytest

from tests.attacks.verify.world import POLICY, PRODUCTION, Team
from tests.slow import slow_but


def test_a_change_through_extends(team: Team) -> None:
    """Bob may change `base` by its own list. What it holds is production's, too."""
    team.change("bob", ".secrets/base.yaml")
    (found,) = team.verify().findings
    assert found.rule == "not-allowed"
    assert "signature of alice" in found.message
    team.change("alice", ".secrets/base.yaml")
    assert team.rules("HEAD~") == []


COVERED = [
    ".gitattributes",
    "docs/.gitattributes",
    ".secrets/.gitattributes",
    ".GitAttributes",
    "app/.secrets/policy.yaml",
    "app/.secrets/production.yaml",
    ".secrets/old/production.yaml",
    ".secrets/app/.secrets/policy.yaml",
    ".Secrets/production.yaml",
    ".SECRETS/policy.yaml",
    ".secrets/Production.yaml",
    ".secrets/POLICY.yaml",
    ".\u017fecrets/production.yaml",
    ".sec\u200crets/production.yaml",
    "app/.secrets",
    "SECRET~1/production.yaml",
    "app/secret~2/policy.yaml",
    "SE1A2B~1/production.yaml",
    "GITATT~1",
    "docs/GI7D29~1",
]
# One of each: Git's own file, a folder further down, case, a letter that HFS leaves out, and a short name of NTFS.
QUICK = {
    ".gitattributes",
    "app/.secrets/policy.yaml",
    ".Secrets/production.yaml",
    ".sec\u200crets/production.yaml",
    "SECRET~1/production.yaml",
}


@pytest.mark.parametrize("path", slow_but(QUICK, COVERED))
def test_what_is_covered_wherever_it_lies(one: Team, path: str) -> None:
    # In this form no policy could judge what comes next, whoever signed it.
    anyway = ["policy"] if path == "app/.secrets/policy.yaml" else []
    one.change("mallory", path, sign=False)
    assert one.rules() == ["unsigned", *anyway]
    one.git("reset", "--quiet", "--hard", one.base)
    one.change("bob", path)
    assert one.rules() == ["not-allowed", *anyway]
    one.git("reset", "--quiet", "--hard", one.base)
    one.change("alice", path)
    assert one.rules() == anyway


@pytest.mark.parametrize(
    "path",
    [
        "secrets/production.yaml",
        "x.secrets/policy.yaml",
        ".secretsx/a",
        "gitattributes",
        ".git-a",
        "secret~/a",
        "secrets~1/a",
    ],
)
def test_what_is_not_covered(one: Team, path: str) -> None:
    one.change("mallory", path, sign=False)
    assert one.verify()[:3] == (1, 0, 0)


@pytest.mark.parametrize(
    "path", [".secrets/production.local.yaml", ".secrets/x.LOCAL.yaml", "app/.secrets/a.local.yaml"]
)
def test_a_tracked_local_file(one: Team, path: str) -> None:
    one.change("alice", path)
    assert one.rules() == ["local-tracked"]
    (one.top / path).unlink()
    one.commit("alice")
    assert one.rules("HEAD~") == []


def test_a_folder_that_becomes_a_link(one: Team) -> None:
    shutil.move(one.top / ".secrets", one.top / "elsewhere")
    (one.top / ".secrets").symlink_to("elsewhere")
    one.commit("mallory", sign=False)
    assert one.rules() == ["unsigned"]


def test_a_submodule_that_its_configuration_hides(one: Team) -> None:
    """`.gitmodules` with `ignore = all` keeps it out of `git diff`."""
    one.write(".gitmodules", '[submodule "x"]\n\tpath = app/.secrets\n\turl = ./x\n\tignore = all\n')
    one.git("add", ".gitmodules")
    one.git("update-index", "--add", "--cacheinfo", f"160000,{one.base},app/.secrets")
    one.as_("mallory", "commit", "--quiet", "-m", "x", sign=False)
    assert one.rules() == ["unsigned"]


def test_a_mode_that_changes(one: Team) -> None:
    (one.top / PRODUCTION).chmod(0o755)
    one.commit("mallory", sign=False)
    assert one.rules() == ["unsigned"]


def test_names_that_break_lines(one: Team) -> None:
    one.change("mallory", ".secrets/a\n::error::b\x1b[31m.yaml", sign=False, GIT_COMMITTER_EMAIL="m\x1b[2J@x")
    one.write(".secrets/b\nc", "x")
    one.write(PRODUCTION, "x")
    one.commit("mallory", sign=False)
    findings = one.verify().findings
    assert any("m" in found.message and "@x" in found.message for found in findings), findings
    assert all(found.message.isprintable() for found in findings)


def test_each_folder_has_its_own_policy(one: Team) -> None:
    """In a monorepo alice is nobody in `app`, where bob is; what lies above both concerns both."""
    other = one.policy(alice=one.keys["bob"].public).replace("alice@", "bob@")
    one.write("app/.secrets/policy.yaml", other)
    one.write("app/.secrets/production.yaml", "x\n")
    base = one.commit("alice")
    one.change("bob", "app/.secrets/production.yaml")
    one.change("bob", "app/.gitattributes")
    assert one.rules(base) == ["not-allowed"]  # the root's policy has a word about what lies above app/.secrets
    base = one.change("alice")
    one.change("alice", "app/.secrets/production.yaml")
    assert one.rules(base) == ["wrong-signer"]


def test_a_protected_environment_without_a_list(one: Team) -> None:
    one.write(POLICY, one.policy().replace("  free: {open: [backend]}", "  free: {open: [backend], protected: true}"))
    base = one.commit("alice")
    one.change("alice", ".secrets/free.yaml")
    assert one.rules(base) == ["unowned"]
