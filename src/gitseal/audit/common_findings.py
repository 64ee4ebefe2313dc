"""Findings of more than one room of `audit`: each such rule is declared here, once."""

from gitseal.report.findings import ERROR, WARNING, Finding, FindingRule
from gitseal.report.hints import POLICY_OWNERS, decision
from gitseal.report.sentences import listed, ours, sentence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitseal.policy.policy import Policy

LOCAL_TRACKED = FindingRule("local-tracked", ERROR, "Git tracks a file that is for one machine only", blocks=True)
LOCKED_OUT = FindingRule("locked-out", ERROR, "a policy asks for more people than it has, so nobody could change it")
NO_POLICY = FindingRule("no-policy", ERROR, "a file is of an environment that the policy does not have")
NO_POLICY_YET = FindingRule("no-policy", WARNING, "a range of commits begins before there was a policy")
POLICY = FindingRule("policy", ERROR, "the policy cannot be read, or has something that is not a key", blocks=True)
SHARED_KEY = FindingRule("shared-key", ERROR, "a signing key stands under two names, where people are counted")
UNOWNED = FindingRule("unowned", ERROR, "protected without a list of who may change it, or nobody is in all lists")


def uncountable(policy: "Policy", path: str, *, commit: str = "") -> "Iterator[Finding]":
    """Signing keys that stand under two names in the policy at a path, so that people cannot be counted."""
    from gitseal.policy.approvals import shared_keys  # most hooks only need a rule from this file

    for names in shared_keys(policy):
        message = sentence("{} have a signing key in common: nobody can tell which of them signed", listed(names))
        yield SHARED_KEY.at(
            path, 0, message, decision(POLICY_OWNERS, "give each of them a key of their own"), commit=commit
        )


def unchangeable(policy: "Policy", path: str, *, commit: str = "") -> "Iterator[Finding]":
    """Files that nobody could change again, because the policy at a path asks for more people than it has."""
    from gitseal.policy.approvals import locked_out

    for locked in locked_out(policy):
        template = 'to change "{}" takes {} with signing keys, and the policy has {}: nobody could change it again'
        message = sentence(template, locked.file, ours(locked.people), locked.there)
        hint = decision(POLICY_OWNERS, "ask for fewer approvals, or name more people")
        yield LOCKED_OUT.at(path, 0, message, hint, commit=commit)
