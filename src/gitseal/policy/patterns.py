"""Patterns for names, the same in rules, `include` and `--only`."""

from gitseal.yamltext.tree import NamePath


def matches(pattern: str, path: NamePath) -> bool:
    """True if a pattern names the secret at `path`.

    Without `/` it is compared with the last part at any depth, with `/` with the whole path; a `/` before all else says
    only that, so `/NAME` is the name outside sections. `*` stands for any characters but `/`. Takes time linear in the
    lengths, whatever the pattern.
    """
    parts = pattern.split("/")
    if len(parts) == 1:
        return _part_matches(pattern, path[-1])
    if not parts[0]:
        del parts[0]
    return len(parts) == len(path) and all(map(_part_matches, parts, path))


def exact_pattern(path: NamePath) -> str:
    """The pattern of exactly this name: without a `/` it would name the same word in every section too."""
    return f"/{path[0]}" if len(path) == 1 else "/".join(path)


def _part_matches(pattern: str, part: str) -> bool:
    first, *rest = pattern.split("*")
    if not rest:
        return part == pattern
    *middle, last = rest
    if not part.startswith(first) or not part.endswith(last) or len(part) < len(first) + len(last):
        return False
    at, end = len(first), len(part) - len(last)
    for piece in middle:
        start = part.find(piece, at, end)
        if start < 0:
            return False
        at = start + len(piece)
    return True


def overlap(first: str, second: str) -> bool:
    """True if some secret is named by both patterns. Takes linear time, whatever the patterns."""
    here, there = first.split("/"), second.split("/")
    if len(here) == 1 or len(there) == 1:
        return _parts_overlap(here[-1], there[-1])
    here, there = here[not here[0] :], there[not there[0] :]
    return len(here) == len(there) and all(map(_parts_overlap, here, there))


def _parts_overlap(first: str, second: str) -> bool:
    if "*" not in first:
        return _part_matches(second, first)
    if "*" not in second:
        return _part_matches(first, second)
    # With a * in both, the pieces of one can follow those of the other: only the two ends have to agree.
    start, end = (first.split("*")[at] for at in (0, -1))
    other_start, other_end = (second.split("*")[at] for at in (0, -1))
    starts = start.startswith(other_start) or other_start.startswith(start)
    return starts and (end.endswith(other_end) or other_end.endswith(end))
