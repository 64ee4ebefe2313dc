"""Approvals that do not count: for something else, somewhere else, a second time, by the wrong people."""

import pytest

from gitseal.audit.verify.approvals.statement import FolderRules
from gitseal.errors import Error
from tests.attacks.approvals.world import MAIN, POLICY, PRODUCTION, Approving

NOT = ["not-approved"]


def test_a_change_takes_the_approval_of_somebody_else(team: Approving) -> None:
    team.change("alice")
    assert team.missing() == NOT
    team.approve("bob")
    assert team.missing() == []
    # What nobody asks approvals for needs none.
    team.merge()
    team.change("alice", ".secrets/free.yaml")
    assert team.missing() == []


def test_an_approval_is_no_signature(team: Approving) -> None:
    team.change("alice", sign=False)
    team.approve("bob")
    team.approve("carol")
    assert team.rules("main") == ["unsigned"]
    team.commit("mallory", "--amend")
    assert team.rules("main") == ["wrong-signer"]


def test_the_value_that_others_inherit_is_theirs(team: Approving) -> None:
    """`base` asks for nothing itself; production extends it and does."""
    team.change("alice", ".secrets/base.yaml")
    assert team.missing() == NOT
    team.approve("carol")
    assert team.missing() == []


def test_the_author_does_not_approve(team: Approving) -> None:
    team.change("alice")
    with pytest.raises(Error, match="cannot approve"):
        team.approve("alice")
    (made,) = team.proposal("bob").statements
    team.put(made._replace(approver="alice", key=team.key_of("alice")), "alice")
    assert team.missing() == NOT


def test_the_author_of_any_part_does_not_approve_the_whole(team: Approving) -> None:
    team.change("alice")
    team.change("bob")
    (made,) = team.proposal("carol").statements
    for who in ("alice", "bob"):
        team.put(made._replace(approver=who, key=team.key_of(who)), who)
    assert team.missing() == NOT
    team.approve("carol")
    assert team.missing() == []


def test_machines_forges_and_strangers_do_not_approve(team: Approving) -> None:
    team.change("alice")
    (made,) = team.proposal("bob").statements
    for who in ("robot", "hub"):
        team.put(made._replace(approver=who, key=team.key_of(who)), who)
    # Mallory says to be bob, by her key and by bob's.
    team.put(made._replace(key=team.key_of("mallory")), "mallory")
    team.put(made, "mallory")
    team.put(made._replace(approver="mallory", key=team.key_of("mallory")), "mallory")
    assert team.missing() == NOT


def test_a_signature_for_something_else(team: Approving) -> None:
    """Bob signed these bytes as a file, and as a Git object."""
    team.change("alice")
    (made,) = team.proposal("bob").statements
    for namespace in ("file", "git"):
        team.put(made, "bob", namespace=namespace)
        assert team.missing() == NOT
    team.put(made, "bob")
    assert team.missing() == []


def test_another_tree(team: Approving) -> None:
    team.change("alice")
    team.approve("bob")
    team.change("alice")
    assert team.missing() == NOT


def test_less_than_what_was_approved(team: Approving) -> None:
    """Bob approved two files that change together."""
    team.write(".secrets/base.yaml", "other\n")
    team.change("alice")
    team.approve("bob")
    team.git("checkout", "--quiet", "main", "--", ".secrets/base.yaml")
    team.commit("alice", "--amend")
    assert team.missing() == NOT


def test_another_branch(team: Approving) -> None:
    team.change("alice")
    team.git("branch", "release", "main")
    team.approve("bob", "release..HEAD")
    assert team.missing() == NOT
    assert team.missing("release", ref="refs/heads/release") == []


def test_another_mode(team: Approving) -> None:
    team.change("alice")
    team.approve("bob")
    (team.top / PRODUCTION).chmod(0o755)
    team.commit("alice", "--amend")
    assert team.missing() == NOT


def test_another_base(team: Approving) -> None:
    """A base that is no ancestor, that is not there, and one from where the file changed since."""
    team.change("alice")
    (made,) = team.proposal("bob").statements
    aside = team.git("commit-tree", "-m", "aside", "main^{tree}", stdin=b"")
    for base in (aside, team.git("rev-parse", "topic"), "1" * 40, team.git("rev-parse", "main^{tree}")):
        team.put(made._replace(base=base), "bob")
    assert team.missing() == NOT


def test_another_repository(team: Approving) -> None:
    """The same files with the same policy, and another history."""
    team.change("alice")
    tree = team.git("rev-parse", "main^{tree}")
    other = team.git("commit-tree", "-m", "other", tree, stdin=b"")
    (made,) = team.proposal("bob").statements
    team.put(made._replace(base=other), "bob")
    team.put(made._replace(object_format="sha256", base="1" * 64), "bob")
    assert team.missing() == NOT


def test_another_policy(team: Approving) -> None:
    """The policy changed between, though not who may do what; so did the manifest."""
    for path, text in ((POLICY, "# a word\n" + team.policy()), (".secrets/manifest.yaml", "version: 1\n# a word\n")):
        team.drop_approvals()
        team.git("checkout", "--quiet", "-B", "topic", "main")
        team.change("alice")
        team.approve("bob")
        assert team.missing() == []
        team.git("checkout", "--quiet", "main")
        team.write(path, text)
        team.commit("alice")
        team.git("checkout", "--quiet", "topic")
        team.as_("alice", "rebase", "--quiet", "main")
        assert team.missing() == NOT


def test_a_statement_that_leaves_a_policy_out(team: Approving) -> None:
    team.change("alice")
    (made,) = team.proposal("bob").statements
    (rules,) = made.rules
    others = ((), (FolderRules("app/.secrets/", rules.policy, None), rules), (rules._replace(manifest=None),))
    for other in others:
        team.put(made._replace(rules=tuple(sorted(other))), "bob")
    assert team.missing() == NOT


def test_what_was_undone_takes_another_approval(team: Approving) -> None:
    """Approved, merged, undone with an approval, and brought back: the old approval fits every byte again."""
    before = team.git("rev-parse", "main")
    team.change("alice")
    done = team.git("rev-parse", "HEAD")
    old = team.approve("bob")
    team.merge()
    team.as_("alice", "revert", "--no-edit", "HEAD")
    assert team.missing() == NOT
    team.approve("bob")
    assert team.missing() == []
    team.merge()
    assert team.git("diff", before, "main") == ""
    team.as_("alice", "cherry-pick", done)
    assert team.missing() == NOT
    assert old.ref in team.git("for-each-ref")
    new = team.approve("bob")
    assert new.ref != old.ref
    assert team.missing() == []


def test_undone_by_a_merge_that_takes_an_old_side(team: Approving) -> None:
    """No commit but a merge brings the old state back, and no commit but a merge brings the new one again."""
    team.change("alice", "code.py")
    side = team.git("rev-parse", "HEAD")
    team.git("checkout", "--quiet", "-B", "topic", "main")
    done = team.change("alice")
    team.approve("bob")
    team.merge()
    team.as_("alice", "merge", "--quiet", "--no-edit", "--no-commit", "--no-ff", side)
    team.git("checkout", "--quiet", team.base, "--", PRODUCTION)
    team.commit("alice")
    assert team.missing() == NOT
    team.approve("bob")
    team.merge()
    team.git("checkout", "--quiet", "-B", "other", done)
    team.change("alice", "other.py")
    team.git("checkout", "--quiet", "-B", "topic", "main")
    team.as_("alice", "merge", "--quiet", "--no-edit", "--no-commit", "--no-ff", "other")
    team.git("checkout", "--quiet", done, "--", PRODUCTION)
    team.commit("alice")
    assert team.missing() == NOT


def test_squash_and_rebase_keep_it(team: Approving) -> None:
    team.change("alice")
    team.change("alice")
    team.approve("bob")
    team.git("checkout", "--quiet", "main")
    team.change("carol", "code.py")
    team.git("checkout", "--quiet", "topic")
    team.as_("alice", "rebase", "--quiet", "main")
    assert team.missing() == []
    team.git("checkout", "--quiet", "-b", "squashed", "main")
    team.git("merge", "--quiet", "--squash", "topic")
    team.commit("alice")
    assert team.missing(head="squashed") == []


def test_two_changes_and_their_approvals_in_one_push(team: Approving) -> None:
    """Each was approved on its own, by the other's author."""
    team.write(".secrets/base.yaml", "other\n")
    team.commit("alice")
    team.approve("bob")
    one = team.git("rev-parse", "HEAD")
    team.git("checkout", "--quiet", "-B", "two", "main")
    team.change("bob")
    team.approve("alice")
    team.as_("carol", "merge", "--quiet", "--no-edit", one)
    assert team.missing() == []
    team.merge(one)
    assert team.missing(head="two") == []


def test_what_a_merge_makes_new_takes_another(team: Approving) -> None:
    team.write(PRODUCTION, "1\n2\n3\n4\n5\n6\n7\n")
    team.commit("alice")
    team.merge()
    team.write(PRODUCTION, "one\n2\n3\n4\n5\n6\n7\n")
    team.commit("alice")
    team.approve("bob")
    team.git("checkout", "--quiet", "main")
    team.write(PRODUCTION, "1\n2\n3\n4\n5\n6\nseven\n")
    team.commit("carol")
    team.git("checkout", "--quiet", "topic")
    team.as_("alice", "merge", "--quiet", "--no-edit", "main")
    assert team.missing() == NOT


def test_a_forge_takes_one_approval_more(team: Approving) -> None:
    """Who let the forge sign is not known: it may be the one who approves."""
    team.change("alice")
    team.approve("bob")
    team.git("checkout", "--quiet", "-b", "squashed", "main")
    team.git("merge", "--quiet", "--squash", "topic")
    team.commit("hub")
    assert team.missing(head="squashed") == NOT
    team.approve("carol", "main..topic")
    assert team.missing(head="squashed") == []


def test_many_approvals_of_one_person_are_one(team: Approving) -> None:
    team.write(
        POLICY,
        team.policy().replace(
            "extends: base, change: {by: [admins], approvals: 1}", "extends: base, change: {by: [admins], approvals: 2}"
        ),
    )
    team.commit("alice")
    team.merge()
    team.change("alice", ".secrets/free.yaml")
    team.merge()
    team.change("alice")
    first = team.approve("bob")
    team.put(first.statement._replace(base=team.git("rev-parse", "main~")), "bob")
    assert team.missing() == NOT
    team.approve("carol")
    assert team.missing() == []


def test_a_key_of_two_names_is_nobodys(team: Approving) -> None:
    team.write(POLICY, team.policy(carol=team.keys["bob"].public))
    team.commit("alice")
    team.merge()
    team.change("alice")
    assert team.missing() == ["shared-key", *NOT]
    with pytest.raises(Error, match="gives your signing key to bob and carol"):
        team.approve("bob")


def test_a_revoked_key(team: Approving) -> None:
    """Revoked where the branch is now, though it was good when it signed."""
    team.change("alice")
    team.approve("bob")
    assert team.missing() == []
    revoked = team.top.parent / "revoked"
    revoked.write_text(f"{team.keys['bob'].public}\n")
    team.git("config", "gpg.ssh.revocationFile", str(revoked))
    assert team.missing() == NOT
    with pytest.raises(Error, match="revocation file"):
        team.approve("bob")


def test_a_key_that_the_branch_has_by_now_taken_out(team: Approving) -> None:
    """The branch's policy is asked, never the one where the change began."""
    team.change("alice")
    team.approve("bob")
    team.git("checkout", "--quiet", "main")
    team.write(POLICY, team.policy(bob=team.keys["mallory"].public))
    team.commit("alice")
    assert team.missing(head="topic") == NOT


def test_a_grant_in_the_change_itself(team: Approving) -> None:
    """The new policy asks for nothing any more, and names mallory."""
    team.write(POLICY, team.policy(bob=team.keys["mallory"].public).replace("approvals: 1", "approvals: 0"))
    team.change("alice")
    assert team.missing() == NOT
    (made,) = team.proposal("carol").statements
    team.put(made._replace(approver="bob", key=team.key_of("mallory")), "mallory")
    assert team.missing() == NOT


@pytest.mark.slow
def test_junk_hides_no_approval(team: Approving) -> None:
    """Hundreds of refs that hold nothing, or approvals of something else, or copies that are damaged."""
    team.change("alice")
    good = team.approve("bob")
    lines = []
    for number in range(300):
        content = (b"junk %d" % number, good.content[:-9] + b"%09d" % number, b"x" * 9000 + b"%d" % number)[number % 3]
        blob = team.git("hash-object", "-w", "--stdin", stdin=content)
        lines.append(f"create refs/gitseal/approvals/{number:064x}/{'0' * 64} {blob}\n")
    lines.append(f"create refs/gitseal/approvals/{'e' * 64}/{'0' * 64} {team.base}\n")
    team.git("update-ref", "--stdin", stdin="".join(lines).encode())
    assert team.missing() == []
    team.git("update-ref", "-d", good.ref)
    assert team.missing() == NOT


def test_a_policy_that_nobody_could_change_again(team: Approving) -> None:
    team.write(
        POLICY,
        team.policy().replace(
            "policy: {change: {by: [admins], approvals: 1}}", "policy: {change: {by: [alice], approvals: 1}}"
        ),
    )
    team.commit("alice")
    team.approve("bob")
    assert team.missing() == ["locked-out"]


def test_which_branch_it_is_for_has_to_be_known(team: Approving) -> None:
    team.change("alice")
    with pytest.raises(Error, match="is no branch"):
        team.approve("bob", f"{team.base}..HEAD")
    assert team.approve("bob", f"{team.base}..HEAD", MAIN).statement.ref == MAIN
    assert team.missing(ref="") == NOT
    assert team.missing() == []
