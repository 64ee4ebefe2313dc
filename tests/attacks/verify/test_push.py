"""`verify` in a server's pre-receive hook: what is refused is not there afterwards."""

import subprocess
from pathlib import Path

import pytest

from tests.attacks.verify.world import POLICY, PRODUCTION, Team, branch

HOOK = "#!/bin/sh\nexec gitseal verify --pre-receive\n"


class Server:
    """A bare repository with the hook, as a remote of the team's."""

    def __init__(self, team: Team, top: Path) -> None:
        self.team = team
        self.top = top
        team.git("init", "--quiet", "--bare", "--initial-branch=main", f"--object-format={_format(team)}", str(top))
        hook = top / "hooks/pre-receive"
        hook.write_text(HOOK)
        hook.chmod(0o755)

    def push(self, *arguments: str) -> str:
        """Pushes, and gives what the server said where it refused, else nothing."""
        done = subprocess.run(
            ["git", "push", "--quiet", str(self.top), *arguments],
            cwd=self.team.top,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) == ("pre-receive hook declined" not in done.stderr), done.stderr
        return done.stderr if done.returncode else ""

    def has(self, commit: str) -> bool:
        asked = subprocess.run(["git", "cat-file", "-e", commit], cwd=self.top, check=False, capture_output=True)
        return asked.returncode == 0


def _format(team: Team) -> str:
    return "sha1" if len(team.base) == 40 else "sha256"


@pytest.fixture
def server(team: Team, tmp_path: Path) -> Server:
    made = Server(team, tmp_path / "server.git")
    # The first push of all brings the policy; nobody's signature can be asked for.
    assert made.push("main") == ""
    return made


def test_signed_passes_and_unsigned_does_not(team: Team, server: Server) -> None:
    team.change("alice")
    assert server.push("main") == ""
    bad = team.change("mallory", sign=False)
    said = server.push("main")
    assert "unsigned" in said
    assert "signature of alice" in said
    assert not server.has(bad)


def test_a_push_that_grants_itself(team: Team, server: Server) -> None:
    team.write(POLICY, team.policy(alice=team.keys["mallory"].public))
    team.commit("mallory")
    assert "wrong-signer" in server.push("main")
    assert "wrong-signer" in server.push("main:refs/heads/new")
    assert "wrong-signer" in server.push("main:refs/tags/v1")


def test_the_default_branch_goes_on_from_where_it_was(team: Team, server: Server) -> None:
    old = team.base
    team.change("alice")
    assert server.push("main") == ""
    team.git("reset", "--quiet", "--hard", old)
    assert "not-descendant" in server.push("--force", "main")


def test_other_branches_may_be_written_anew(team: Team, server: Server) -> None:
    branch(team, "topic")
    team.change("bob", ".secrets/staging.yaml")
    assert server.push("topic") == ""
    team.git("reset", "--quiet", "--hard", team.base)
    team.change("alice")
    assert server.push("--force", "topic") == ""
    team.change("mallory", sign=False)
    assert "unsigned" in server.push("topic")
    team.git("reset", "--quiet", "--hard", team.base)
    team.change("mallory", sign=False)
    assert "unsigned" in server.push("--force", "topic")
    assert server.push(":topic") == ""


def test_a_topic_that_merges_in_what_main_has_by_now(team: Team, server: Server) -> None:
    """What main took by its own policy is not held against an older one."""
    branch(team, "topic")
    team.change("alice", "code.py")
    assert server.push("topic") == ""
    team.git("checkout", "--quiet", "main")
    team.write(POLICY, team.policy().replace("admins: [alice]", "admins: [alice, bob]"))
    team.commit("alice")
    assert server.push("main") == ""
    team.change("bob")
    assert server.push("main") == ""
    team.git("checkout", "--quiet", "topic")
    team.as_("mallory", "merge", "--quiet", "--no-edit", "main", sign=False)
    team.change("bob")
    assert server.push("topic") == ""
    team.git("checkout", "--quiet", "main")
    team.as_("mallory", "merge", "--quiet", "--no-ff", "--no-edit", "topic", sign=False)
    assert server.push("main") == ""


def test_a_topic_that_brings_its_own_policy(team: Team, server: Server) -> None:
    """Main's policy is asked, whatever the topic's says by now; and again when it is merged."""
    branch(team, "topic")
    team.write(POLICY, team.policy().replace("admins: [alice]", "admins: [alice, bob]"))
    team.commit("alice")
    assert server.push("topic") == ""
    team.change("bob")
    assert "not-allowed" in server.push("topic")
    team.git("checkout", "--quiet", "main")
    team.change("mallory", "code.py", sign=False)
    team.as_("mallory", "merge", "--quiet", "--no-edit", "topic", sign=False)
    assert "not-allowed" in server.push("main")


def test_annotated_tags_and_tags_of_files(team: Team, server: Server) -> None:
    team.change("alice")
    team.as_("alice", "tag", "-a", "-m", "x", "v1", sign=False)
    assert server.push("v1") == ""
    team.git("tag", "file", team.git("rev-parse", f"HEAD:{PRODUCTION}"))
    assert server.push("file") == ""


def test_a_replace_ref_that_is_pushed(team: Team, server: Server) -> None:
    good = team.change("alice")
    team.git("reset", "--quiet", "--hard", team.base)
    bad = team.change("mallory", sign=False)
    team.git("replace", bad, good)
    assert server.push("refs/replace/*:refs/replace/*") == ""
    assert "unsigned" in server.push("main")


def test_the_default_branch_does_not_go_away(team: Team, server: Server) -> None:
    """The next push would bring its own policy to a server that has none."""
    team.git("-C", str(server.top), "config", "receive.denyDeleteCurrent", "ignore")
    said = server.push(":main")
    assert "not-descendant" in said
    assert "refs/heads/main would be gone" in said


def test_names_of_refs_that_are_no_words(team: Team, server: Server) -> None:
    team.change("mallory", sign=False)
    for name in ("a\u3000b", "a\u2028b", "a\x85b"):
        assert "unsigned" in server.push(f"main:refs/heads/{name}")
    team.git("reset", "--quiet", "--hard", team.base)
    team.change("alice")
    assert server.push("main:refs/heads/a\u3000b", "main:refs/heads/a\u2028b") == ""
