"""What is said of write-only values, which anyone with the repository can set: `check` and `review` say the same."""

from gitseal.policy.policy import REFUSE, Policy
from gitseal.policy.unread_values import is_protected, waits_in
from gitseal.records import NamedTuple
from gitseal.report.findings import ERROR, WARNING, FindingRule
from gitseal.report.hints import Hint, command, decision
from gitseal.report.pages import RISKS
from gitseal.report.sentences import Sentence, listed, ours, sentence

WRITE_ONLY = FindingRule(
    "write-only",
    WARNING,
    "somebody set a value without reading: it waits for a member, or replaces a member's",
    RISKS,
)
WRITE_ONLY_KEPT_OUT = FindingRule(
    "write-only", ERROR, "the same, in a protected environment, or if the policy refuses such values", RISKS
)


def member(environment: str) -> Sentence:
    """How a hint addresses those who can open an environment."""
    return sentence('somebody who opens "{}"', environment)


class KeptOut(NamedTuple):
    """What is said of the write-only values of one environment that do not go out."""

    rule: FindingRule
    environment: str
    verdict: Sentence

    def message(self, name: str) -> Sentence:
        """The sentence about one name. `check` and `review` say the same, so that it is told once."""
        return sentence('"{}" was set write-only, {}', name, self.verdict)

    def hint(self, name: str) -> Hint:
        """What a member does about it."""
        absorb = command("gitseal absorb {} -e {}", name, self.environment)
        return decision(member(self.environment), "once they know that it is right", absorb)


def kept_out_of(policy: Policy, environment: str) -> KeptOut | None:
    """What becomes of the write-only values of an environment that the policy has; None if they are taken as they come."""
    waiting = waits_in(policy, environment)
    if not waiting:
        return None
    is_refused = policy.environments[environment].write_only == REFUSE
    if is_refused:
        verdict = ours("which the policy refuses")
    elif environment in waiting:
        verdict = ours("and waits for a member")
    else:
        verdict = sentence("and waits for a member in {}", listed(waiting))
    is_serious = is_refused or is_protected(policy, environment)
    return KeptOut(WRITE_ONLY_KEPT_OUT if is_serious else WRITE_ONLY, environment, verdict)
