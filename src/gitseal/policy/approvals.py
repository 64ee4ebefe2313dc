"""The number of people who have to approve a change besides its signer, and whether a policy has that many."""

from collections.abc import Iterator
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.policy.policy import MACHINE, PERSON, Policy
from gitseal.policy.signing import parse_signing
from gitseal.policy.who_may_change import MANIFEST, changers

_POLICY = "policy"


class LockedOut(NamedTuple):
    """A file that takes `needed` people with signing keys, and has `there`: nobody could change it again."""

    file: str
    needed: int
    there: int

    @property
    def people(self) -> str:
        """The number it takes, in words."""
        return f"{self.needed} {'person' if self.needed == 1 else 'people'}"


def needed_approvals(policy: Policy, file: str) -> int:
    """The approvals that a change of a file takes, by its stem as `changers` has it; the strictest that counts for it.

    A value of an environment is a value of every environment that extends it, so the strictest of these counts. A file
    without a list of its own takes as many as the strictest list of all; one that anybody may change takes none.
    """
    if changers(policy, file) is None:
        return 0
    if file in policy.environments:
        those = (own.approvals for name, own in policy.environments.items() if policy.inherits(name, file))
        return max(those, default=0)
    if file == MANIFEST and policy.manifest_change:
        return policy.manifest_approvals
    if file != MANIFEST and policy.policy_change:
        return policy.policy_approvals
    return max(_all(policy))


def asks_approvals(policy: Policy) -> bool:
    """True if any change takes an approval."""
    return any(_all(policy))


def locked_out(policy: Policy) -> Iterator[LockedOut]:
    """The files that take more people than there are, `policy` and `manifest` among them, by what the policy asks for itself.

    A change takes one signature and the approvals, all of different people; a machine may sign, and then no person has to.
    """
    if not asks_approvals(policy):
        return
    for file in (_POLICY, MANIFEST, *policy.environments):
        approvals = needed_approvals(policy, file)
        who = changers(policy, file)
        if not approvals or who is None:  # both say the same: without signatures there are no approvals
            continue
        able = [name for name in who if any(map(is_signing_key, policy.recipients[name].signing))]
        people = sum(policy.recipients[name].kind == PERSON for name in able)
        has_machine = any(policy.recipients[name].kind == MACHINE for name in able)
        wanted = approvals if has_machine else approvals + 1
        if people < wanted:
            yield LockedOut(file, wanted, people)


def shared_keys(policy: Policy) -> Iterator[tuple[str, ...]]:
    """The names that have a signing key in common: whoever holds it would count as two people."""
    holders: dict[bytes | str, tuple[str, ...]] = {}
    for name, principal in policy.recipients.items():
        for text in principal.signing:
            if is_signing_key(text) and name not in holders.get(key := parse_signing(text), ()):
                holders[key] = (*holders.get(key, ()), name)
    yield from dict.fromkeys(names for names in holders.values() if len(names) > 1)


def is_signing_key(text: str) -> bool:
    """True for an item of `signing` that somebody can sign with: a mistyped one signs nothing."""
    try:
        parse_signing(text)
    except Error:
        return False
    return True


def _all(policy: Policy) -> Iterator[int]:
    yield from (policy.policy_approvals, policy.manifest_approvals)
    yield from (environment.approvals for environment in policy.environments.values())
