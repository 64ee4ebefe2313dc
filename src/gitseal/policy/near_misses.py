"""Names that look as if a rule covered them, and that no rule covers."""

from collections.abc import Collection, Iterator

from gitseal.policy.pattern_index import PatternIndex
from gitseal.policy.policy import Policy, Rule
from gitseal.yamltext.tree import NamePath


def near_misses(policy: Policy, environment: str, paths: Collection[NamePath]) -> Iterator[tuple[NamePath, str, Rule]]:
    """Each such name with the pattern and the rule that it looks like.

    It is written in another case, or stands in a section that the pattern does not reach. It is sealed to everybody who
    opens the environment, and not to the few whom the rule names.
    """
    patterns = list(policy.rules.patterns(environment))
    lasts = ((number, pattern.rpartition("/")[2].upper()) for number, (_rule, pattern) in enumerate(patterns))
    # `*` alone looks like every name, and so like none.
    index = PatternIndex((number, last) for number, last in lasts if last.strip("*"))
    for path in paths:
        if policy.rule(environment, path) is None:
            first = index.first((path[-1].upper(),))
            # A rule that would have left the name plain has lost nobody a secret.
            if first is not None and not policy.rules[patterns[first][0]].plain:
                yield path, patterns[first][1], policy.rules[patterns[first][0]]
