"""Which commit is live shows in what stays: over any course of events no older commit goes out for the next one."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.delivery.publishing import planning
from gitseal.delivery.publishing.live_mark import PublishPast, with_live_mark
from gitseal.delivery.publishing.planning import PublishAction, Publisher, PublishPlan, PublishRules
from gitseal.git.ranges import is_same_along
from gitseal.git.repository import Repository
from gitseal.remote.failure import RemoteError
from tests.delivery.publishing.test_planning import FILE, Store, commit, desired, key_at

Values = dict[str, bytes]
Step = tuple[str, int, bool, str]
NAMES = "ABC"
PRUNES = PublishRules(prunes=True)


def commit_of(text: str) -> str:
    return text.split(":")[3]


class History:
    """Commits in a line, each with the values that it would publish, and one place that they are published to."""

    def __init__(self, commits: Sequence[Values], store: Store) -> None:
        self.commits = commits
        self.store = store

    def past(self, number: int) -> PublishPast:
        def is_same_since(other: str) -> bool:
            between = self.commits[int(other, 16) : number + 1]
            return all(values == between[0] for values in between)

        return PublishPast(
            lambda commits: [one for one in commits if int(one, 16) > number],
            lambda commits: max(commits, default=""),
            is_same_since,
        )

    def plan(self, number: int, rules: PublishRules = PRUNES, *, plain: str = "") -> PublishPlan:
        wanted = desired(self.commits[number], plain=plain)
        publisher = Publisher(FILE, "shop", commit(number))
        made = planning.plan(publisher, wanted, self.store.read(), key_at, rules)
        return with_live_mark(made, wanted, commit(number), self.past(number))

    def may(self, number: int) -> bool:
        """Whether a commit goes out without `--rollback`."""
        plan = self.plan(number)
        live = planning.live_commits(planning.of_ours(plan.steps))
        return not plan.refused and all(int(one, 16) <= number for one in live)

    def publish(self, number: int, rules: PublishRules = PRUNES, *, plain: str = "") -> list[str]:
        edits = self.plan(number, rules, plain=plain).edits(
            desired(self.commits[number], plain=plain), Publisher(FILE, "shop", commit(number))
        )
        for batch in [edits] if self.store.is_whole and edits else [[edit] for edit in edits]:
            self.store.write(batch)
        return [edit.name for edit in edits]

    def there(self) -> Values:
        return {name: value for name, (_, _, value) in self.store.entries.items()}

    def brings_back(self, number: int, live: int) -> bool:
        """True if to publish that commit now would undo something that the live one, or one up to it, did."""
        return number < live and any(self.commits[one] != self.commits[live] for one in range(number, live))


values = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([b"1", b"2"]))
stores = st.builds(Store, is_whole=st.booleans(), gives_back=st.booleans())
steps = st.tuples(
    st.sampled_from(["publish", "publish", "publish", "cut off", "change", "remove"]),
    st.integers(0, 5),
    st.booleans(),
    st.sampled_from(NAMES),
)


@pytest.mark.fuzz
@given(stores, st.lists(values, min_size=6, max_size=6), st.lists(steps, min_size=1, max_size=8))
def test_an_older_commit_never_goes_out_unasked(store: Store, commits: list[Values], course: list[Step]) -> None:
    history, live = History(commits, store), -1
    for what, number, flag, name in course:
        there = store.entries.get(name)
        if what == "change" and there is not None:
            store.put(name, b"by hand", there[1])
        elif what == "remove" and there is not None:
            if len([one for one in store.entries.values() if commit_of(one[1]) == commit_of(there[1])]) == 1:
                continue  # what tells is taken away: nobody can know
            store.put(name, None)
        elif what in {"publish", "cut off"} and history.may(number):
            # A place to which the live commit brings nothing has nothing of it that could tell.
            assert live < 0 or not commits[live] or not history.brings_back(number, live)
            store.fails = (int(flag), flag) if what == "cut off" else None
            try:
                history.publish(number, PublishRules(prunes=flag))
            except RemoteError:
                store.fails = None
                history.publish(number, PublishRules(prunes=flag))
            store.fails = None
            live = max(live, number)


@pytest.mark.fuzz
@given(
    stores, st.lists(values, min_size=4, max_size=4), st.lists(st.integers(0, 3), min_size=1, max_size=5), st.booleans()
)
def test_the_second_run_of_a_commit_writes_nothing(
    store: Store,
    commits: list[Values],
    course: list[int],
    prunes: bool,  # noqa: FBT001 - a case
) -> None:
    history, rules = History(commits, store), PublishRules(prunes=prunes)
    for number in course:  # with --rollback, if it is one
        history.publish(number, rules)
        before = history.there()
        assert history.publish(number, rules) == []
        assert history.there() == before
        # Nothing there calls a later commit live, but a name that was left of one.
        later = [one for one in history.plan(number, rules).steps if one.commit > commit(number)]
        assert all(one.action is PublishAction.LEAVE for one in later)


@pytest.mark.fuzz
@given(stores, values, st.integers(1, 4))
def test_commits_that_change_nothing_that_counts_write_nothing(store: Store, same: Values, count: int) -> None:
    history = History([same] * (count + 1), store)
    history.publish(0)
    assert [history.publish(number) for number in range(1, count + 1)] == [[]] * count


@pytest.mark.parametrize("is_whole", [False, True])
def test_a_removed_name_does_not_come_back(is_whole: bool) -> None:  # noqa: FBT001 - a case
    history = History([{"A": b"1", "EXTRA": b"1"}, {"A": b"1"}], Store(is_whole=is_whole))
    history.publish(0)
    (_, before, _) = history.store.entries["A"]
    assert history.publish(1) == ["A", "EXTRA"]
    assert history.there() == {"A": b"1"}
    assert history.store.entries["A"][1] != before
    assert not history.may(0)
    # The word for it is still a word.
    assert history.publish(0) == ["A", "EXTRA"]
    assert history.may(0)


def test_a_late_run_for_an_older_commit_does_not_overtake_a_newer_one() -> None:
    history = History([{"A": b"1", "B": b"1"}, {"A": b"2", "B": b"1"}, {"A": b"1", "B": b"1"}], Store(is_whole=False))
    history.publish(0)
    plan = history.plan(2)
    assert [(step.name, step.action, step.marks_again) for step in plan.steps] == [
        ("A", PublishAction.SAME, True),
        ("B", PublishAction.SAME, False),
    ]
    assert not plan.is_drift
    assert history.publish(2) == ["A"]
    assert not history.may(1)


def test_a_run_that_was_planned_before_is_refused_by_the_version() -> None:
    history = History([{"A": b"1"}, {"A": b"2"}, {"A": b"1"}], Store(is_whole=False))
    history.publish(0)
    late = history.plan(1).edits(desired(history.commits[1]), Publisher(FILE, "shop", commit(1)))
    history.publish(2)
    with pytest.raises(RemoteError):
        history.store.write(late)
    assert history.there() == {"A": b"1"}


def test_the_value_that_told_before_tells_again() -> None:
    history = History([{"A": b"1", "B": b"1", "X": bytes([one])} for one in (1, 2, 3)] * 2, Store(is_whole=False))
    history.publish(0)
    # X is gone, B changed, then nothing but what is not published in between.
    history.commits = [history.commits[0], {"A": b"1", "B": b"2"}, {"A": b"1"}, {"A": b"1", "B": b"2"}]
    history.publish(1)
    assert history.publish(3) == ["B"]
    assert commit_of(history.store.entries["A"][1]) == commit(0)


def test_a_mark_that_anybody_can_make_tells_nothing_to_whoever_can_make_another() -> None:
    history = History([{"A": b"1"}, {"A": b"2"}, {"A": b"1"}], Store(is_whole=False))
    history.publish(0, plain="A")
    assert history.publish(2, plain="A") == ["A"]
    assert history.publish(2, plain="A") == []
    assert history.publish(2) == ["A"]
    assert history.publish(2) == []
    assert not history.may(1)


@pytest.fixture
def commits(repo: Path) -> Callable[..., str]:
    """Makes a commit with a file that counts and one that does not, on top of what is checked out."""
    git = Repository(repo).git

    def made(counts: str, other: str) -> str:
        (repo / "counts").write_text(counts)
        (repo / "other").write_text(other)
        assert git("add", "--all") is not None
        assert git("commit", "--quiet", "--allow-empty", "--message", "x") is not None
        return (git("rev-parse", "HEAD") or b"").decode().strip()

    return made


def test_history_tells_of_a_change_that_was_taken_back(repo: Path, commits: Callable[..., str]) -> None:
    repository = Repository(repo)
    one, two, _, four = (commits(*each) for each in (("1", "a"), ("1", "b"), ("2", "b"), ("1", "b")))
    five = commits("1", "c")
    for base, head, is_same in ((one, two, True), (one, four, False), (two, four, False), (four, five, True)):
        assert is_same_along(repository, base, head, ["counts"]) is is_same
    assert not is_same_along(repository, two, one, ["counts"])
    assert not is_same_along(repository, "0" * 40, one, ["counts"])
    assert is_same_along(repository, one, one, ["counts"])


def test_history_tells_of_a_change_that_a_merge_took_back(repo: Path, commits: Callable[..., str]) -> None:
    repository = Repository(repo)
    old, new = commits("1", "a"), commits("2", "a")
    git = repository.git
    assert git("checkout", "--quiet", "-b", "side", old) is not None
    commits("1", "b")
    # The merge has the side's files: against this parent nothing changed, and against the other all did.
    assert git("merge", "--quiet", "--strategy=ours", "--message", "x", new) is not None
    head = (git("rev-parse", "HEAD") or b"").decode().strip()
    assert not is_same_along(repository, new, head, ["counts"])


def test_a_branch_from_before_that_is_merged_changes_nothing(repo: Path, commits: Callable[..., str]) -> None:
    repository = Repository(repo)
    old = commits("1", "a")
    git = repository.git
    new = commits("2", "a")
    assert git("checkout", "--quiet", "-b", "side", old) is not None
    (repo / "third").write_text("x")
    assert git("add", "--all") is not None
    assert git("commit", "--quiet", "--message", "x") is not None
    assert git("checkout", "--quiet", "-") is not None
    assert git("merge", "--quiet", "--no-ff", "--message", "x", "side") is not None
    head = (git("rev-parse", "HEAD") or b"").decode().strip()
    assert is_same_along(repository, new, head, ["counts"])
