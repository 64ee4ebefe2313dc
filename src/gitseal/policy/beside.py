"""The spelling of names that stand beside another. The policy answers for them as for that one; see `RuleList.first`."""

from gitseal.policy.patterns import overlap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitseal.yamltext.tree import NamePath

PUBLIC, PREVIOUS = "_PUBLIC", "_PREVIOUS"
ENDINGS = (PUBLIC, PREVIOUS, PUBLIC + PREVIOUS)


def owners(path: "NamePath") -> "tuple[NamePath, ...]":
    """The names that one is spelled to belong to, the nearest first; the caller looks whether they exist.

    `KEY_PUBLIC_PREVIOUS` belongs to `KEY_PUBLIC`, and by that to `KEY`. There are no longer chains.
    """
    last = path[-1]
    belongs_to: list[NamePath] = []
    for suffix in (PREVIOUS, PUBLIC):
        if last.endswith(suffix) and len(last) > len(suffix):
            last = last.removesuffix(suffix)
            belongs_to.append((*path[:-1], last))
    return tuple(belongs_to)


def is_express(name: str) -> bool:
    """True for a name with such an ending, and for a pattern that ends so. A `*` at the end of a pattern does not count."""
    return name.endswith((PUBLIC, PREVIOUS))


def meet_beside(one: "Sequence[str]", other: "Sequence[str]") -> bool:
    """True if a name that some pattern of the one takes in stands beside one that some pattern of the other takes in."""
    return _meet_beside(one, other) or _meet_beside(other, one)


def _meet_beside(owning: "Sequence[str]", beside: "Sequence[str]") -> bool:
    # With a `*` at its end, a pattern takes in by itself what stands beside its names.
    spelled = [pattern + ending for pattern in owning if not pattern.endswith("*") for ending in ENDINGS]
    return any(overlap(first, second) for first in spelled for second in beside)
