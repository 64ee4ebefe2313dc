"""The order of names that two sides of a merge have, each in its own."""

from collections.abc import Sequence


def one_order(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """All names of both, each after the one that it follows in the side that it comes from.

    Names that both sides put in one place are in alphabetical order, whichever side is ours. Names that both have keep the
    order of ours.
    """
    there, here = set(theirs), set(ours)
    # By what it follows: runs of names that theirs alone has, each to be put in among those that ours alone has there.
    follow: dict[str, list[str]] = {}
    last = ""
    for name in theirs:
        if name in here:
            last = name
        else:
            follow.setdefault(last, []).append(name)
    merged: list[str] = []
    waiting = follow.get("", [])
    for name in ours:
        if name in there:
            merged += waiting
            waiting = follow.get(name, [])
            merged.append(name)
            continue
        while waiting and waiting[0] < name:
            merged.append(waiting[0])
            waiting = waiting[1:]
        merged.append(name)
    return merged + waiting
