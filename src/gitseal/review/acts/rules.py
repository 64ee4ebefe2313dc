"""Acts about rules of a policy, above all those that make names plain."""

from gitseal.report.causes import ANSWER, PATTERN, VALUE
from gitseal.report.findings import Finding
from gitseal.report.sentences import NOTHING, ours, sentence
from gitseal.review.acts.clusters import Cluster
from gitseal.review.acts.words import Told, names

_PLAIN = frozenset({"plain-rule", "unsealed"})
# What check finds of a name that a new rule makes plain says nothing more.
_COVERED = _PLAIN | {"sealed-though-plain"}
# What was plain in a commit between was given by no rule.
_OF_NAMES = frozenset({ANSWER, VALUE})


def told(cluster: Cluster) -> Told | None:
    """`SMTP_* becomes readable by everyone: SMTP_PASSWORD in production and staging`; None if nothing becomes plain."""
    mine = [finding for finding in cluster.findings if finding.rule in _PLAIN]
    if not mine:
        return None
    patterns = _subjects(mine, PATTERN)
    those = _subjects(mine, *_OF_NAMES)
    environments = sorted(
        {cause.environment for finding in mine for cause in finding.causes if cause.kind in _OF_NAMES}
    )
    what = patterns or those
    becomes = ours("becomes" if len(what) == 1 else "become")
    where = sentence(" in {}", names(environments, noun="environment")) if environments else NOTHING
    named_too = sentence(": {}{}", names(those), where) if patterns and those else where if those else NOTHING
    said = sentence("{} {} readable by everyone who has the repository{}", names(what), becomes, named_too)
    shown = those or patterns
    brief = sentence("{} {} plain", names(shown), ours("becomes" if len(shown) == 1 else "become"))
    return Told(said, brief, _COVERED)


def _subjects(findings: list[Finding], *kinds: str) -> list[str]:
    return sorted({cause.subject for finding in findings for cause in finding.causes if cause.kind in kinds})
