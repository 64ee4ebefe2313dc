"""`verify` in a server's pre-receive hook: what is refused is not there afterwards."""

from tests.attacks.verify.world import POLICY, PRODUCTION, Server, Team, branch


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
    assert server.push("main:refs/heads/new", "main:refs/tags/v1") == "", "others may propose anything"
    assert "wrong-signer" in server.push("main"), "what another ref has already is judged all the same"


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
    team.git("reset", "--quiet", "--hard", team.base)
    team.change("mallory", sign=False)
    assert server.push("--force", "topic") == ""
    assert "unsigned" in server.push("topic:main")
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
    """It may propose what it likes. When it is merged main's policy is asked, whatever the topic's says by now."""
    branch(team, "topic")
    team.write(POLICY, team.policy().replace("admins: [alice]", "admins: [alice, bob]"))
    team.commit("alice")
    assert server.push("topic") == ""
    team.change("bob")
    assert server.push("topic") == ""
    assert "not-allowed" in server.push("topic:main")
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
    names = [f"main:refs/heads/{name}" for name in ("a\u3000b", "a\u2028b", "a\x85b")]
    assert "unsigned" in server.push(*names, "main")
    assert server.push(*names) == ""
