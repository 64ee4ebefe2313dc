"""A team's day on a real Gitea with the server's hook: what its buttons make of signatures, and what main takes."""

import subprocess
from pathlib import Path

import pytest

from tests import programs
from tests.forge.conftest import Clone, Forge

pytestmark = [pytest.mark.forge, pytest.mark.slow]

OURS = "hooks/pre-receive.d/gitseal"


@pytest.fixture(scope="module")
def shop(forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Clone]:
    """alice is an admin, who alone may change production; bob is in the team."""
    status, said = forge.call("alice", "POST", "user/repos", name="shop", default_branch="main")
    assert status == 201, said
    assert forge.call("alice", "PUT", "repos/alice/shop/collaborators/bob", permission="write")[0] == 204
    installed = subprocess.run(
        [programs.GITSEAL, "-C", str(forge.repository), "hook", "install", "--server"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert installed.stdout == f"{OURS}\n"
    folder = tmp_path_factory.mktemp("clones")
    clones = {who: _clone(forge, who, folder / who) for who in ("alice", "bob")}
    alice = clones["alice"]
    alice.run("gitseal", "init", "-e", "development", "-e", "production", "--as", "alice")
    policy = alice.top / ".secrets/policy.yaml"
    _lists(policy, forge)
    alice.run("gitseal", "set", "-e", "all", "FIRST=hush-1", "SECOND=hush-2", "THIRD=hush-3")
    alice.git("add", "--all")
    alice.git("commit", "--quiet", "--no-verify", "-m", "Secrets")
    assert alice.push("HEAD:main") == ""
    # Who cloned the empty repository does not know its default branch: `gitseal init` says so, with this command.
    clones["bob"].git("pull", "--quiet", "origin", "main")
    clones["bob"].git("remote", "set-head", "origin", "--auto")
    return clones


def _clone(forge: Forge, who: str, top: Path) -> Clone:
    url = f"http://{who}:{forge.tokens[who]}@127.0.0.1:{forge.port}/alice/shop.git"
    subprocess.run(["git", "clone", "--quiet", url, str(top)], capture_output=True, check=True)
    made = Clone(forge, who, top)
    for name, value in {
        "user.name": who,
        "user.email": f"{who}@example.com",
        "gpg.format": "ssh",
        "user.signingKey": forge.keys[who].key,
        "core.hooksPath": "/dev/null",
    }.items():
        made.git("config", name, value)
    return made


def _lists(policy: Path, forge: Forge) -> None:
    text = policy.read_text()
    signing = {who: f'    email: {who}@example.com\n    signing: ["{key.public}"]\n' for who, key in forge.keys.items()}
    email = text.find("    email:")
    text = text if email < 0 else text[:email] + text[text.index("\n", email) + 1 :]
    text = text.replace("  alice:\n", f"  alice:\n{signing['alice']}", 1)
    text = text.replace("\ngroups:\n", f"\n  bob:\n{signing['bob']}\ngroups:\n  changers: [alice, bob]\n", 1)
    text = text.replace(
        "\nenvironments:\n", "\npolicy: {change: [alice]}\nmanifest: {change: [alice]}\nenvironments:\n"
    )
    text = text.replace("  development:\n", "  development:\n    change: [changers]\n")
    policy.write_text(text.replace("  production:\n", "  production:\n    change: [alice]\n"))


def test_the_hook_is_armed_beside_the_forges_own(forge: Forge, shop: dict[str, Clone]) -> None:
    command = [programs.GITSEAL, "-C", str(forge.repository), "hook", "status"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"armed: {OURS}, as Gitea or Forgejo runs it" in done.stdout
    forge.admin("regenerate", "hooks")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ("armed" in done.stdout) == (forge.repository / OURS).exists()
    if not (forge.repository / OURS).exists():
        assert "something took it away since" in done.stdout
        subprocess.run([*command[:-1], "install", "--server"], capture_output=True, check=True)
    # Gitea's own hook, which asks the forge itself, runs as well: nobody else knows whether a branch is protected.
    rule = {"rule_name": "guarded", "enable_push": False}
    assert forge.call("alice", "POST", "repos/alice/shop/branch_protections", **rule)[0] == 201
    assert "guarded" in shop["bob"].push("HEAD:guarded")


def test_what_may_only_be_proposed(shop: dict[str, Clone]) -> None:
    """A value in production that bob cannot even read. The forge shows it; main does not take it."""
    bob = shop["bob"]
    bob.change("proposal", "production", "SEARCH=hush-4")
    number = bob.propose("proposal")
    assert not bob.merge(number, "merge")
    assert "not-allowed" in bob.push("proposal:main")
    assert (
        "not-descendant" in bob.push("--force", "proposal~2:main") or bob.git("rev-list", "--count", "proposal") == "2"
    )


@pytest.mark.parametrize("style", ["merge", "fast-forward-only", "rebase"])
def test_buttons_that_keep_signatures(shop: dict[str, Clone], style: str) -> None:
    bob = shop["bob"]
    bob.change(f"by-{style}", "development", f"FIRST=hush-{style}")
    assert bob.merge(bob.propose(f"by-{style}"), style)


@pytest.mark.parametrize("style", ["squash", "rebase"])
def test_buttons_that_make_new_commits(shop: dict[str, Clone], style: str) -> None:
    """This Gitea signs with no key: what it makes is nobody's."""
    bob, alice = shop["bob"], shop["alice"]
    bob.change(f"anew-{style}", "development", f"SECOND=hush-{style}")
    number = bob.propose(f"anew-{style}")
    alice.change(f"moved-{style}", "development", f"THIRD=hush-{style}")
    assert alice.push(f"moved-{style}:main") == ""
    assert not bob.merge(number, style)


def test_two_signed_changes_of_one_file(shop: dict[str, Clone]) -> None:
    """The second merge commit has a content that no side had; it is just what the two sides give."""
    bob, alice = shop["bob"], shop["alice"]
    alice.change("one", "development", "FIRST=hush-one")
    bob.change("two", "development", "THIRD=hush-two")
    first, second = alice.propose("one"), bob.propose("two")
    assert alice.merge(first, "merge")
    assert bob.merge(second, "merge")
    bob.git("fetch", "--quiet", "origin")
    bob.run("gitseal", "verify", "refs/remotes/origin/main~..refs/remotes/origin/main")
