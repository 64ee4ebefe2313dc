"""Merges: each answers for what it has that a three-way merge would not give."""

from tests.attacks.verify.world import PRODUCTION, Team, branch

ATTRIBUTES = ".gitattributes"


def test_an_honest_merge_needs_no_signature(team: Team) -> None:
    branch(team, "side")
    team.change("bob", ".secrets/staging.yaml")
    team.git("checkout", "--quiet", "main")
    team.change("alice")
    team.as_("mallory", "merge", "--quiet", "--no-ff", "--no-edit", "side", sign=False)
    found = team.verify()
    assert (found.findings, found.touching) == ((), 2)


def test_an_evil_merge(team: Team) -> None:
    """Neither side has what the merge commit brings."""
    branch(team, "side")
    team.change("mallory", "code.py", sign=False)
    team.git("checkout", "--quiet", "main")
    team.change("mallory", "other.py", sign=False)
    team.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    team.change("mallory", sign=False)
    assert team.rules() == ["unsigned"]


def test_a_merge_that_brings_an_old_state_back(team: Team) -> None:
    """Equal to one parent, so `git log --cc` shows nothing; and it undoes what alice signed."""
    branch(team, "side")
    team.change("mallory", "code.py", sign=False)
    team.git("checkout", "--quiet", "main")
    base = team.change("alice")
    team.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    team.git("checkout", "side", "--", PRODUCTION)
    team.as_("mallory", "commit", "--quiet", "--no-edit", sign=False)
    assert team.git("log", "-1", "--cc", "--format=", "HEAD") == ""
    assert team.rules() == ["unsigned"]
    assert team.rules(base) == ["unsigned"]


def test_a_merge_that_takes_nothing_of_a_side(team: Team) -> None:
    branch(team, "side")
    team.change("alice")
    team.git("checkout", "--quiet", "main")
    team.change("mallory", "code.py", sign=False)
    team.as_("mallory", "merge", "--quiet", "-s", "ours", "--no-edit", "side", sign=False)
    assert team.rules() == ["unsigned"]


def test_a_merge_of_two_contents(team: Team) -> None:
    """Git made it alone; still nobody has vouched for the sum."""
    team.write(PRODUCTION, "".join(f"line {at}\n" for at in range(20)))
    base = team.commit("alice")
    branch(team, "side", base)
    team.change("alice")
    team.git("checkout", "--quiet", "main")
    team.write(PRODUCTION, "first\n" + (team.top / PRODUCTION).read_text())
    team.commit("alice")
    team.as_("mallory", "merge", "--quiet", "--no-edit", "side", sign=False)
    assert team.rules(base) == ["unsigned"]
    team.git("reset", "--quiet", "--hard", "HEAD~")
    team.as_("alice", "merge", "--quiet", "--no-edit", "side")
    assert team.rules(base) == []


def test_an_octopus(one: Team) -> None:
    for name in ("x", "y"):
        branch(one, name)
        one.change("alice", f".secrets/{name}.yaml")
    one.git("checkout", "--quiet", "main")
    one.change("bob", ".secrets/staging.yaml")
    one.as_("mallory", "merge", "--quiet", "--no-edit", "x", "y", sign=False)
    assert one.git("rev-list", "--parents", "-1", "HEAD").count(" ") == 3
    assert one.rules() == []
    one.change("mallory", "x", sign=False)
    one.write(".secrets/x.yaml", "evil\n")
    one.commit("mallory", "--amend", sign=False)
    tree, parents = one.git("rev-parse", "HEAD^{tree}"), one.git("rev-parse", "HEAD~^1", "HEAD~^2", "HEAD~^3").split()
    evil = one.git("commit-tree", tree, *(word for each in parents for word in ("-p", each)), "-m", "evil")
    assert one.rules(head=evil) == ["unsigned"]


def test_criss_cross_merges(one: Team) -> None:
    """Two merge bases that have the path in two states: neither explains the merge alone."""
    branch(one, "side")
    one.change("alice")
    side = one.git("rev-parse", "HEAD")
    one.git("checkout", "--quiet", "main")
    main = one.change("bob", ".secrets/staging.yaml")
    one.as_("mallory", "merge", "--quiet", "--no-edit", "side", sign=False)
    one.git("checkout", "--quiet", "side")
    one.as_("mallory", "merge", "--quiet", "--no-edit", main, sign=False)
    one.change("mallory", "code.py", sign=False)
    one.git("checkout", "--quiet", "main")
    one.change("mallory", "other.py", sign=False)
    assert one.git("merge-base", "--all", "main", "side").count("\n") == 1
    one.as_("mallory", "merge", "--quiet", "--no-edit", "side", sign=False)
    assert one.rules() == []
    one.git("checkout", main, "--", PRODUCTION)
    one.commit("mallory", "--amend", sign=False)
    assert one.rules() == ["unsigned"]
    assert side


def test_criss_cross_merges_of_one_file(one: Team) -> None:
    """If it is the same merge by each of the bases, nobody had a choice."""
    lines = "".join(f"line {number}\n" for number in range(1, 30))

    def edit(who: str, number: int, text: str) -> str:
        content = (one.top / ATTRIBUTES).read_text()
        one.write(ATTRIBUTES, content.replace(f"line {number}\n", f"{text}\n"))
        return one.commit(who)

    one.write(ATTRIBUTES, lines)
    one.commit("alice")
    branch(one, "side", "main")
    edit("alice", 2, "two")
    one.git("checkout", "--quiet", "main")
    main = edit("alice", 9, "nine")
    one.as_("mallory", "merge", "--quiet", "--no-edit", "side", sign=False)
    edit("alice", 16, "sixteen")
    one.git("checkout", "--quiet", "side")
    one.as_("mallory", "merge", "--quiet", "--no-edit", main, sign=False)
    edit("alice", 25, "twenty-five")
    one.git("checkout", "--quiet", "main")
    one.as_("mallory", "merge", "--quiet", "--no-edit", "side", sign=False)
    assert one.git("merge-base", "--all", "main~", "side").count("\n") == 1
    assert one.rules() == []
    # The same, without what one of the bases brought.
    one.write(ATTRIBUTES, (one.top / ATTRIBUTES).read_text().replace("nine", "line 9"))
    one.commit("mallory", "--amend", sign=False)
    assert one.rules() == ["unsigned"]


def test_a_history_of_its_own_that_is_merged_in(team: Team) -> None:
    team.git("checkout", "--quiet", "--orphan", "alien")
    team.git("rm", "-rqf", ".")
    team.write("app/.secrets/policy.yaml", team.policy())
    team.write(PRODUCTION, "evil\n")
    team.commit("mallory", sign=False)
    team.git("checkout", "--quiet", "main")
    team.as_(
        "mallory", "merge", "--quiet", "--allow-unrelated-histories", "-X", "theirs", "--no-edit", "alien", sign=False
    )
    assert team.rules() == ["unsigned", "unsigned"]


def test_what_base_has_is_not_judged_again(team: Team) -> None:
    team.change("mallory", sign=False)
    base = team.git("rev-parse", "HEAD")
    branch(team, "side", f"{base}~")
    team.change("mallory", "code.py", sign=False)
    team.as_("mallory", "merge", "--quiet", "--no-edit", base, sign=False)
    assert team.rules(base) == []
