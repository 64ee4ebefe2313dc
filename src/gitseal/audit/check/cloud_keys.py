"""What the policy lets keys in key services open: whoever may decrypt with one there opens all of it, unseen from here."""

from collections.abc import Iterator

from gitseal.policy.policy import DEFAULT, MACHINE, Policy
from gitseal.project.key_holders import opener_of
from gitseal.recipients.cloud_text import is_cloud_key, place_of
from gitseal.report.causes import ENVIRONMENT, Cause
from gitseal.report.causes import people as caused_by
from gitseal.report.findings import WARNING, Finding, FindingRule
from gitseal.report.hints import POLICY_OWNERS, decision
from gitseal.report.sentences import listed, sentence

SHARED_CLOUD_KEY = FindingRule(
    "shared-cloud-key", WARNING, "one cloud key opens two environments: whoever may decrypt with it opens both"
)
MACHINES_ONLY = FindingRule(
    "machines-only", WARNING, "only machines may open an access group, by a cloud key: no person can seal it anew"
)


def check_cloud_keys(policy: Policy, path: str) -> Iterator[Finding]:
    """The findings of a policy at a path."""
    opened: dict[str, set[str]] = {}
    places: dict[str, str] = {}
    holders: dict[str, set[str]] = {}
    for environment in policy.environments:
        for group in _access_groups(policy, environment):
            members = policy.open_to(environment, group) or ()
            keys = [(name, key) for name in members for key in policy.recipients[name].keys if is_cloud_key(key)]
            for name, key in keys:
                own = opener_of(key)
                opened.setdefault(own, set()).add(environment)
                places.setdefault(own, place_of(key))
                holders.setdefault(own, set()).add(name)
            if keys and all(policy.recipients[name].kind == MACHINE for name in members):
                yield _machines_only(path, environment, group, members)
    for own, environments in opened.items():
        # What an environment extends has to open to whoever opens it.
        several = sorted(one for one in environments if not _is_base(policy, one, environments))
        if len(several) > 1:
            who, where = listed(sorted(holders[own]), "{}"), listed(several, "{}", separator=" and ")
            message = sentence("the cloud key {} of {} opens {}", places[own], who, where)
            hint = decision(POLICY_OWNERS, "give each environment a cloud key of its own")
            yield SHARED_CLOUD_KEY.at(path, 0, message, hint, causes=caused_by(sorted(holders[own])))


def _machines_only(path: str, environment: str, group: str, members: tuple[str, ...]) -> Finding:
    template = 'only machines ({}) may open access group "{}" in {}, so no person can look at it or seal it anew'
    message = sentence(template, listed(members, "{}"), group, environment)
    hint = decision(POLICY_OWNERS, "let somebody of the team open it as well")
    return MACHINES_ONLY.at(path, 0, message, hint, causes=(Cause(ENVIRONMENT, "", environment),))


def _access_groups(policy: Policy, environment: str) -> set[str]:
    return {DEFAULT, *(rule.access for rule in policy.rules if rule.open and rule.holds_in(environment))}


def _is_base(policy: Policy, environment: str, of: set[str]) -> bool:
    return any(other != environment and environment in policy.chain(other) for other in of)
