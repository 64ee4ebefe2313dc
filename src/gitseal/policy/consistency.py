"""The parts of a policy checked against each other: every name is defined, nothing contradicts itself, nothing is too large."""

from collections.abc import Collection

from gitseal.errors import Malformed
from gitseal.policy.fields import each, items, nearest
from gitseal.policy.names import is_environment_name
from gitseal.policy.policy import FORGE, Environment, Policy, Rule
from gitseal.yamltext.tree import Node

MAX_ENVIRONMENTS = 500
MAX_EXTENDS = 16


_NOBODY = "somebody has to open it: put a person into one of its groups first"


def check(policy: Policy, top: dict[str, Node]) -> None:
    """Raises Malformed at the first part of a policy that does not fit another; `top` are the fields it was read from."""
    _Checks(policy, top).run()


class _Checks:
    """One policy, and the nodes that tell the lines of its parts."""

    def __init__(self, policy: Policy, top: dict[str, Node]) -> None:
        self.policy = policy
        self.top = top
        self.people = {*policy.recipients, *policy.groups}

    def run(self) -> None:
        self.sizes()
        for name, node in each(self.top.get("groups")):
            if name in self.policy.recipients:
                raise Malformed(f'"{name}" is both a recipient and a group', node.line + 1)
            self.known(self.policy.groups[name], self.policy.recipients, "recipient", node)
        for name, node in each(self.top.get("environments")):
            self.environment(name, self.policy.environments[name], node)
        for rule, node in zip(self.policy.rules, items(self.top.get("rules")), strict=True):
            self.rule(rule, node)
        for name, change in (("policy", self.policy.policy_change), ("manifest", self.policy.manifest_change)):
            if name in self.top:
                self.changers(change, self.top[name])
        self.one_set_for_each_access_group()
        self.aliases()
        if self.policy.publish:
            self.targets()

    def sizes(self) -> None:
        """Raises Malformed for more than whoever reads a policy can go through for each name."""
        if len(self.policy.environments) > MAX_ENVIRONMENTS:
            raise Malformed(f"the policy has more than {MAX_ENVIRONMENTS} environments", 0)
        if not self.policy.rules:
            return
        from gitseal.policy.pattern_index import MOST_TRIED, is_tried

        tried = 0
        for rule, node in zip(self.policy.rules, items(self.top.get("rules")), strict=True):
            tried += sum(map(is_tried, rule.names))
            if tried > MOST_TRIED:
                raise Malformed(
                    f"more than {MOST_TRIED} patterns have a * that is not their end",
                    node.line + 1,
                    'write NAME or "PREFIX_*", of which there may be any number',
                )

    def environment(self, name: str, environment: Environment, node: Node) -> None:
        if not environment.open:
            raise Malformed(
                f'environment "{name}" does not say who may open it', node.line + 1, "give it open: [GROUP]"
            )
        self.openers(environment.open, node)
        self.changers(environment.change, node)
        if not self.policy.members(environment.open):
            raise Malformed(f'environment "{name}" is open only to empty groups', node.line + 1, _NOBODY)
        # No recursion: a policy of a branch may extend as far as it likes, until it is refused here.
        seen = [name]
        while environment.extends:
            if environment.extends in seen:
                raise Malformed(
                    f"environments extend each other: {' > '.join([*seen, environment.extends])}", node.line + 1
                )
            if len(seen) > MAX_EXTENDS:
                raise Malformed(f'"{name}" extends over more than {MAX_EXTENDS} steps', node.line + 1)
            self.known((environment.extends,), self.policy.environments, "environment", node)
            seen.append(environment.extends)
            environment = self.policy.environments[environment.extends]

    def rule(self, rule: Rule, node: Node) -> None:
        self.known(rule.environments, self.policy.environments, "environment", node)
        self.openers(rule.open, node)
        if rule.open and not self.policy.members(rule.open):
            raise Malformed(f'access group "{rule.access}" is open only to empty groups', node.line + 1, _NOBODY)
        if rule.access in self.policy.recipients:
            raise Malformed(f'"{rule.access}" is both a recipient and an access group', node.line + 1)

    def one_set_for_each_access_group(self) -> None:
        """Raises Malformed for an access group with two sets in one environment.

        A rule of no environments counts in each of them. They are not gone through for it: rules times environments are many.
        """
        everywhere: dict[str, tuple[str, ...]] = {}
        somewhere: dict[str, dict[str, tuple[str, ...]]] = {}
        for rule, node in zip(self.policy.rules, items(self.top.get("rules")), strict=True):
            if not rule.open or not self.policy.environments:
                continue
            members, there = self.policy.members(rule.open), somewhere.setdefault(rule.access, {})
            if rule.environments:
                sets = {name: there.setdefault(name, members) for name in rule.environments}
                sets |= {
                    name: everywhere.get(rule.access, openers) for name, openers in sets.items() if openers == members
                }
            else:
                first = next(iter(self.policy.environments))
                sets = {**there, first: everywhere.setdefault(rule.access, members)}
            for environment, openers in sets.items():
                if openers != members:
                    raise Malformed(
                        f'access group "{rule.access}" is open to two different sets in {environment}', node.line + 1
                    )

    def aliases(self) -> None:
        taken = dict.fromkeys(self.policy.environments, "an environment")
        for name, node in each(self.top.get("environments")):
            for alias in self.policy.environments[name].aliases:
                if not is_environment_name(alias):
                    raise Malformed(f'"{alias}" cannot be an alias', node.line + 1)
                if alias in taken:
                    raise Malformed(f'the alias "{alias}" of {name} is already {taken[alias]}', node.line + 1)
                taken[alias] = f"an alias of {name}"

    def targets(self) -> None:
        from gitseal.policy import publishing
        from gitseal.policy.target import ENVIRONMENT_HOLE

        nodes = dict(each(self.top.get("publish")))
        for target in self.policy.publish:
            self.known(target.environments, self.policy.environments, "environment", nodes[target.name])
        clash = publishing.clash(self.policy.publish)
        if clash is not None:
            name, reason = clash
            hint = f"put {ENVIRONMENT_HOLE} into its to:, or give each a target of its own"
            raise Malformed(reason, nodes[name].line + 1, hint)

    def openers(self, names: tuple[str, ...], node: Node) -> None:
        self.changers(names, node)
        for name in self.policy.members(names):
            if self.policy.recipients[name].kind == FORGE:
                raise Malformed(f'"{name}" is a forge, which opens nothing', node.line + 1, "it may stand in change")

    def changers(self, names: tuple[str, ...], node: Node) -> None:
        self.known(names, self.people, "recipient or group", node)

    def known(self, names: tuple[str, ...], among: Collection[str], what: str, node: Node) -> None:
        for name in names:
            if name not in among:
                raise Malformed(f'there is no {what} "{name}"', node.line + 1, nearest(name, among))
