"""Random lives of a team against a plain model of who should be able to open what.

People come and go, get keys and lose them; groups, rules, grants, values, branches and merges change. After each step everyone
who should opens each value at HEAD, nobody else does, and what `offboard --report` says of everybody is the model's history. At
the end `impact` says the same of each person, and of each value that was ever set.
"""

from itertools import count
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import fuzzing
from tests.model import team
from tests.model.plain import ENVIRONMENTS, GROUPS, NAMES, OTHERS
from tests.templates import Templates

PERSON, GROUP, ENVIRONMENT = map(st.sampled_from, (OTHERS, GROUPS, ENVIRONMENTS))
PLACE = st.tuples(ENVIRONMENT, st.sampled_from(NAMES))
LISTED = st.sets(st.sampled_from((*GROUPS, *OTHERS)), max_size=3)


class Life(RuleBasedStateMachine):
    """The steps. `templates` and `folder` are set by the test."""

    templates: Templates
    folder: Path
    numbers = count()

    @initialize()
    def begin(self) -> None:
        top = self.folder / f"life-{next(self.numbers)}"
        self.templates.copy("life", top, team.build)
        self.team = team.Team(top)

    @rule(name=PERSON, numbers=st.sets(st.integers(0, 1), min_size=1), group=GROUP)
    def add(self, name: str, numbers: set[int], group: str) -> None:
        self.team.add(name, sorted(numbers), group)

    @rule(name=PERSON, by_offboard=st.booleans())
    def leave(self, name: str, by_offboard: bool) -> None:  # noqa: FBT001 - hypothesis gives it by name
        if name in self.team.state.people:
            (self.team.offboard if by_offboard else self.team.remove)(name)

    @rule(name=PERSON, number=st.integers(0, 1))
    def lose(self, name: str, number: int) -> None:
        if self.team.state.people.get(name) == frozenset({0, 1}):
            self.team.lose((name, number))

    @rule(group=GROUP, members=st.sets(PERSON))
    def regroup(self, group: str, members: set[str]) -> None:
        state = self.team.state
        groups = {**state.groups, group: frozenset(members & state.people.keys())}
        self.team.write_policy(state._replace(groups=groups))

    @rule(environment=ENVIRONMENT, listed=LISTED)
    def grant(self, environment: str, listed: set[str]) -> None:
        state = self.team.state
        opens = {**state.opens, environment: self.there(listed)}
        self.team.write_policy(state._replace(opens=opens))

    @rule(environment=ENVIRONMENT, listed=st.none() | LISTED)
    def restrict(self, environment: str, listed: set[str] | None) -> None:
        pay = {where: who for where, who in self.team.state.pay.items() if where != environment}
        if listed is not None:
            pay[environment] = self.there(listed)
        self.team.write_policy(self.team.state._replace(pay=pay))

    @rule(places=st.lists(PLACE, min_size=1, max_size=3, unique=True))
    def seal(self, places: list[tuple[str, str]]) -> None:
        for place in places:
            self.team.seal(place)

    @rule(place=PLACE)
    def take_out(self, place: tuple[str, str]) -> None:
        if place in self.team.state.values:
            self.team.take_out(place)

    @rule(branch=st.sampled_from(("main", "side")))
    def go(self, branch: str) -> None:
        self.team.go(branch)

    @precondition(lambda self: len(self.team.states) > 1)
    @rule()
    def merge(self) -> None:
        (other,) = self.team.states.keys() - {self.team.branch}
        hypothesis.event(f"merge: {self.team.merge(other)}")

    @invariant()
    def the_model_is_right(self) -> None:
        fuzzing.stop_if_over()
        self.team.check_files()
        self.team.check_reports()

    def teardown(self) -> None:
        # At the end alone: it opens all of history.
        if hasattr(self, "team") and not fuzzing.is_over():
            fuzzing.tried(1)
            self.team.check_impact()

    def there(self, listed: set[str]) -> frozenset[str]:
        return frozenset(item for item in listed if item in GROUPS or item in self.team.state.people)


def live(templates: Templates, folder: Path, monkeypatch: pytest.MonkeyPatch, examples: int, steps: int) -> None:
    """Fails with the shortest life after which the program is not what the model says (`the_model_is_right`)."""
    # The merge driver is a process of its own, and seals again what a merge left under a lost key.
    monkeypatch.setenv("GITSEAL_IDENTITY", team.PEOPLE["alice", 0].identity)
    Life.folder, Life.templates = folder, templates
    run_state_machine_as_test(
        Life,
        settings=hypothesis.settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )


def test_a_few_lives(templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live(templates, tmp_path, monkeypatch, examples=2, steps=8)


def test_a_group_that_a_branch_took_out_comes_again_there(templates: Templates, tmp_path: Path) -> None:
    """The branch that is trusted has it all the while. Found by the lives."""
    Life.folder, Life.templates = tmp_path, templates
    life = Life()
    life.begin()
    life.restrict("production", {"ops"})
    life.seal([("production", name) for name in NAMES])
    life.go("side")
    life.restrict("production", None)
    life.restrict("production", {"ops", "team"})
    life.the_model_is_right()
    life.go("main")
    life.team.merge("side")
    life.the_model_is_right()
    life.teardown()


@pytest.mark.slow
@pytest.mark.fuzz
def test_many_lives(templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in fuzzing.seeds(1):
        live(templates, tmp_path, monkeypatch, *((1000, 40) if fuzzing.FUZZ else (4, 20)))
