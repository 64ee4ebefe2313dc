"""Names with one reason as one line, so that a place with many names does not fill the screen."""

from collections.abc import Iterable, Sequence

_MOST_NAMES = 20


def by_reason(told: Iterable[tuple[str, str]]) -> list[str]:
    """Lines from names and what is said of each, in the order in which the reasons first come."""
    groups: dict[str, list[str]] = {}
    for name, reason in told:
        groups.setdefault(reason, []).append(name)
    return [f"{listed(names)}: {'it' if len(names) == 1 else 'each'} {reason}" for reason, names in groups.items()]


def listed(names: Sequence[str]) -> str:
    """Names with commas between them; of many, how many more there are."""
    more = f", and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
