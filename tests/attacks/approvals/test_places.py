"""Where approvals are kept: what a server takes, what a clone keeps, and what commits carry."""

import os
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from gitseal.audit.verify.approvals import store
from gitseal.audit.verify.approvals.statement import SignedStatement
from gitseal.errors import Error
from gitseal.project.approval_refs import fetch_refspec
from gitseal.usecases import approve
from tests.attacks.approvals.world import MAIN, POLICY, PRODUCTION, Approving, gitseal

# The hook that `hook install --server` writes looks for plaintext too, which these made-up files are: tests/stories/approve.txt.
HOOK = "#!/bin/sh\nexec gitseal verify --pre-receive\n"
APPROVED = "refs/gitseal/approvals"


class Server:
    """A bare repository with gitseal's hook, the remote `origin` of the team."""

    def __init__(self, team: Approving, top: Path) -> None:
        self.team = team
        self.top = top
        team.git("init", "--quiet", "--bare", "--initial-branch=main", str(top))
        team.git("remote", "add", "origin", str(top))
        place = top / "hooks/pre-receive"
        place.write_text(HOOK)
        place.chmod(0o755)
        assert self.push("main") == ""
        team.git("fetch", "--quiet", "origin")

    def push(self, *arguments: str) -> str:
        """Pushes, all or nothing, and gives what the server said if it refused, else nothing."""
        command = ["git", "push", "--quiet", "--atomic", str(self.top), *arguments]
        done = subprocess.run(command, cwd=self.team.top, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == ("pre-receive hook declined" not in done.stderr), done.stderr
        return done.stderr if done.returncode else ""

    def refs(self) -> str:
        return self.team.git("-C", str(self.top), "for-each-ref", "--format=%(refname)", "refs/gitseal")


@pytest.fixture
def server(team: Approving, tmp_path: Path) -> Server:
    return Server(team, tmp_path / "server.git")


def test_the_bytes_that_are_signed_are_those_of_the_files(team: Approving) -> None:
    before = (team.top / PRODUCTION).read_bytes()
    team.change("alice")
    (change,) = team.approve("bob").statement.changes
    assert change.old is not None
    assert change.new is not None
    assert change.old.sha256 == sha256(before).hexdigest()
    assert change.new.sha256 == sha256((team.top / PRODUCTION).read_bytes()).hexdigest()


def test_approvals_that_come_with_the_change(team: Approving, server: Server) -> None:
    team.change("alice")
    signed = team.approve("bob")
    team.change("alice", ".secrets/free.yaml")
    said = server.push("topic:main")
    assert "not-approved" in said
    assert server.push(f"{signed.ref}:{signed.ref}", "topic:main") == ""
    assert server.refs() == signed.ref
    # The other order, on the way to the server.
    team.git("fetch", "--quiet", "origin")
    team.change("alice")
    signed = team.approve("bob", "origin/main..HEAD")
    assert server.push("topic:main", f"{signed.ref}:{signed.ref}") == ""


def test_approvals_that_were_there_before(team: Approving, server: Server) -> None:
    team.change("alice")
    signed = team.approve("bob")
    assert server.push(f"{signed.ref}:{signed.ref}") == ""
    assert server.push("topic:main") == ""


def test_an_approval_stays(team: Approving, server: Server) -> None:
    """Nobody takes one away, or puts another thing in its place."""
    team.change("alice")
    signed = team.approve("bob")
    assert server.push(f"{signed.ref}:{signed.ref}") == ""
    assert "stays" in server.push(f":{signed.ref}")
    other = team.git("hash-object", "-w", "--stdin", stdin=b"other")
    assert "does not change" in server.push(f"+{other}:{signed.ref}")
    assert server.refs() == signed.ref


@pytest.mark.slow
def test_only_what_would_count_is_taken(team: Approving, server: Server) -> None:
    team.change("alice")
    good = team.approve("bob")
    (made,) = team.proposal("bob").statements

    def refused(content: bytes, ref: str = good.ref) -> str:
        blob = team.git("hash-object", "-w", "--stdin", stdin=content)
        return server.push(f"{blob}:{ref}")

    assert "holds no approval" in refused(b"junk")
    assert "holds no approval" in refused(good.content + b"x" * 8192)
    assert "holds no approval" in server.push(f"main:{good.ref}")
    assert "its place would be" in refused(good.content, f"{APPROVED}/{'0' * 64}/{'0' * 64}")
    for who in ("robot", "hub", "mallory"):
        bad = team.put(made._replace(approver=who, key=team.key_of(who)), who)
        assert "is not taken" in server.push(f"{bad.ref}:{bad.ref}")
    elsewhere = team.put(made._replace(ref="refs/heads/nowhere"), "bob")
    assert "is not here" in server.push(f"{elsewhere.ref}:{elsewhere.ref}")
    unsigned = SignedStatement(made, good.payload, good.signature.replace(b"SSH SIGNATURE", b"SSH SIGNATUR", 1))
    assert "is not taken" in refused(unsigned.content)
    assert server.refs() == ""
    assert server.push(f"{good.ref}:{good.ref}") == ""


def test_one_that_is_out_of_date_is_not_taken(team: Approving, server: Server) -> None:
    team.change("alice")
    old = team.approve("bob")
    team.change("alice")
    new = team.approve("bob")
    assert server.push("topic:main", f"{new.ref}:{new.ref}") == ""
    assert "has changed since" in server.push(f"{old.ref}:{old.ref}")


def test_a_server_without_a_default_branch_takes_none(team: Approving, tmp_path: Path) -> None:
    team.change("alice")
    signed = team.approve("bob")
    top = tmp_path / "empty.git"
    team.git("init", "--quiet", "--bare", "--initial-branch=main", str(top))
    hook = top / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexec gitseal hook run pre-receive\n")
    hook.chmod(0o755)
    done = subprocess.run(
        ["git", "push", str(top), f"{signed.ref}:{signed.ref}"],
        cwd=team.top,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "is not here" in done.stderr


@pytest.mark.slow
def test_what_was_fetched_once_stays(team: Approving, server: Server) -> None:
    """A remote without the hook loses an approval; `git fetch --prune` takes nothing from whoever had it."""
    team.git("config", "--add", "remote.origin.fetch", fetch_refspec("origin"))
    team.change("alice")
    signed = team.approve("bob")
    assert server.push(f"{signed.ref}:{signed.ref}") == ""
    team.drop_approvals()
    team.git("fetch", "--quiet", "origin")
    gitseal(team, "verify", "origin/main..HEAD")
    team.git("-C", str(server.top), "update-ref", "-d", signed.ref)
    team.git("fetch", "--quiet", "--prune", "origin")
    kept = team.git("for-each-ref", "--format=%(refname)", "refs/gitseal")
    assert kept == signed.ref.replace(APPROVED, "refs/gitseal/fetched/origin")
    gitseal(team, "verify", "origin/main..HEAD")


def test_junk_that_was_fetched_is_not_kept(team: Approving) -> None:
    team.change("alice")
    signed = team.approve("bob")
    team.put_blob("refs/gitseal/incoming/origin/junk", b"junk")
    team.put_blob(f"refs/gitseal/incoming/origin/{'0' * 64}/{'0' * 64}", signed.content)
    store.keep_fetched(team.repository)
    assert "fetched" not in team.git("for-each-ref")


def test_a_commit_carries_it(team: Approving) -> None:
    """On a forge that takes no such refs, or loses them: in an empty commit, and after a squash in that one's message."""
    team.change("alice")
    proposal = team.proposal("bob")
    approve.approve(proposal)
    carrying = approve.carry(proposal)
    team.drop_approvals()
    assert team.git("rev-parse", "HEAD") == carrying
    assert team.git("status", "--porcelain") == ""
    assert team.missing() == []
    assert team.missing(head="HEAD~") == ["not-approved"]
    message = team.git("log", "--format=%B", "main..topic")
    team.git("checkout", "--quiet", "-b", "squashed", "main")
    team.git("merge", "--quiet", "--squash", "topic")
    team.as_("alice", "commit", "--quiet", "-m", f"* change\n\n{message}")
    assert team.missing(head="squashed") == []


def test_a_trailer_is_believed_no_more_than_a_ref(team: Approving) -> None:
    team.change("alice")
    (made,) = team.proposal("bob").statements
    forged = team.put(made, "mallory")
    team.drop_approvals()
    lines = [
        store.trailer(forged),
        f"{store.TRAILER}: %%%",
        f"{store.TRAILER}: {'A' * 20000}",
    ]
    team.as_("alice", "commit", "--quiet", "--allow-empty", "-m", "\n".join(["x", "", *lines]))
    assert team.missing() == ["not-approved"]


def test_only_what_is_checked_out_carries(team: Approving) -> None:
    team.change("alice")
    proposal = team.proposal("bob")
    team.git("checkout", "--quiet", "main")
    with pytest.raises(Error, match="checked out"):
        approve.carry(proposal)


def test_what_is_too_long_for_one_approval(team: Approving) -> None:
    for number in range(80):
        team.write(f".secrets/a-file-of-a-long-name-{number}.yaml", "x")
    team.commit("alice")
    with pytest.raises(Error, match="more files than one approval can cover"):
        team.approve("bob")
    assert team.git("for-each-ref", "refs/gitseal") == ""


@pytest.mark.slow
def test_nothing_is_signed_unasked(team: Approving) -> None:
    team.change("alice")
    team.sign_as("bob")
    assert "an approval needs a yes" in gitseal(team, "approve", "main..HEAD", status=1)
    assert team.git("for-each-ref", "refs/gitseal") == ""
    assert APPROVED in gitseal(team, "approve", "main..HEAD", "--yes")
    assert team.missing() == []


def test_a_key_in_an_agent(team: Approving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`user.signingKey` may be the public key itself."""
    agent = subprocess.run(["ssh-agent", "-c", "-a", str(tmp_path / "a")], capture_output=True, text=True, check=True)
    number = agent.stdout.split("SSH_AGENT_PID ")[1].split(";")[0]
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "a"))
        subprocess.run(["ssh-add", "-q", team.keys["bob"].key], check=True)
        team.change("alice")
        team.git("config", "gpg.format", "ssh")
        for form in ("", "key::"):
            team.drop_approvals()
            team.git("config", "user.signingKey", form + team.keys["bob"].public)
            approve.approve(approve.propose(team.repository, "main..HEAD"))
            assert team.missing() == []
    finally:
        os.kill(int(number), 15)


@pytest.mark.slow
def test_review_says_who_is_missing(team: Approving) -> None:
    team.change("alice")
    assert "takes 1 approval; approved by nobody yet; may still approve: bob, carol" in gitseal(
        team, "review", "main..HEAD"
    )
    team.approve("bob")
    assert "takes 1 approval; approved by bob\n" in gitseal(team, "review", "main..HEAD")
    printed = gitseal(team, "review", "main..HEAD", "--json")
    assert '"approvals": {\n    "needed": 1,\n    "given": [\n      "bob"\n    ],\n    "missing": []\n  }' in printed
    assert MAIN not in printed


@pytest.mark.slow
def test_each_judged_branch_has_approvals_of_its_own(team: Approving, tmp_path: Path) -> None:
    team.git("checkout", "--quiet", "main")
    team.write(POLICY, team.policy() + 'server: {judged: ["release/*"]}\n')
    team.commit("alice")
    server = Server(team, tmp_path / "server.git")
    # A new one that changes nothing of its own takes nobody's approval, one that does takes it for itself.
    assert server.push("main:refs/heads/release/1") == ""
    team.change("alice")
    assert "not-approved" in server.push("HEAD:refs/heads/release/1")
    assert "not-approved" in server.push("HEAD:refs/heads/release/2")
    team.git("fetch", "--quiet", "origin")
    for_main = team.approve("bob", "origin/main..HEAD")
    assert "not-approved" in server.push("HEAD:refs/heads/release/1", f"{for_main.ref}:{for_main.ref}")
    own = team.approve("bob", "origin/release/1..HEAD")
    assert own.statement.ref == "refs/heads/release/1"
    assert server.push("HEAD:refs/heads/release/1", f"{own.ref}:{own.ref}") == ""
    # A branch that is not there yet: its approvals come with it, or before it.
    team.change("alice")
    new = team.approve("bob", "origin/main..HEAD", "refs/heads/release/3")
    assert server.push("HEAD:refs/heads/release/3", f"{new.ref}:{new.ref}") == ""
    before = team.approve("bob", "origin/main..HEAD", "refs/heads/release/4")
    assert server.push(f"{before.ref}:{before.ref}") == ""
    assert server.push("HEAD:refs/heads/release/4") == ""
    assert "not-approved" in server.push("HEAD:refs/heads/release/5")
    # Whoever may propose needs none.
    assert server.push("HEAD:refs/heads/topic") == ""
    assert "not-approved" in server.push("HEAD:refs/heads/main")


@pytest.mark.slow
def test_a_branch_with_an_older_policy_gets_around_no_approval(team: Approving, tmp_path: Path) -> None:
    """A release branch from before the default branch asked for approvals, and one whose approver has left since."""
    judged = 'server: {judged: ["release/*"]}\n'
    team.git("checkout", "--quiet", "main")
    team.write(POLICY, team.policy().replace(", approvals: 1", "") + judged)
    before = team.commit("alice")
    team.write(POLICY, team.policy() + judged)
    with_bob = team.commit("alice")
    team.write(POLICY, team.policy().replace("admins: [alice, bob,", "admins: [alice,") + judged)
    team.commit("alice")
    server = Server(team, tmp_path / "server.git")
    assert server.push(f"{before}:refs/heads/release/1", f"{with_bob}:refs/heads/release/2") == ""
    team.git("checkout", "--quiet", "--detach", before)
    team.change("alice")
    said = server.push("HEAD:refs/heads/release/1")
    assert "asks for 1 approval of this, and the branch's own for 0" in said
    # The printed way out: the newer policy, which nobody has to approve again.
    team.git("reset", "--quiet", "--hard", before)
    team.git("checkout", "main", "--", POLICY)
    team.commit("alice")
    assert server.push("HEAD:refs/heads/release/1") == ""
    team.change("alice")
    assert "may approve: carol" in server.push("HEAD:refs/heads/release/1")
    # Whom the default branch has taken out approves nothing, for his own policy's branch either.
    team.git("fetch", "--quiet", "origin")
    team.git("checkout", "--quiet", "--detach", with_bob)
    team.change("alice")
    bobs = team.approve("bob", "origin/release/2..HEAD")
    assert "may approve: carol" in server.push("HEAD:refs/heads/release/2", f"{bobs.ref}:{bobs.ref}")
    carols = team.approve("carol", "origin/release/2..HEAD")
    assert server.push("HEAD:refs/heads/release/2", f"{carols.ref}:{carols.ref}") == ""
