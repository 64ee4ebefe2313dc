"""Ways around a server's hook: deletions, other refs, HEAD, another history, forged merges (attacks 01, 02, 30, 31)."""

import subprocess

import pytest

from tests.attacks.verify.world import POLICY, PRODUCTION, Server, Team, branch
from tests.slow import slow_but

JUDGED = 'server: {judged: ["release/*"]}\n'


@pytest.fixture
def judging(one: Team, server_of_one: Server) -> Server:
    """A server that judges release branches too."""
    one.write(POLICY, one.policy() + JUDGED)
    one.commit("alice")
    assert server_of_one.push("main") == ""
    return server_of_one


@pytest.mark.parametrize("gone", slow_but({".secrets"}, [PRODUCTION, POLICY, "sub/.gitattributes", ".secrets"]))
def test_nobody_deletes_unsigned(team: Team, server: Server, gone: str) -> None:
    team.write("sub/.gitattributes", "* -diff\n")
    team.commit("alice")
    assert server.push("main") == ""
    team.git("rm", "-rq", gone)
    team.as_("mallory", "commit", "--quiet", "-m", "cleanup", sign=False)
    assert "unsigned" in server.push("main")


def test_a_fast_forward_to_what_another_ref_has(team: Team, server: Server) -> None:
    team.change("mallory", sign=False)
    assert server.push("main:refs/heads/stale", "main:refs/tags/t") == ""
    assert "unsigned" in server.push("main")
    assert "unsigned" in server.push("refs/heads/main:refs/heads/main", "main:refs/heads/other")


def test_head_that_leads_to_no_branch(team: Team, server: Server) -> None:
    """A policy that nobody asks is none. A tag HEAD is not taken for the branch either."""
    team.git("-C", str(server.top), "symbolic-ref", "HEAD", "refs/heads/master")
    team.git("-C", str(server.top), "update-ref", "refs/tags/HEAD", team.base)
    team.change("mallory", sign=False)
    for pushed in ("main", "main:refs/heads/master", "main:refs/heads/topic"):
        said = server.push(pushed)
        assert "no-default-branch" in said
        assert "git symbolic-ref HEAD refs/heads/main" in said
    team.git("-C", str(server.top), "symbolic-ref", "HEAD", "refs/heads/main")
    assert "unsigned" in server.push("main")


def test_a_detached_head_is_no_default_branch(team: Team, server: Server) -> None:
    team.git("-C", str(server.top), "update-ref", "--no-deref", "HEAD", team.base)
    (server.top / "HEAD").write_text(f"{team.base}\n")
    team.change("mallory", sign=False)
    assert "no-default-branch" in server.push("main")


def test_a_ref_that_leads_to_the_default_branch(team: Team, server: Server) -> None:
    team.git("-C", str(server.top), "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    team.change("mallory", sign=False)
    assert "unsigned" in server.push("main:alias")
    assert "not-descendant" in server.push(":alias")


def test_a_ref_that_leads_to_a_judged_branch_that_is_not_there_yet(one: Team, judging: Server) -> None:
    """A push to it makes the branch; no list of refs has either."""
    subprocess.run(["git", "symbolic-ref", "refs/heads/latest", "refs/heads/release/7"], cwd=judging.top, check=True)
    branch(one, "rel", "main")
    one.change("mallory", sign=False)
    assert "unsigned" in judging.push("rel:latest")
    one.git("checkout", "--quiet", "main")
    one.change("alice")
    assert judging.push("main:latest") == ""


def test_signed_history_of_another_repository(team: Team, server: Server) -> None:
    """Alice signed it, for somewhere else."""
    _alien(team, ".gitattributes", "* -diff\n")
    team.git("checkout", "--quiet", "main")
    join = ("merge", "--quiet", "--allow-unrelated-histories", "--no-edit", "alien")
    team.as_("mallory", *join, sign=False)
    assert "unsigned" in server.push("main")
    team.git("reset", "--quiet", "--hard", team.base)
    team.as_("alice", *join)
    assert server.push("main") == ""


def test_another_history_in_two_pushes(team: Team, server: Server) -> None:
    """First a part that changes nothing that counts, so that the rest descends from something that main has."""
    _alien(team, "code2.py", "pass\n")
    team.git("checkout", "--quiet", "main")
    team.as_("mallory", "merge", "--quiet", "--allow-unrelated-histories", "--no-edit", "alien", sign=False)
    said = server.push("main")
    assert ".secrets: unsigned" in said


def test_another_history_that_is_left_out(team: Team, server: Server) -> None:
    """What main has stays; but whatever descends from that history would count from then on."""
    _alien(team, PRODUCTION, "theirs\n")
    team.git("checkout", "--quiet", "main")
    ours = ("merge", "--quiet", "--allow-unrelated-histories", "-s", "ours", "--no-edit", "alien")
    team.as_("mallory", *ours, sign=False)
    assert ".secrets: unsigned" in server.push("main")
    team.git("reset", "--quiet", "--hard", team.base)
    team.as_("alice", *ours)
    assert server.push("main") == ""


@pytest.mark.slow
def test_a_judged_branch_of_another_history(one: Team, judging: Server) -> None:
    """Signed by alice, for another project: in one push, or after a beginning that holds nothing yet."""
    one.git("checkout", "--quiet", "--orphan", "alien")
    one.git("rm", "-rqf", ".")
    one.write("pages.html", "harmless\n")
    harmless = one.commit("mallory", sign=False)
    one.write(PRODUCTION, "of another project\n")
    one.commit("alice")
    assert "unrelated" in judging.push("alien:release/1")
    assert judging.push(f"{harmless}:refs/heads/release/1") == "", "a branch of pages, say"
    assert "unrelated" in judging.push("alien:release/1")
    # To merge the default branch makes it no better: who merges answers for what was there before.
    options = ("merge", "--quiet", "--allow-unrelated-histories", "--strategy-option=ours", "-m", "x", "main")
    one.as_("mallory", *options, sign=False)
    assert "unsigned" in judging.push("alien:release/1")
    one.git("reset", "--quiet", "--hard", "HEAD~")
    one.as_("alice", *options)
    assert judging.push("alien:release/1") == "", "the printed way out"


def test_merges_within_another_history_are_not_asked(one: Team, server_of_one: Server) -> None:
    """Who joins it answers; what merged there without touching secrets was nobody's business here."""
    _alien(one, "code2.py", "pass\n")
    one.git("checkout", "--quiet", "-b", "alien2")
    one.change("bob", "code3.py", sign=False)
    one.git("checkout", "--quiet", "alien")
    one.change("bob", "code4.py", sign=False)
    one.as_("bob", "merge", "--quiet", "--no-edit", "alien2", sign=False)
    one.git("checkout", "--quiet", "main")
    one.as_("alice", "merge", "--quiet", "--allow-unrelated-histories", "--no-edit", "alien")
    assert server_of_one.push("main") == ""


def _alien(team: Team, path: str, text: str) -> None:
    team.git("checkout", "--quiet", "--orphan", "alien")
    team.git("rm", "-rqf", ".")
    team.write(path, text)
    team.commit("alice")


@pytest.mark.slow
def test_a_judged_branch_is_judged_like_the_default_one(one: Team, judging: Server) -> None:
    branch(one, "rel", "main")
    assert judging.push("rel:release/1") == ""
    good = one.change("alice")
    assert judging.push("rel:release/1") == ""
    one.change("mallory", sign=False)
    assert judging.push("rel:topic") == ""
    assert "unsigned" in judging.push("rel:release/1")
    assert "unsigned" in judging.push("rel:release/new")
    assert "not-descendant" in judging.push("--force", f"{good}~:refs/heads/release/1")
    assert "not-descendant" in judging.push(":release/1")
    assert judging.push("rel:released", "rel:my/release/1") == "", "no pattern names it"
    assert "unsigned" in judging.push("rel:Release/2"), "a file system may take it for release/2"


def test_a_new_judged_branch_is_judged_from_where_it_left_main(one: Team, judging: Server) -> None:
    """What main has is not judged again, whatever was there before the hook."""
    branch(one, "rel", one.base)
    assert judging.push("rel:release/old") == ""
    one.change("mallory", sign=False)
    assert "unsigned" in judging.push("rel:release/mine")


@pytest.mark.slow
def test_who_was_taken_out_of_main_counts_nowhere(one: Team, judging: Server) -> None:
    """An old state's policy names them still: a release branch from there would let them in."""
    old = one.git("rev-parse", "HEAD")
    one.write(POLICY, one.policy(bob=one.keys["mallory"].public) + JUDGED)
    one.commit("alice")
    assert judging.push("main") == ""
    branch(one, "rel", old)
    assert judging.push("rel:release/1") == ""
    one.change("bob", ".secrets/staging.yaml")
    assert "wrong-signer" in judging.push("rel:release/1")


def test_which_branches_are_judged_is_for_the_default_branch_to_say(one: Team, judging: Server) -> None:
    """As it is before the push: a push cannot let itself off."""
    branch(one, "rel", "main")
    assert judging.push("rel:release/1") == ""
    one.write(POLICY, one.policy())
    one.commit("alice")
    one.git("branch", "--force", "clean", "HEAD")
    one.change("mallory", sign=False)
    assert "unsigned" in judging.push("clean:main", "rel:release/1")
    assert judging.push("clean:main") == ""
    assert judging.push("rel:release/1") == ""


@pytest.mark.slow
def test_a_field_that_the_servers_gitseal_does_not_know(one: Team, judging: Server) -> None:
    """It is told where the policy is to judge, and hides no branch that is judged."""
    one.write(POLICY, one.policy() + JUDGED + "future: {x: [later]}\n")
    newer = one.commit("alice")
    assert "future" in judging.push("main"), "or the next push could not be judged"
    # It may have come before the hook did.
    one.git("push", "--quiet", str(judging.top), "main:topic")
    subprocess.run(["git", "update-ref", "refs/heads/main", newer], cwd=judging.top, check=True)
    one.change("alice")
    assert judging.push("main:topic") == ""
    assert "future" in judging.push("main")
    assert "future" in judging.push("main:release/1")


@pytest.mark.parametrize(
    "text", slow_but({"version: 2\n"}, ["", "version: 1\nx\n", "version: 2\n", "version: 1\nrecipients: []\n"])
)
def test_a_policy_that_could_not_judge_what_comes_next(one: Team, judging: Server, text: str) -> None:
    """Signed by alice, by mistake: after it nobody could push, she neither."""
    one.write(POLICY, text)
    one.commit("alice")
    assert "cannot be read" in judging.push("main")
    one.write(POLICY, one.policy() + JUDGED)
    one.commit("alice")
    assert judging.push("main") == "", "mended in the same push"
