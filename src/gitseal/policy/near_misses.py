"""Names that look as if a rule covered them, and that no rule covers."""

from collections.abc import Collection, Iterator

from gitseal.policy.patterns import matches
from gitseal.policy.policy import Policy, Rule
from gitseal.yamltext.tree import NamePath


def near_misses(policy: Policy, environment: str, paths: Collection[NamePath]) -> Iterator[tuple[NamePath, str, Rule]]:
    """Each such name with the pattern and the rule that it looks like.

    It is written in another case, or stands in a section that the pattern does not reach. It is sealed to everybody who
    opens the environment, and not to the few whom the rule names.
    """
    rules = [rule for rule in policy.rules if rule.holds_in(environment)]
    for path in paths:
        if policy.rule(environment, path) is None:
            alike = ((path, pattern, rule) for rule in rules for pattern in rule.names if _looks_like(pattern, path))
            first = next(alike, None)
            # A rule that would have left the name plain has lost nobody a secret.
            if first is not None and not first[2].plain:
                yield first


def _looks_like(pattern: str, path: NamePath) -> bool:
    last = pattern.rpartition("/")[2].upper()
    # `*` alone looks like every name, and so like none.
    return bool(last.strip("*")) and matches(last, (path[-1].upper(),))
