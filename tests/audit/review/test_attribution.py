"""Whose commit a review names for what it says of the policy, the manifest and the allowances: that which brought it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.review.range import ReviewOptions
from gitseal.audit.review.review import review
from gitseal.git.repository import Repository
from gitseal.review.model import By, Review

Git = Callable[..., str]
POLICY = """\
version: 1
recipients:
  alice: {keys: [age1aaa]}
  bob: {keys: [age1bbb]}
groups:
  admins: [alice]
environments:
  production:
    open: [admins]
    reveal: false
  staging: {open: [alice, bob]}
"""
CAROL = POLICY.replace("groups:", "  carol: {keys: [age1ccc]}\ngroups:")
IN_ADMINS = CAROL.replace("admins: [alice]", "admins: [alice, carol]")


class Branch:
    """A branch on which people commit files of `.secrets`, each a commit of their own."""

    def __init__(self, top: Path, git: Git) -> None:
        self._top, self._git = top, git
        (top / ".secrets").mkdir()
        self.commit("Alice", POLICY)
        git("checkout", "--quiet", "-b", "topic")

    def write(self, text: str, file: str = "policy.yaml") -> None:
        (self._top / ".secrets" / file).write_text(text, encoding="utf-8")

    def commit(self, who: str, text: str, file: str = "policy.yaml") -> None:
        self.write(text, file)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", "change", f"--author={who} <{who.lower()}@example.com>")

    def merge(self, other: str, text: str = "") -> None:
        if text:
            self._git("merge", "--quiet", "--no-commit", "--strategy=ours", other)
            self.commit("Merger", text)
        else:
            self._git("merge", "--quiet", "--no-edit", other)

    def review(self, words: str = "main..topic") -> Review:
        return review(Repository(self._top), words, None, ReviewOptions(verify=False, scan=False))

    def named(self, words: str = "main..topic") -> dict[str, str]:
        """Whom the review names for each statement; nobody for one that no commit of the range brought alone."""
        found = self.review(words)
        commits = {risk.message: risk.commit for risk in found.risks}
        for said in found.statements:
            assert not said.rule or commits[said.text] == (said.by[-1].commit if said.by else "")
        return {said.text: person(said.by[-1]) if said.by else "" for said in found.statements}


def person(by: By) -> str:
    return by.who.partition(" <")[0] or "not committed"


@pytest.fixture
def branch(repo: Path, git: Git) -> Branch:
    return Branch(repo, git)


def test_each_statement_names_who_brought_it_and_not_who_came_last(branch: Branch) -> None:
    branch.commit("Alice", IN_ADMINS)
    branch.commit("Mallory", IN_ADMINS.replace("    reveal: false\n", ""))
    assert branch.named() == {
        '"carol" is a new person with the key age1ccc, and may open "production"': "Alice",
        '"carol" joined the group "admins"': "Alice",
        '"carol" may now open "production"': "Alice",
        'values of "production" may be shown': "Mallory",
    }


def test_who_brought_a_person_is_named_though_another_let_them_in(branch: Branch) -> None:
    branch.commit("Alice", CAROL)
    branch.commit("Mallory", IN_ADMINS)
    branch.commit("Bob", f"{IN_ADMINS}# a remark\n")
    assert branch.named() == {
        '"carol" is a new person with the key age1ccc, and may open "production"': "Alice",
        '"carol" joined the group "admins"': "Mallory",
        '"carol" may now open "production"': "Mallory",
    }


def test_what_was_taken_back_and_done_again_is_of_who_did_it_last(branch: Branch) -> None:
    branch.commit("Alice", CAROL)
    branch.commit("Bob", POLICY)
    branch.commit("Mallory", CAROL)
    said, passed = branch.review().statements
    assert [person(each) for each in said.by] == ["Alice", "Mallory"]
    assert passed.text == '"carol", a person, is no longer in the policy, and a later commit took that back'
    assert ([person(each) for each in passed.by], passed.rule) == (["Bob"], "")


def test_what_several_brought_names_them_all(branch: Branch) -> None:
    branch.commit("Alice", "version: 1\nsecrets:\n  A: {}\n", "manifest.yaml")
    branch.commit("Bob", "version: 1\nsecrets:\n  A: {}\n  B: {}\n", "manifest.yaml")
    branch.commit("Mallory", "version: 1\nsecrets:\n  A: {}\n  B: {owner: bob}\n", "manifest.yaml")
    (said,) = branch.review().statements
    assert (said.text, [person(each) for each in said.by]) == ('"A", "B" are declared', ["Alice", "Bob"])


def test_what_several_brought_names_them_all_though_not_every_name_is_listed(branch: Branch) -> None:
    first = "version: 1\nsecrets:\n  A: {}\n"
    branch.commit("Alice", first, "manifest.yaml")
    branch.commit("Bob", first + "".join(f"  {name}: {{}}\n" for name in "BCDEFGH"), "manifest.yaml")
    (said,) = branch.review().statements
    assert said.text.endswith(" and 2 more are declared")
    assert [person(each) for each in said.by] == ["Alice", "Bob"]


def test_a_merge_answers_for_what_neither_side_has(branch: Branch, git: Git) -> None:
    git("checkout", "--quiet", "-b", "side")
    branch.commit("Alice", CAROL)
    git("checkout", "--quiet", "topic")
    branch.commit("Bob", POLICY.replace("open: [alice, bob]", "open: [alice]"))
    merged = CAROL.replace("open: [alice, bob]", "open: [alice]").replace("    reveal: false\n", "")
    branch.merge("side", merged)
    assert branch.named() == {
        '"carol" is a new person with the key age1ccc, and may open nothing yet': "Alice",
        '"bob" may no longer open "staging"': "Bob",
        'values of "production" may be shown': "Merger",
    }


def test_a_merge_answers_for_a_link_and_for_submodules_that_neither_side_has(
    branch: Branch, repo: Path, git: Git
) -> None:
    git("checkout", "--quiet", "-b", "side")
    git("commit", "--quiet", "--allow-empty", "--message", "side")
    git("checkout", "--quiet", "topic")
    git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    (repo / "x").symlink_to(".secrets")
    (repo / ".gitmodules").write_text('[submodule "x"]\n\tpath = .secrets\n', encoding="utf-8")
    git("add", "--all")
    git("commit", "--quiet", "--message", "evil")
    assert {risk.rule for risk in branch.review().risks} >= {"link-to-secrets", "modules-changed"}


def test_what_a_merge_dropped_is_put_on_nobody(branch: Branch, git: Git) -> None:
    branch.commit("Alice", POLICY.replace("open: [alice, bob]", "open: [alice]"))
    git("checkout", "--quiet", "main")
    branch.commit("Bob", POLICY.replace("admins: [alice]", "admins: [bob]"))
    git("checkout", "--quiet", "topic")
    git("merge", "--quiet", "--strategy=ours", "--no-edit", "main")
    told = branch.named()
    assert told.pop('"bob" may no longer open "staging"') == "Alice"
    assert set(told.values()) == {""}


def test_a_commit_after_which_nothing_could_be_read_hides_nobody(branch: Branch) -> None:
    branch.commit("Mallory", f"{IN_ADMINS}broken: [\n")
    branch.commit("Alice", IN_ADMINS)
    assert branch.named()['"carol" is a new person with the key age1ccc, and may open "production"'] == "Mallory"


def test_what_is_not_committed_is_nobodys_yet(branch: Branch) -> None:
    branch.commit("Alice", CAROL)
    branch.write(CAROL.replace("    reveal: false\n", ""))
    assert branch.named("main") == {
        '"carol" is a new person with the key age1ccc, and may open nothing yet': "Alice",
        'values of "production" may be shown': "not committed",
    }


def test_each_allowance_names_who_brought_it(branch: Branch) -> None:
    entries = [f"  - {{path: {name}, sha256: {name * 64}, reason: seen}}\n" for name in "ab"]
    branch.commit("Mallory", f"version: 1\nallowed:\n{entries[0]}", "allow.yaml")
    branch.commit("Alice", f"version: 1\nallowed:\n{''.join(entries)}", "allow.yaml")
    assert {each.path: person(each.by[-1]) for each in branch.review().allowances} == {"a": "Mallory", "b": "Alice"}
