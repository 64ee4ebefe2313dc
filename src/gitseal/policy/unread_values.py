"""What the policy says of write-only values, which anyone with the repository can set unread: where they wait for a member."""

from gitseal.policy.policy import ACCEPT, Policy


def waits_in(policy: Policy, environment: str) -> tuple[str, ...]:
    """The environments in which a write-only value of `environment` waits for a member, or is refused for good.

    What a strict environment extends is strict for it: anyone could put a value there, and it would come through.
    """
    return tuple(
        name
        for name in policy.environments
        if policy.inherits(name, environment)
        and any(policy.environments[layer].write_only != ACCEPT for layer in _as_far_as(policy, name, environment))
    )


def asks_to_replace(policy: Policy, environment: str) -> bool:
    """True if a member's value of `environment` is replaced by one that nobody reads only if somebody asks for exactly that.

    So it is in a protected environment and in one where such values wait, and in all that these extend.
    """
    return bool(waits_in(policy, environment)) or is_protected(policy, environment)


def is_protected(policy: Policy, environment: str) -> bool:
    """True if a value of `environment` is one of a protected environment too: it is that, or that extends it."""
    rules = policy.environments
    return any(rule.protected and policy.inherits(name, environment) for name, rule in rules.items())


def _as_far_as(policy: Policy, name: str, environment: str) -> tuple[str, ...]:
    chain = policy.chain(name)
    return chain[: chain.index(environment) + 1]
