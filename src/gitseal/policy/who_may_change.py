"""The people who are allowed to change a file of `.secrets`, by one policy."""

from collections.abc import Iterable, Iterator

from gitseal.policy.policy import FORGE, Policy

MANIFEST = "manifest"


def changers(policy: Policy, file: str) -> frozenset[str] | None:
    """The recipients who may change a file, by its stem; empty if nobody may, None if the policy asks for nobody.

    For an environment, a signer has to be in its own `change` list and in that of every environment that extends it, at any
    distance: a value here is a value there. If one of these is protected and has no list, nobody may change it.
    `manifest` has a list of its own. For everything else (the policy, allow.yaml, files that the policy does not know) it is
    the policy's list. Without one, a signer has to be in every list there is: else somebody could take out a list that does
    not name them. The same goes for the manifest if an environment is protected.
    """
    if file in policy.environments:
        return _environment(policy, file)
    if file == MANIFEST and not policy.manifest_change and not _has_protected(policy):
        return None
    own = policy.manifest_change if file == MANIFEST else policy.policy_change
    if own:
        return frozenset(policy.members(own))
    return _in_every_list(policy) or (frozenset() if file == MANIFEST or has_list(policy) else None)


def has_list(policy: Policy) -> bool:
    """True if the policy restricts who changes anything at all."""
    return any(True for _ in _lists(policy))


def is_forge(policy: Policy, names: Iterable[str]) -> bool:
    """True if one of these recipients is a Git host, whose signature is no person's."""
    return any(policy.recipients[name].kind == FORGE for name in names if name in policy.recipients)


def _environment(policy: Policy, environment: str) -> frozenset[str] | None:
    allowed: frozenset[str] | None = None
    for name, own in policy.environments.items():
        if (own.change or own.protected) and policy.inherits(name, environment):
            listed = frozenset(policy.members(own.change))
            allowed = listed if allowed is None else allowed & listed
    return allowed


def _in_every_list(policy: Policy) -> frozenset[str]:
    lists = [frozenset(policy.members(names)) for names in _lists(policy)]
    return frozenset.intersection(*lists) if lists else frozenset()


def _lists(policy: Policy) -> Iterator[tuple[str, ...]]:
    every = (
        policy.policy_change,
        policy.manifest_change,
        *(environment.change for environment in policy.environments.values()),
    )
    return (names for names in every if names)


def _has_protected(policy: Policy) -> bool:
    return any(environment.protected for environment in policy.environments.values())
