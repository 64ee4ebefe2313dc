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
