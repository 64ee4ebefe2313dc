"""Facts of one file about another: sourced scripts, functions that read names for other files, a committed `.env`."""

from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath

from gitseal.code.uses import NameSource, Reading, Use

_STEPS = 3  # a function around a function around one that reads


def settle(readings: Mapping[str, Reading]) -> list[tuple[str, Use]]:
    """All uses with the paths of their files, judged by all files together.

    A name has a default if another file gives it: a script that is joined with this one by `source`, the compose file that
    builds this Dockerfile, or an `.env` file. A call is a use if another file defines that function to read names.
    """
    wrappers = {name: has_default for reading in readings.values() for name, has_default in reading.wrappers}
    chained = [pair for reading in readings.values() for pair in reading.chained]
    for _ in range(_STEPS):
        wrappers |= {outer: wrappers[inner] for outer, inner in chained if inner in wrappers and outer not in wrappers}
    for_all = frozenset[str]().union(*(reading.given for reading in readings.values() if reading.is_for_all))
    joined = _joined(readings)
    built = _built(readings)
    settled: list[tuple[str, Use]] = []
    for path, reading in readings.items():
        given = for_all | joined.get(path, frozenset()) | built.get(path, frozenset())
        called = [
            use._replace(has_default=use.has_default or wrappers[name])
            for name, use in reading.calls
            if name in wrappers
        ]
        for use in sorted((*reading.uses, *called), key=lambda use: use.line):
            is_given = use.kind is NameSource.VARIABLE and use.name in given
            settled.append((path, use._replace(has_default=True) if is_given else use))
    return settled


def _built(readings: Mapping[str, Reading]) -> dict[str, frozenset[str]]:
    """The names that a file gets from files that point to it by path, as a compose file does to a Dockerfile."""
    given: dict[str, frozenset[str]] = {}
    for path, reading in readings.items():
        for relative, names in reading.built:
            target = normpath(join(dirname(path), relative))
            given[target] = given.get(target, frozenset()) | names
    return given


def _joined(readings: Mapping[str, Reading]) -> dict[str, frozenset[str]]:
    """For each script the names that any script gives which it sources, or is sourced by, over any number of steps."""
    neighbours: dict[str, set[str]] = {}
    by_name: dict[str, list[str]] = {}
    for path in readings:
        by_name.setdefault(path.rpartition("/")[2], []).append(path)
    # A name is a node of its own: many scripts that source many of one name stay linear.
    names = {name for reading in readings.values() for name in reading.sourced}
    sourcing = {name: list(by_name.get(name, ())) for name in names}
    for path, reading in readings.items():
        for name in reading.sourced:
            sourcing[name].append(path)
    for name, paths in sourcing.items():
        for path in paths:
            neighbours.setdefault(path, set()).add(f"source {name}")
            neighbours.setdefault(f"source {name}", set()).add(path)
    joined: dict[str, frozenset[str]] = {}
    for start in neighbours:
        if start not in joined:
            group = list(_reachable(start, neighbours))
            given = frozenset[str]().union(*(readings[path].given for path in group if path in readings))
            joined |= dict.fromkeys(group, given)
    return joined


def _reachable(start: str, neighbours: Mapping[str, set[str]]) -> Iterator[str]:
    seen = {start}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        yield here
        new = neighbours[here] - seen
        seen |= new
        waiting += new
