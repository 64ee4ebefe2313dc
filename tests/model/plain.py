"""A plain model of who should be able to open what: sets and dicts, and nothing of gitseal's."""

from collections.abc import Mapping
from typing import NamedTuple

ADMIN = "alice"
OTHERS = ("bob", "carol", "dave")
KEYS = {ADMIN: 1, **dict.fromkeys(OTHERS, 2)}
"""Everybody there will ever be, with how many keys they have."""

GROUPS = ("ops", "team")
ENVIRONMENTS = ("development", "production")
NAMES = ("A", "B", "PAY_X", "PAY_Y")
_DEFAULT, _PAY = "default", "pay"

Key = tuple[str, int]
"""A key: whose, and which of theirs."""
Place = tuple[str, str]
"""A name in an environment."""


class State(NamedTuple):
    """What one commit of a branch should be.

    `people` has the keys of everybody in the policy; `opens` what each environment opens to besides alice, groups or people;
    `pay` the same for the names that begin with `PAY_`, if a rule gives them an access group of their own there. `values` has a
    number for each value that was ever set.
    """

    people: Mapping[str, frozenset[int]]
    groups: Mapping[str, frozenset[str]]
    opens: Mapping[str, frozenset[str]]
    pay: Mapping[str, frozenset[str]]
    values: Mapping[Place, int]

    def group_of(self, environment: str, name: str) -> str:
        """The access group of a name."""
        return _PAY if name.startswith("PAY_") and environment in self.pay else _DEFAULT

    def people_of(self, environment: str, group: str) -> frozenset[str]:
        """The people who open an access group; nobody if there is none."""
        if group == _DEFAULT:
            listed = self.opens[environment]
        elif environment in self.pay:
            listed = self.pay[environment]
        else:
            return frozenset()
        members = {name for item in listed for name in self.groups.get(item, {item})}
        return frozenset({ADMIN, *members} & self.people.keys())

    def keys_of(self, environment: str, group: str) -> frozenset[Key]:
        """The same as keys."""
        return frozenset((name, key) for name in self.people_of(environment, group) for key in self.people[name])

    def opened_by(self, place: Place) -> frozenset[Key]:
        """The keys that open a name."""
        environment, name = place
        return self.keys_of(environment, self.group_of(environment, name))

    def without(self, name: str) -> "State":
        """The state when somebody is gone, from all lists too."""
        drop = frozenset({name})
        return self._replace(
            people={other: keys for other, keys in self.people.items() if other != name},
            groups={group: members - drop for group, members in self.groups.items()},
            opens={environment: listed - drop for environment, listed in self.opens.items()},
            pay={environment: listed - drop for environment, listed in self.pay.items()},
        )


START = State(
    people={ADMIN: frozenset({0})},
    groups=dict.fromkeys(GROUPS, frozenset()),
    opens={"development": frozenset({"team"}), "production": frozenset({"ops"})},
    pay={},
    values={
        ("development", "A"): -1,
        ("development", "PAY_X"): -2,
        ("production", "A"): -3,
        ("production", "PAY_X"): -4,
    },
)


def policy_text(state: State, recipients: Mapping[Key, str]) -> str:
    """The policy that says just that, one thing a line."""
    lines = ["version: 1", "", "recipients:"]
    for name in sorted(state.people):
        lines += [
            f"  {name}:",
            "    keys:",
            *(f"      - {recipients[name, key]}" for key in sorted(state.people[name])),
            "",
        ]
    lines += ["groups:"]
    for group in GROUPS:
        members = sorted(state.groups[group])
        lines += [f"  {group}: [{', '.join([ADMIN, *members])}]", ""]
    lines += ["environments:"]
    for environment in ENVIRONMENTS:
        lines += [f"  {environment}:", f"    open: [{', '.join([ADMIN, *sorted(state.opens[environment])])}]", ""]
    if state.pay:
        lines += ["rules:"]
    for environment, listed in sorted(state.pay.items()):
        rule = f"  - names: ['PAY_*']\n    environments: [{environment}]\n    access: {_PAY}"
        lines += [rule, f"    open: [{', '.join([ADMIN, *sorted(listed)])}]", ""]
    return "\n".join(lines)


def text_of(number: int) -> str:
    """The value of a number: long, and unlike any other."""
    return f"value-{number * 7919 % 1_000_003:08d}-{number}"


def merged_values(base: State, ours: State, theirs: State) -> dict[Place, int] | None:
    """What three states give, name by name; None if both sides did something else to one name."""
    merged: dict[Place, int] = {}
    for place in {*base.values, *ours.values, *theirs.values}:
        old, one, other = (state.values.get(place) for state in (base, ours, theirs))
        if old not in {one, other} and one != other:
            return None
        kept = other if one == old else one
        if kept is not None:
            merged[place] = kept
    return merged
