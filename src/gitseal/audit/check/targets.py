"""The part of `check` about `publish`: targets that nothing could be published to, and who may change where values go.

No store is asked, and no library of a cloud is loaded: a place is judged by its words.
"""

from collections.abc import Iterator

from gitseal.errors import Error
from gitseal.policy.manifest import Manifest
from gitseal.policy.policy import Policy
from gitseal.policy.target import PublishTarget
from gitseal.policy.who_may_change import changers
from gitseal.report.causes import TARGET, Cause
from gitseal.report.findings import ERROR, WARNING, Finding, FindingRule
from gitseal.report.hints import POLICY_OWNERS, Hint, advice, decision
from gitseal.report.sentences import Sentence, literal, sentence
from gitseal.stores import table

_POLICY = "policy"

BAD_TARGET = FindingRule(
    "target", ERROR, "a target of `publish` has a service, a kind of store or a place that there is not"
)
UNOWNED_TARGET = FindingRule(
    "unowned-target", WARNING, "the policy publishes values, and anyone who can commit may change where they go"
)


def check_targets(policy: Policy, manifest: Manifest | None, path: str) -> Iterator[Finding]:
    """The findings about the policy's targets; without a manifest that can be read, not about their services."""
    for target in policy.publish:
        cause = (Cause(TARGET, target.name),)
        for message, hint in _faults(target, manifest):
            yield BAD_TARGET.at(path, 0, message, hint, causes=cause)
    if policy.publish and changers(policy, _POLICY) is None:
        message = sentence("anyone who can commit may change where values are published to")
        hint = decision(POLICY_OWNERS, "add change: to policy:, with a group that may")
        yield UNOWNED_TARGET.at(path, 0, message, hint)


def _faults(target: PublishTarget, manifest: Manifest | None) -> Iterator[tuple[Sentence, Hint]]:
    if target.service and manifest is not None and target.service not in manifest.services:
        message = sentence(
            'target "{}" sends what service "{}" gets, which the manifest does not have', target.name, target.service
        )
        hint = decision(POLICY_OWNERS, "name one of its services, or add that one to the manifest")
        yield message, hint
    # Each kind says itself what a place of it looks like; without values that is all it judges.
    told: dict[str, str] = {}
    for _environment, place in target.places():
        try:
            list(table.refusals(place, {}))
        except Error as error:
            told[error.message] = error.hint
    for words, way_out in told.items():
        yield sentence('target "{}": {}', target.name, literal(words)), advice(way_out)
