"""A real repository that goes the way of the plain model, and the comparison of the two."""

from collections.abc import Callable, Collection, Iterable
from itertools import count
from pathlib import Path
from typing import TypeVar

from gitseal.arming.arm_clone import arm
from gitseal.audit.exposure.exposed import Changed, Reason
from gitseal.audit.exposure.leaving import Leaving, leaver, report_on
from gitseal.audit.exposure.timeline import Timeline
from gitseal.audit.impact.impact import Impact
from gitseal.audit.impact.leak import Leak
from gitseal.document import document
from gitseal.errors import Error, NotForYou, Unconfirmed
from gitseal.identities import Keyring
from gitseal.policy.policy import Policy
from gitseal.project.finding import find
from gitseal.project.keys import Keys
from gitseal.project.workspace import Workspace
from gitseal.usecases import offboard, recipient, recover, rekey
from gitseal.usecases.unset import unset
from tests.attacks.world import Clone, person, start
from tests.model.plain import ADMIN, ENVIRONMENTS, KEYS, START, Key, Place, State, merged_values, policy_text, text_of
from tests.programs import GITSEAL
from tests.world import keyring_of

T = TypeVar("T")

# Made once: what is random in a run is what happens.
PEOPLE = {(name, number): person(name) for name, several in KEYS.items() for number in range(several)}
RECIPIENTS = {key: one.recipient for key, one in PEOPLE.items()}
KEYRINGS = {key: keyring_of(one.identity) for key, one in PEOPLE.items()}


def build(top: Path) -> None:
    """The repository that every run begins with."""
    made = start(top, PEOPLE[ADMIN, 0], ENVIRONMENTS)
    arm(made.project, Path(GITSEAL), with_hooks=False, founding=True)
    made.project.policy_path.write_text(policy_text(START, RECIPIENTS), encoding="utf-8")
    made.rekey()
    for place, number in START.values.items():
        made.set(*place, text_of(number))
    made.commit("start")


class Team:
    """Alice's clone, the model's state of each branch, and all that the model knows of the past.

    `tokens` are the texts that a name ever had, each with its data key and the number of its value; `holders` the keys that the
    model ever let open something under a data key.
    """

    def __init__(self, top: Path) -> None:
        self.clone = Clone(top, PEOPLE[ADMIN, 0])
        self.numbers = count(1)
        self.branch = "main"
        self.states: dict[str, State] = {"main": START}
        self.commits: dict[str, State] = {}
        self.tokens: dict[Place, dict[str, tuple[str, int]]] = {}
        self.holders: dict[str, set[Key]] = {}
        self.known: set[str] = {ADMIN}
        self.tips: dict[str, dict[str, set[Key]]] = {}
        self.learn()

    @property
    def state(self) -> State:
        """The model's state of the branch that is checked out."""
        return self.states[self.branch]

    @property
    def workspace(self) -> Workspace:
        return Workspace(find(self.clone.top), KEYRINGS[ADMIN, 0])

    def yes(self, action: Callable[[Workspace], T]) -> T:
        """Does it, and answers every question with yes."""
        workspace = self.workspace
        while True:
            try:
                return action(workspace)
            except Unconfirmed as unconfirmed:
                exact = {question.exact for question in unconfirmed.questions}
                assert not exact <= workspace.accepted, f"asked again: {exact}"
                workspace = workspace._replace(accepted=workspace.accepted | exact)

    # --- what happens, each with one commit at its end

    def write_policy(self, state: State) -> None:
        """Somebody edits the policy by hand, and alice brings the files to it."""
        self.clone.project.policy_path.write_text(policy_text(state, RECIPIENTS), encoding="utf-8")
        self.rekey()
        self.commit(state)

    def add(self, name: str, numbers: Collection[int], group: str) -> None:
        groups = {**self.state.groups, group: self.state.groups[group] | {name}}
        people = {**self.state.people, name: self.state.people.get(name, frozenset()).union(numbers)}
        keys = [RECIPIENTS[name, number] for number in numbers]
        self.yes(lambda workspace: recipient.add_recipient(workspace, name, keys, groups=(group,)))
        self.rekey()
        self.commit(self.state._replace(people=people, groups=groups))

    def offboard(self, name: str) -> None:
        self.yes(lambda workspace: offboard.apply(workspace, offboard.plan(workspace, name)))
        self.commit(self.state.without(name))

    def lose(self, key: Key) -> None:
        name, number = key
        self.yes(lambda workspace: offboard.apply(workspace, offboard.plan(workspace, name, RECIPIENTS[key])))
        self.commit(self.state._replace(people={**self.state.people, name: self.state.people[name] - {number}}))

    def remove(self, name: str) -> None:
        recipient.remove_recipient(self.clone.project, name)
        self.rekey()
        self.commit(self.state.without(name))

    def seal(self, place: Place) -> None:
        number = next(self.numbers)
        self.yes(lambda workspace: self.clone.set(*place, text_of(number), workspace.accepted))
        self.commit(self.state._replace(values={**self.state.values, place: number}))

    def take_out(self, place: Place) -> None:
        environment, name = place
        self.yes(lambda workspace: unset(workspace, (environment,), (name,)))
        self.commit(self.state._replace(values={other: n for other, n in self.state.values.items() if other != place}))

    def go(self, branch: str) -> None:
        """To another branch, which begins here if it is new."""
        self.clone.git("checkout", "--quiet", *(() if branch in self.states else ("-b",)), branch)
        self.states.setdefault(branch, self.state)
        self.branch = branch
        self.learn()

    def merge(self, other: str) -> str:
        """Merges a branch; gives what came of it. A merge that Git or gitseal leaves to a person is given up."""
        base = self.clone.git("merge-base", "HEAD", other).strip()
        if base == self.clone.git("rev-parse", other).strip():
            return "nothing to merge"
        values = merged_values(self.commits[base], self.state, self.states[other])
        self.clone.git("merge", "--quiet", "--no-commit", "--no-ff", other, ok=(0, 1))
        if self.clone.git("ls-files", "--unmerged"):
            self.clone.git("merge", "--abort")
            return "a conflict"
        assert values is not None, "a merge took one of two values by itself"
        lost = recover.look(self.workspace, ENVIRONMENTS)
        if lost:
            self.clone.git("merge", "--abort")
            return "values under a lost key"
        self.rekey()
        state = self.merged(base, other, values)
        self.commit(state)
        return "merged"

    def merged(self, base: str, other: str, values: dict[Place, int]) -> State:
        """The state of a merged policy, which has to give nobody anything that no side gave, or that one side took."""
        state = state_of(self.clone.project.policy, values)
        old, sides = self.commits[base], (self.state, self.states[other])
        for environment in ENVIRONMENTS:
            now, before = state.keys_of(environment, "default"), old.keys_of(environment, "default")
            one, two = (side.keys_of(environment, "default") for side in sides)
            assert now <= one | two, f"the merge gave {environment} to {now - one - two}"
            assert not now & before - (one & two), f"the merge gave {environment} back to {now & before - (one & two)}"
        return state

    def rekey(self) -> None:
        def action(workspace: Workspace) -> None:
            planned = rekey.plan(workspace, ENVIRONMENTS)
            rekey.apply(workspace, ENVIRONMENTS, planned)

        self.yes(action)

    def commit(self, state: State) -> None:
        self.clone.commit()
        self.states[self.branch] = state
        self.learn()

    def learn(self) -> None:
        """Writes down what this commit has: who holds which data key is the model's word, which one it is the file's."""
        state, project = self.state, self.clone.project
        self.commits[self.clone.git("rev-parse", "HEAD").strip()] = state
        self.known |= state.people.keys()
        tip: dict[str, set[Key]] = {}
        for environment in ENVIRONMENTS:
            file = project.read(environment)
            for group, access in file.header.access.items():
                keys = state.keys_of(environment, group)
                self.holders.setdefault(access.key_id, set()).update(keys)
                tip.setdefault(environment, set()).update(keys)
            for path, entry in file.entries.items():
                assert entry.token is not None
                texts = self.tokens.setdefault((environment, path[0]), {})
                texts[entry.token.serialise()] = (entry.token.key_id, state.values[environment, path[0]])
        self.tips[f"refs/heads/{self.branch}"] = tip

    # --- the comparison

    def check_files(self) -> None:
        """Everyone who should opens each value, and it is the right one; nobody else opens any."""
        project = self.clone.project
        for environment in ENVIRONMENTS:
            file = project.read(environment)
            names = {path[0] for path in file.entries}
            assert names == {name for where, name in self.state.values if where == environment}
            for key, keyring in KEYRINGS.items():
                opened = opened_values(file, keyring)
                expected = {
                    name: text_of(number)
                    for (where, name), number in self.state.values.items()
                    if where == environment and key in self.state.opened_by((where, name))
                }
                assert opened == expected, (environment, key)

    def check_reports(self) -> None:
        """`offboard --report` on everybody, and on each of their keys, is what the model's history says."""
        project = self.clone.project
        timeline = Timeline(project)
        for name in sorted(self.known):
            for number in (None, *range(KEYS[name])):
                mine = {(name, number)} if number is not None else {key for key in PEOPLE if key[0] == name}
                try:
                    holder = leaver(project, timeline, name, RECIPIENTS[name, number] if number is not None else "")
                except Error:
                    assert number is not None
                    assert not any(mine & holders for holders in self.holders.values())
                    continue
                self.check_report(report_on(project, timeline, holder), mine)

    def check_report(self, told: Leaving, mine: set[Key]) -> None:
        opened = self.opened_keys(mine)
        known = {
            place: {text: number for text, (key_id, number) in texts.items() if key_id in opened}
            for place, texts in self.tokens.items()
        }
        expected = {place: texts for place, texts in known.items() if texts}
        assert {(one.environment, one.name): one.values for one in told.values} == {
            place: len(texts) for place, texts in expected.items()
        }, told.holder.name
        for one in told.values:
            place = (one.environment, one.name)
            assert one.reasons == (Reason.OPENED,)
            now = self.state.values.get(place)
            assert (one.changed is Changed.GONE) == (now is None)
            if now is None:
                continue
            current = self.current(place)
            assert (one.changed is Changed.NO) == (current in expected[place]), place
            # Whoever knows a value knows it however often it was sealed anew.
            assert one.changed is not Changed.YES or now not in expected[place].values(), place
        tips = {
            ref: {environment for environment, keys in tip.items() if keys & mine} for ref, tip in self.tips.items()
        }
        assert {tip.ref: set(tip.environments) for tip in told.tips} == {ref: has for ref, has in tips.items() if has}

    def check_impact(self) -> None:
        """`impact` on everybody, and on each value that was ever set, is what the model's history says."""
        project, keyring = self.clone.project, KEYRINGS[ADMIN, 0]
        for name in sorted(self.known):
            leak = Leak(project, keyring)
            told = leak.of_holder(leaver(project, leak.timeline, name))
            opened = self.opened_keys({key for key in PEOPLE if key[0] == name})
            self.check_names(told, {(number, key_id) for number, key_id in self.everything() if key_id in opened})
        for number in {number for number, _key_id in self.everything()}:
            told = Leak(project, keyring).of_value(text_of(number).encode())
            self.check_names(told, {(other, key_id) for other, key_id in self.everything() if other == number})

    def everything(self) -> set[tuple[int, str]]:
        """Each value that was ever set, by its number, with each data key that it was sealed under."""
        return {(number, key_id) for texts in self.tokens.values() for key_id, number in texts.values()}

    def check_names(self, told: Impact, concerned: set[tuple[int, str]]) -> None:
        """`concerned` are the values under their data keys that the leak is about."""
        known = {
            place: {(number, key_id) for key_id, number in texts.values()} & concerned
            for place, texts in self.tokens.items()
        }
        assert told.is_complete
        assert {(one.environment, one.name) for one in told.values} == {place for place, some in known.items() if some}
        for one in told.values:
            place = (one.environment, one.name)
            now, numbers = self.state.values.get(place), {number for number, _ in known[place]}
            # Alice opens everything, so nothing is unknown.
            expected = Changed.GONE if now is None else Changed.NO if now in numbers else Changed.YES
            assert one.changed is expected, place
            # A value of another branch is in force there to this day, and not here.
            assert one.until is None or now not in numbers, place
            assert set(one.opened_then) == self.people_of(key_id for _, key_id in known[place])
            here = [self.tokens[place][self.current(place)][0]] if now is not None else []
            assert set(one.opens_now) == self.people_of(here)

    def people_of(self, key_ids: Iterable[str]) -> set[str]:
        return {name for key_id in key_ids for name, _ in self.holders[key_id]}

    def opened_keys(self, mine: set[Key]) -> set[str]:
        return {key_id for key_id, holders in self.holders.items() if holders & mine}

    def current(self, place: Place) -> str:
        token = self.clone.read(place[0]).entries[(place[1],)].token
        assert token is not None
        return token.serialise()


def opened_values(file: document.Document, keyring: Keyring) -> dict[str, str]:
    """What a keyring opens of a file."""
    keys, opened = Keys(file.header, keyring), {}
    for path, entry in file.entries.items():
        try:
            opened[path[0]] = document.open_entry(file, entry, keys).reveal().decode()
        except NotForYou:
            continue
    return opened


def state_of(policy: Policy, values: dict[Place, int]) -> State:
    """The state that a merged policy has."""
    numbers = {recipient: key[1] for key, recipient in RECIPIENTS.items()}
    return State(
        {name: frozenset(numbers[key] for key in one.keys) for name, one in policy.recipients.items()},
        {group: frozenset(members) - {ADMIN} for group, members in policy.groups.items()},
        {name: frozenset(one.open) - {ADMIN} for name, one in policy.environments.items()},
        {name: frozenset(rule.open) - {ADMIN} for rule in policy.rules for name in rule.environments},
        values,
    )
