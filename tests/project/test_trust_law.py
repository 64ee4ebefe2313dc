"""The law of trust, over random histories of real repositories.

A model follows who can derive which data key. Whatever happened before:

(a) Everyone who can derive the key that a value is sealed under is named by HEAD's policy or the trusted ref's, was granted
    on a branch by a member, or stood in a question that was answered yes. Nobody whom the trusted ref removed, and nobody
    who made a key of their own, is among them.
(b) A refusal that says a key is behind prints a way out, and following what is printed ends in a value that is set.
(c) Where only ordinary things happened and the branch has what the trusted ref has, nothing is refused.
"""

import re
import shutil
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from gitseal.conflict import conflicted_file, proposals
from gitseal.conflict.conflicted_file import ConflictedFile
from gitseal.conflict.proposals import TakenSide
from gitseal.crypto.datakey import DataKey
from gitseal.document.header import HEADER
from gitseal.errors import Error, Unconfirmed
from gitseal.policy import parser
from gitseal.project.belief.facts import headers
from gitseal.project.belief.succession import token_of
from gitseal.project.belief.trust import Trust
from gitseal.project.workspace import Workspace
from gitseal.usecases import recover, resolve
from gitseal.usecases.recipient import remove_recipient
from tests.attacks.world import Clone, own_key, person, put_key, start, write
from tests.programs import git
from tests.templates import Templates

PEOPLE = {name: person(name) for name in ("alice", "bob", "carol", "dave")}
FILE = ".secrets/production.yaml"
OTHERS = ("bob", "carol", "dave")
# Each is a repository with a day of Git in it.
EXAMPLES, STEPS = hypothesis.settings().max_examples // 8, 14


class World:
    """Alice's clone, its remote, and what the model knows."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.alice = Clone(top / "alice", PEOPLE["alice"])
        self.knows: dict[str, set[str]] = {}
        self.trusted_people: set[str] = set()
        self.answered: set[str] = set()
        self.is_ordinary = True
        self.numbers = count()
        self.learn()

    # --- what the model sees

    def data(self, revision: str = "", path: str = FILE) -> bytes:
        if revision:
            return git(self.alice.top, "show", f"{revision}:{path}", ok=(0, 128)).encode()
        return (self.alice.top / path).read_bytes()

    def policy(self, revision: str = "") -> set[str]:
        data = self.data(revision, ".secrets/policy.yaml")
        try:
            return set(parser.parse(data).recipients) if data else set()
        except Error:
            return set()

    def key(self, revision: str = "") -> str:
        found = headers(self.data(revision))
        return found[0].access["default"].key_id if found else ""

    def learn(self) -> None:
        """Whoever has a stanza for a key knows it for good."""
        for header in headers(self.data()):
            for access in header.access.values():
                self.knows.setdefault(access.key_id, set()).update(access.stanzas)
        self.trusted_people |= self.policy("origin/main")

    def commit(self, message: str) -> None:
        self.learn()
        self.alice.commit(message)

    def has_trusted(self) -> bool:
        done = git(self.alice.top, "rev-list", "--count", "HEAD..origin/main")
        return done.strip() == "0"

    # --- what happens

    def set(self, *, answers_yes: bool) -> None:
        name, accept = f"N{next(self.numbers)}", set[str]()
        for _ in range(4):
            try:
                self.alice.set("production", name, "value", accept)
                break
            except Unconfirmed as unconfirmed:
                self.hold_ordinary(unconfirmed)
                if not answers_yes:
                    return
                accept |= {question.exact for question in unconfirmed.questions}
            except Error as error:
                self.refused(error)
                return
        else:
            raise AssertionError(f"asked again and again: {accept}")
        self.answered |= accept
        self.sealed()
        self.commit("set")

    def sealed(self) -> None:
        """(a)"""
        key = self.key()
        trusted = self.policy("origin/main")
        removed = self.trusted_people - trusted
        outsiders = self.knows[key] - self.policy() - trusted
        bad = {who for who in outsiders if who in removed or who not in PEOPLE}
        assert not bad or key in self.answered, f"{bad} can read what was sealed under {key}"

    def hold_ordinary(self, error: Error) -> None:
        """(c)"""
        assert not (self.is_ordinary and self.has_trusted()), f"{error.message}; {error.hint}"

    def refused(self, error: Error) -> None:
        self.hold_ordinary(error)
        if "is behind" in error.message or "has come back" in error.message:
            self.follow(error)

    def follow(self, error: Error) -> None:
        """(b), in a copy: what is printed is done, and what that prints."""
        copy = self.top / f"copy-{next(self.numbers)}"
        shutil.copytree(self.alice.top, copy, symlinks=True)
        place, said = Clone(copy, PEOPLE["alice"]), [f"{error.message}; {error.hint}"]
        for _ in range(4):
            try:
                do_as_printed(place, error.hint)
                place.set("production", "FOLLOWED", "value")
                break
            except Unconfirmed:
                break
            except Error as next_error:
                error = next_error
                said.append(f"{error.message}; {error.hint}")
        else:
            raise AssertionError("\n".join(said))
        shutil.rmtree(copy)

    def people(self, change: Callable[[], object]) -> None:
        """A member changes the policy and rekeys; what they would be asked about they answer."""
        change()
        try:
            self.alice.rekey([each.recipient for each in PEOPLE.values()])
        except Error:
            git(self.alice.top, "checkout", "--quiet", "--", ".secrets")
            return
        self.commit("people")

    def grant(self, who: str) -> None:
        if who not in self.policy():
            self.people(lambda: self.alice.add(PEOPLE[who], "team"))

    def remove(self, who: str) -> None:
        if who in self.policy():
            self.people(lambda: remove_recipient(self.alice.project, who))

    def switch(self, branch: str) -> None:
        git(self.alice.top, "checkout", "--quiet", branch, ok=(0, 1))

    def branch(self, name: str) -> None:
        there = git(self.alice.top, "branch", "--list", name)
        git(self.alice.top, "checkout", "--quiet", *(() if there else ("-b",)), name)

    def bring(self, branch: str, how: str) -> None:
        """A branch comes into the one that is checked out. What conflicts is taken whole from a side: that is not ordinary."""
        top = self.alice.top
        if not git(top, "branch", "--list", branch):
            return
        is_ahead = git(top, "rev-list", "--count", f"{branch}..HEAD").strip() == "0"
        if how == "squash":
            self.is_ordinary &= is_ahead
            git(top, "checkout", "--quiet", branch, "--", ".secrets")
            self.commit("squash")
            return
        git(top, "merge", "--quiet", "--no-edit", branch, ok=(0, 1))
        if git(top, "ls-files", "-u"):
            self.is_ordinary = False
            git(top, "checkout", f"--{how}", "--", ".secrets", ok=(0, 1))
            if b"<<<<<<<" in self.data() + self.data(path=".secrets/policy.yaml"):
                git(top, "merge", "--abort")
                return
            self.commit("merge")

    def rebase(self) -> None:
        git(self.alice.top, "rebase", "--quiet", "main", ok=(0, 1, 128))
        if (self.alice.top / ".git" / "rebase-merge").exists():
            git(self.alice.top, "rebase", "--abort")

    def revert(self) -> None:
        self.is_ordinary = False
        if not git(self.alice.top, "ls-tree", "HEAD~1", ".secrets", ok=(0, 128)):
            return  # that would take out what `init` made
        git(self.alice.top, "revert", "--no-edit", "HEAD", ok=(0, 1, 128))
        git(self.alice.top, "revert", "--abort", ok=(0, 128))

    def push(self, *, force: bool = False) -> None:
        if force:
            self.is_ordinary = False
            git(self.alice.top, "push", "--quiet", "--force", "origin", "main~1:main", ok=(0, 1, 128))
        else:
            git(self.alice.top, "push", "--quiet", "origin", "main", ok=(0, 1))
        self.learn()

    def delete(self, branch: str) -> None:
        git(self.alice.top, "branch", "-D", branch, ok=(0, 1))

    def quote(self) -> None:
        path = self.alice.top / FILE
        path.write_bytes(path.read_bytes().replace(b"\ngitseal:", b'\n"gitseal":'))
        self.commit("style")

    # --- who attacks: they commit to what alice has checked out, and may push to main with `push`

    def swap(self, back: int) -> None:
        """The file of before, its key and all, without the stanzas of people whom the policy does not name."""
        self.is_ordinary = False
        data = self.data(f"HEAD~{back}")
        if not headers(data):
            return
        (self.alice.top / FILE).write_bytes(data)
        stanzas = headers(data)[0].access["default"].stanzas
        self.cut(set(stanzas) - self.policy())
        self.commit("swap")

    def cut(self, names: Iterable[str]) -> None:
        removed = [(HEADER, "access", "default", "stanzas", name) for name in names]
        write(self.alice, "production", {}, removed)

    def inject(self, how: int) -> None:
        """A key of the attacker's own for everyone who is listed; with a proof by a former member, if there is one."""
        self.is_ordinary = False
        evil = own_key(self.alice, "production")
        listed = [PEOPLE[name] for name in sorted(self.policy())]
        old = self.held_by_a_former_member() if how else None
        write(self.alice, "production", put_key(evil, listed, succeeds=token_of(old, evil.public) if old else None))
        self.cut(set(headers(self.data())[0].access["default"].stanzas) - self.policy())
        self.knows.setdefault(evil.key_id, set()).add("mallory")
        self.commit("inject")

    def held_by_a_former_member(self) -> DataKey | None:
        """A key that somebody knew whom the trusted ref has removed since, opened as they could have.

        Not the key that it has now: whoever holds that one is believed until it is replaced (SECURITY.md, "Until a removal is
        merged"). A forced push can take a person out of the policy and leave them that key.
        """
        current = self.key("origin/main")
        removed = self.trusted_people - self.policy("origin/main")
        header = headers(self.data())[0]
        for key, who in sorted(self.knows.items()):
            if who & removed and key != current:
                return Trust(Workspace(self.alice.project, self.alice.keyring)).open(header, "default", key)
        return None


def do_as_printed(place: Clone, hint: str) -> None:
    if "git checkout HEAD --" in hint:
        place.git("checkout", "HEAD", "--", FILE)
    elif merged := re.search(r"git merge (refs/[^ ,]+)", hint):
        place.git("merge", "--quiet", "--no-edit", merged[1], ok=(0, 1))
        # A conflict of the policy is a person's to decide; here they take what the trusted ref has.
        place.git("checkout", "--theirs", "--", ".secrets/policy.yaml", ok=(0, 1))
        for environment in conflicted_file.in_conflict(place.project):
            found = conflicted_file.load(place.project, environment)
            if isinstance(found, ConflictedFile):
                finish(place, found)
            elif found is not None:
                resolve.write_merged(place.project, environment, found)
        place.commit("merge")
    elif "gitseal rekey --recover" in hint:
        lost = recover.look(Workspace(place.project, place.keyring), ("production",))
        recover.apply(Workspace(place.project, place.keyring), [each for each in lost if not each.refusal])
    elif "gitseal rekey" in hint:
        place.rekey([each.recipient for each in PEOPLE.values()])
    else:
        raise AssertionError(f"no way out: {hint}")


def finish(place: Clone, found: ConflictedFile) -> None:
    """`gitseal resolve --theirs-all`."""
    workspace = Workspace(place.project, place.keyring, frozenset(each.recipient for each in PEOPLE.values()))
    names = proposals.look(workspace, found)
    choices = {name.path: name.proposal or TakenSide.THEIRS for name in names}
    if resolve.side_of_keys(workspace, found) is TakenSide.THEIRS:
        found = found.swapped()
        choices = {path: TakenSide(1 - choice.value) for path, choice in choices.items()}
    resolve.apply(workspace, found, choices)


STEP: dict[str, Callable[[World, int], object]] = {
    "set": lambda world, n: world.set(answers_yes=n % 3 == 0),
    "main": lambda world, _n: world.switch("main"),
    "branch": lambda world, n: world.branch(f"b{n % 2}"),
    "grant": lambda world, n: world.grant(OTHERS[n % 3]),
    "remove": lambda world, n: world.remove(OTHERS[n % 3]),
    "merge": lambda world, n: world.bring(f"b{n % 2}", ("ours", "theirs")[n // 2 % 2]),
    "merge main": lambda world, n: world.bring("main", ("ours", "theirs")[n % 2]),
    "squash": lambda world, n: world.bring(f"b{n % 2}", "squash"),
    "rebase": lambda world, _n: world.rebase(),
    "revert": lambda world, _n: world.revert(),
    "push": lambda world, _n: world.push(),
    "force": lambda world, _n: world.push(force=True),
    "delete": lambda world, n: world.delete(f"b{n % 2}"),
    "quote": lambda world, _n: world.quote(),
    "swap": lambda world, n: world.swap(1 + n % 4),
    "inject": lambda world, n: world.inject(n % 3),
    "forget": lambda world, _n: (world.alice.top / ".git" / "gitseal" / "facts").unlink(missing_ok=True),
}
ORDINARY = ("set", "main", "branch", "grant", "remove", "merge", "merge main", "squash", "rebase", "push", "delete")


# Ways in which a key comes back or is slipped in: too rare to wait for chance. A number chooses who, which branch, how far back.
KNOWN = (
    [("remove", 0), ("push", 0), ("swap", 1), ("push", 0)],
    [("remove", 0), ("push", 0), ("swap", 1)],
    [("quote", 0), ("push", 0), ("remove", 0), ("push", 0), ("swap", 1), ("push", 0), ("forget", 0)],
    [("remove", 0), ("push", 0), ("revert", 0), ("push", 0)],
    [("remove", 0), ("push", 0), ("set", 1), ("push", 0), ("force", 0), ("swap", 2)],
    [("remove", 0), ("push", 0), ("force", 0), ("set", 1)],
    [("inject", 0)],
    [("grant", 1), ("push", 0), ("force", 0), ("inject", 1)],
    [("inject", 0), ("push", 0)],
    [("set", 1), ("inject", 0), ("push", 0)],
    [("remove", 0), ("push", 0), ("inject", 1), ("push", 0)],
    [("branch", 0), ("set", 1), ("main", 0), ("remove", 0), ("push", 0), ("branch", 0), ("set", 1)],
    [("branch", 0), ("remove", 0), ("main", 0), ("set", 1), ("merge", 2), ("push", 0), ("swap", 2)],
    [("branch", 0), ("grant", 1), ("main", 0), ("remove", 0), ("push", 0), ("branch", 0), ("set", 1)],
    [("branch", 0), ("remove", 0), ("main", 0), ("squash", 0), ("push", 0), ("delete", 0), ("swap", 1), ("push", 0)],
    [("remove", 0), ("push", 0), ("grant", 0), ("push", 0), ("remove", 0), ("push", 0), ("swap", 3), ("push", 0)],
)
DAYS = (
    [("branch", 0), ("remove", 0), ("main", 0), ("set", 1), ("branch", 1), ("grant", 1), ("main", 0), ("grant", 2)],
    [("branch", 0), ("remove", 0), ("set", 1), ("main", 0), ("squash", 0), ("push", 0), ("set", 1)],
    [("branch", 0), ("grant", 1), ("remove", 1), ("rebase", 0), ("main", 0), ("merge", 0), ("push", 0), ("delete", 0)],
)


def _with(days: Iterable[list[tuple[str, int]]]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        for steps in days:
            test = hypothesis.example(steps=steps)(test)
        return test

    return decorate


def _build(folder: Path) -> None:
    alice = start(folder / "alice", PEOPLE["alice"], ("production",))
    git(folder, "init", "--quiet", "--bare", "origin.git")
    alice.git("remote", "add", "origin", str(folder / "origin.git"))
    alice.add(PEOPLE["bob"], "team")
    alice.rekey()
    alice.set("production", "A", "value")
    alice.commit("start")
    alice.git("push", "--quiet", "origin", "main")
    alice.git("remote", "set-head", "origin", "main")


def run(templates: Templates, top: Path, steps: Iterable[tuple[str, int]]) -> None:
    templates.copy("trust-law", top, _build)
    world = World(top)
    for name, number in steps:
        STEP[name](world, number)
    world.set(answers_yes=False)
    shutil.rmtree(top)


_settings = hypothesis.settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), print_blob=True
)


@pytest.fixture
def place(tmp_path: Path, isolated: Path) -> Callable[[], Path]:
    numbers = count()
    return lambda: tmp_path / f"world-{next(numbers)}"


@pytest.mark.fuzz
@_settings
@_with(KNOWN)
@hypothesis.given(steps=st.lists(st.tuples(st.sampled_from(tuple(STEP)), st.integers(0, 11)), max_size=STEPS))
def test_whatever_happened_the_law_of_trust_holds(
    templates: Templates, place: Callable[[], Path], steps: list[tuple[str, int]]
) -> None:
    run(templates, place(), steps)


@_settings
@_with(DAYS)
@hypothesis.given(steps=st.lists(st.tuples(st.sampled_from(ORDINARY), st.integers(0, 11)), max_size=STEPS))
def test_ordinary_work_is_never_refused(
    templates: Templates, place: Callable[[], Path], steps: list[tuple[str, int]]
) -> None:
    run(templates, place(), steps)
