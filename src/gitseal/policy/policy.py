"""The values that policy.yaml holds, and the questions they answer."""

from collections.abc import Iterator
from functools import cached_property

from gitseal.errors import Error, shell_quoted
from gitseal.policy.beside import is_express, owners
from gitseal.policy.patterns import matches
from gitseal.records import NamedTuple
from gitseal.yamltext.tree import NamePath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.policy.pattern_index import PatternIndex
    from gitseal.policy.target import PublishTarget

DEFAULT = "default"

ACCEPT = "accept"
PENDING = "pending"
REFUSE = "refuse"

PERSON = "person"
MACHINE = "machine"
FORGE = "forge"


class Principal(NamedTuple):
    """A person or machine with the public keys that data keys are wrapped to, or a Git host, which signs and opens nothing.

    `signing` holds what `signing.parse_signing` reads, unread.
    """

    kind: str
    email: str
    keys: tuple[str, ...]
    signing: tuple[str, ...]


class Environment(NamedTuple):
    """One environment's part of the policy. `open` and `change` hold names of recipients and groups.

    `approvals` counts the people of `change` who have to approve a change besides whoever signed it.
    """

    open: tuple[str, ...]
    change: tuple[str, ...]
    aliases: tuple[str, ...]
    extends: str
    protected: bool
    reveal: bool
    write_only: str
    approvals: int = 0


class Rule(NamedTuple):
    """The answer for the names it matches: plain, or sealed to the access group `access` that `open` may open."""

    names: tuple[str, ...]
    environments: tuple[str, ...]
    plain: bool
    access: str
    open: tuple[str, ...]

    def covers(self, environment: str, path: NamePath) -> bool:
        """True if a pattern of this rule takes the name in, and it counts in that environment; see `RuleList.first`."""
        return self.holds_in(environment) and any(matches(pattern, path) for pattern in self.names)

    def holds_in(self, environment: str) -> bool:
        """True if this rule counts in that environment; a rule that names no environments counts in all of them."""
        return not self.environments or environment in self.environments


class RuleList(tuple[Rule, ...]):  # noqa: SLOT001 - it keeps what it has found out
    """The rules of a policy in their order, with what finds the one that decides on a name, made when it is asked for."""

    def first(self, environment: str, path: NamePath) -> Rule | None:
        """The rule that decides on the name in that environment: the first that covers it.

        What stands beside a sealed name (`NAME_PUBLIC`, `NAME_PREVIOUS`) has the rule of that name, unless the first rule that
        covers it has a pattern with such an ending: whoever names an API for a few does not think of `API_PREVIOUS`, and a
        rule for `API_*` or `*` would give it to others.
        """
        # Of ten thousand names hardly one has such an ending.
        decides = self.finder(environment).first(path) if not is_express(path[-1]) else self._beside(environment, path)
        return self[decides] if decides is not None else None

    def _beside(self, environment: str, path: NamePath) -> int | None:
        """The number of the rule of a name that may stand beside another: from the name it belongs to, outwards."""
        decides = None
        for name in reversed((path, *owners(path))):
            own = self.finder(environment).first(name)
            is_named = own is not None and own == self._express(environment, name)
            if is_named or decides is None or self[decides].plain:
                decides = own
        return decides

    def _express(self, environment: str, path: NamePath) -> int | None:
        """The first rule that covers the name by a pattern with its ending."""
        if environment not in self._express_indexes:
            from gitseal.policy.pattern_index import PatternIndex

            patterns = (one for one in self.patterns(environment) if is_express(one[1]))
            self._express_indexes[environment] = PatternIndex(patterns)
        return self._express_indexes[environment].first(path)

    @cached_property
    def _express_indexes(self) -> "dict[str, PatternIndex]":
        return {}

    @cached_property
    def _indexes(self) -> "dict[str, PatternIndex]":
        return {}

    @cached_property
    def _environments(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(rule.environments) for rule in self)

    def patterns(self, environment: str) -> Iterator[tuple[int, str]]:
        """The patterns that count in an environment, each with the number of its rule."""
        for number, (rule, environments) in enumerate(zip(self, self._environments, strict=True)):
            if not environments or environment in environments:
                for pattern in rule.names:
                    yield number, pattern

    def finder(self, environment: str) -> "PatternIndex":
        """A function that finds the rule of a name in an environment."""
        if environment not in self._indexes:
            from gitseal.policy.pattern_index import PatternIndex  # many policies have no rules

            self._indexes[environment] = PatternIndex(self.patterns(environment))
        return self._indexes[environment]


class Policy(NamedTuple):
    """A whole policy, checked: every name in it is defined, and each secret's name has exactly one answer.

    `server_judged` are patterns for the branches that a server judges besides its default one.
    """

    recipients: dict[str, Principal]
    groups: dict[str, tuple[str, ...]]
    environments: dict[str, Environment]
    rules: RuleList
    allow_names: tuple[str, ...]
    policy_change: tuple[str, ...]
    manifest_change: tuple[str, ...]
    hook_block: tuple[str, ...]
    hook_templates: tuple[str, ...]
    server_judged: tuple[str, ...] = ()
    policy_approvals: int = 0
    manifest_approvals: int = 0
    publish: "tuple[PublishTarget, ...]" = ()

    def environment(self, name: str) -> Environment:
        """The environment of that name. Raises Error if the policy has none."""
        environment = self.environments.get(name)
        if environment is None:
            raise Error(f'the policy has no environment "{name}"', f"add it with: gitseal env add {shell_quoted(name)}")
        return environment

    def is_plain(self, environment: str, path: NamePath) -> bool:
        """True if the rule that decides on the name says plain. A name that no rule covers is sealed."""
        rule = self.rule(environment, path)
        return rule is not None and rule.plain

    def group(self, environment: str, path: NamePath) -> str:
        """The access group that the name is sealed to."""
        rule = self.rule(environment, path)
        return DEFAULT if rule is None or rule.plain else rule.access

    def rule(self, environment: str, path: NamePath) -> Rule | None:
        """The rule that decides on the name; see `RuleList.first`."""
        rules = self.rules
        return rules.first(environment, path) if rules else None

    def open_to(self, environment: str, group: str) -> tuple[str, ...] | None:
        """The people and machines, sorted, who may open an access group; None if the policy has no such group there."""
        if group == DEFAULT:
            return self.members(self.environment(environment).open)
        for rule in self.rules:
            if rule.access == group and rule.holds_in(environment):
                return self.members(rule.open)
        return None

    def members(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The recipients that names of recipients and groups stand for, each once, sorted."""
        members: set[str] = set()
        for name in names:
            members.update(self.groups.get(name, (name,)))
        return tuple(sorted(members))

    def chain(self, environment: str) -> tuple[str, ...]:
        """The environment and what it extends, nearest first. The parser has refused cycles."""
        names = [environment]
        while environment in self.environments and self.environments[environment].extends:
            environment = self.environments[environment].extends
            names.append(environment)
        return tuple(names)

    def inherits(self, name: str, environment: str) -> bool:
        """True if a value of `environment` is one of `name` too: they are the same, or one extends the other at any distance."""
        # Whoever asks, asks it of every pair, and most environments extend nothing.
        return name == environment or (bool(self.environments[name].extends) and environment in self.chain(name))

    def logs_reads(self, environment: str) -> bool:
        """True if whoever gets values of the environment is noted in the machine's log of reads."""
        rule = self.environments.get(environment)
        return rule is not None and rule.protected

    def resolve(self, name: str) -> str:
        """The environment that a name or alias stands for; an unknown name stands for itself."""
        for environment, value in self.environments.items():
            if name in value.aliases:
                return environment
        return name
