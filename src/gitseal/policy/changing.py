"""Who may change which file of `.secrets`, as one policy says it."""

from collections.abc import Iterable

from gitseal.policy.policy import FORGE, Policy

POLICY = "policy"
MANIFEST = "manifest"


def changers(policy: Policy, file: str) -> frozenset[str] | None:
    """The recipients who may change a file, by its stem; empty where nobody may, None where the policy asks for nobody.

    An environment is its own `change` and that of every environment that extends it, at any distance: whoever signs has to
    be in all of these lists, for a value here is a value there. One that is protected and has no list lets nobody.
    `manifest` has its own list; without one nobody is asked for, or nobody may, where an environment is protected.
    Everything else (the policy, allow.yaml, what the policy does not know) is the policy's own list; without one nobody is
    asked for as long as the policy protects nothing, else nobody may: a list that anyone may take out is none.
    """
    if file in policy.environments:
        return _environment(policy, file)
    if file == MANIFEST:
        return _listed(policy, policy.manifest_change, needed=_has_protected(policy))
    return _listed(policy, policy.policy_change, needed=_has_owned(policy))


def is_forge(policy: Policy, names: Iterable[str]) -> bool:
    """Whether one of these recipients is a Git host, whose signature is no person's."""
    return any(policy.recipients[name].kind == FORGE for name in names if name in policy.recipients)


def _environment(policy: Policy, environment: str) -> frozenset[str] | None:
    found: frozenset[str] | None = None
    for name in policy.environments:
        if environment in policy.chain(name):
            own = policy.environments[name]
            listed = _listed(policy, own.change, needed=own.protected)
            if listed is not None:
                found = listed if found is None else found & listed
    return found


def _listed(policy: Policy, names: tuple[str, ...], *, needed: bool) -> frozenset[str] | None:
    return frozenset(policy.members(names)) if names or needed else None


def _has_protected(policy: Policy) -> bool:
    return any(each.protected for each in policy.environments.values())


def _has_owned(policy: Policy) -> bool:
    owned = any(each.change for each in policy.environments.values())
    return owned or _has_protected(policy) or bool(policy.manifest_change)
