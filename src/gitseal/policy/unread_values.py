"""Where write-only values wait for a member, by the policy. Anyone with the repository can set one without reading."""

from gitseal.policy.policy import ACCEPT, Policy


def waits_in(policy: Policy, environment: str) -> tuple[str, ...]:
    """The environments in which a write-only value of `environment` waits for a member, or is refused for good.

    An environment that a strict one extends is strict too: a value that anyone puts there reaches the strict one.
    """
    return tuple(
        name
        for name in policy.environments
        if policy.inherits(name, environment)
        and any(policy.environments[layer].write_only != ACCEPT for layer in _as_far_as(policy, name, environment))
    )


def asks_to_replace(policy: Policy, environment: str) -> bool:
    """True if a write-only value replaces a member's value of `environment` only on demand.

    That holds for a protected environment, for one where such values wait, and for all that these extend.
    """
    return bool(waits_in(policy, environment)) or is_protected(policy, environment)


def is_protected(policy: Policy, environment: str) -> bool:
    """True if the environment is protected, or if a protected one extends it."""
    rules = policy.environments
    return any(rule.protected and policy.inherits(name, environment) for name, rule in rules.items())


def _as_far_as(policy: Policy, name: str, environment: str) -> tuple[str, ...]:
    chain = policy.chain(name)
    return chain[: chain.index(environment) + 1]
