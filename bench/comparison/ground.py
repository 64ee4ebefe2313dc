"""The repositories that the comparison works on: a tool's own, made by its own commands, and looked at once."""

import functools
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ParamSpec, TypeVar

from bench.comparison.tool import PLAIN, Person, Store, Tool, Words
from bench.comparison.trial import LIMIT, Done, Unable, Untrue, did, launch
from bench.world import GITSEAL, World, middle, values

SETS = 10
"""Commits of the repository with a history; every third sets the name in the middle."""


P = ParamSpec("P")
T = TypeVar("T")
_GIVEN_UP: list[tuple[Tool, int, str]] = []
"""What took too long, for how many names, and the words for it; with more names it is not tried again."""

_NOTHING: Mapping[str, str] = {}


def once(make: Callable[P, T]) -> Callable[P, T]:
    """Makes each thing once, as `functools.cache` does, and fails once: what took 30 s in vain would take them in every row."""
    results: dict[object, T | Exception] = {}

    @functools.wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        key = args, *kwargs.items()
        if key not in results:
            try:
                results[key] = make(*args, **kwargs)
            except Exception as failure:  # noqa: BLE001 - each is raised below, again and again
                results[key] = failure
        result = results[key]
        if isinstance(result, Exception):
            raise result
        return result

    return made


@functools.cache
def carol(world: World) -> Person:
    """Somebody else."""
    path = world.folder / "carol.txt"
    return Person(path, world.run([GITSEAL, "keygen", "-o", str(path)], world.folder).strip())


def store_of(tool: Tool) -> Store:
    """The tool's store; raises `Unable` if it has none."""
    if isinstance(tool.store, str):
        raise Unable(tool.store)
    return tool.store


def had(command: Callable[P, Words] | str) -> Callable[P, Words]:
    """A command that a tool has; raises `Unable` with the reason if it has none."""
    if isinstance(command, str):
        raise Unable(command)
    return command


def attempt(world: World, tool: Tool, top: Path, words: Words, env: Mapping[str, str] = _NOTHING) -> Done:
    """What a command of the tool leaves, in its environment and what `env` has in the place of it."""
    return launch(words, top, {**world.env, **tool.env(world), **env}, world.folder, LIMIT)


def act(world: World, tool: Tool, top: Path, words: Words) -> bytes:
    """What a command of the tool prints that has to succeed."""
    done = attempt(world, tool, top, words)
    did(done)
    return done.out


@once
def begun(world: World, tool: Tool) -> Path:
    """A repository that the tool was made ready in; no value is in it yet."""
    store = store_of(tool)
    top = world.folder / f"{tool.name}-begun"
    top.mkdir()
    world.run(["git", "init", "--quiet"], top)
    store.init(world, top)
    return top


@once
def sealed(world: World, tool: Tool, names: int) -> Path:
    """A committed repository of so many names, of which all were looked at once. Raises `Unable` if it takes too long."""
    store = store_of(tool)
    for given_up, size, why in _GIVEN_UP:
        if given_up == tool and size < names:
            raise Unable(f"{why} {size:,}")
    top = fresh(begun(world, tool), world.folder / f"{tool.name}-{names}")
    wanted = values(names)
    (top / PLAIN).write_text("".join(f"{name}={value}\n" for name, value in wanted.items()), encoding="utf-8")
    _in_time(world, tool, top, store.load(world), names, "to seal")
    (top / PLAIN).unlink(missing_ok=True)
    world.commit(top, "sealed")
    out = _in_time(world, tool, top, store.render(world), names, "to open")
    if not same(store.read(out), wanted):
        raise Untrue(f"what came out of {names:,} names is not what went in")
    return top


def _in_time(world: World, tool: Tool, top: Path, words: Words, names: int, what: str) -> bytes:
    """What a command prints; raises `Unable` if it takes too long, and so does every larger repository of the tool."""
    try:
        return act(world, tool, top, words)
    except subprocess.TimeoutExpired:
        why = f"over {LIMIT:.0f} s {what}"
        _GIVEN_UP.append((tool, names, why))
        raise Unable(why) from None


def same(got: dict[str, str], wanted: dict[str, str]) -> bool:
    """Whether all values came out; a tool may print more, such as its public key."""
    return wanted.items() <= got.items()


@once
def shared(world: World, tool: Tool) -> Path:
    """The repository of 100 names, to which carol was added."""
    store = store_of(tool)
    top = fresh(sealed(world, tool, 100), world.folder / f"{tool.name}-shared")
    act(world, tool, top, had(store.add)(world, carol(world)))
    world.commit(top, "shared")
    return top


@once
def storied(world: World, tool: Tool) -> tuple[Path, set[str], set[str]]:
    """100 names and SETS commits that each set one; the commits of the name in the middle, and the other ones."""
    top = fresh(sealed(world, tool, 100), world.folder / f"{tool.name}-storied")
    hers: set[str] = set()
    others: set[str] = set()
    for number in range(SETS):
        name = middle(100) if number % 3 == 0 else f"SECRET_{number:06d}"
        set_and_commit(world, tool, top, name, f"value-{number}")
        commit = world.run(["git", "rev-parse", "--short=7", "HEAD"], top).strip()
        (hers if name == middle(100) else others).add(commit)
    world.run(["git", "config", "core.abbrev", "7"], top)
    return top, hers, others


@once
def parted(world: World, tool: Tool, theirs: str) -> Path:
    """Two branches of the repository of 100 names: `main` set the name in the middle, `theirs` the one given."""
    store_of(tool)
    top = fresh(sealed(world, tool, 100), world.folder / f"{tool.name}-parted-{theirs}")
    world.run(["git", "switch", "--quiet", "-c", "theirs"], top)
    set_and_commit(world, tool, top, theirs, "set-by-them")
    world.run(["git", "switch", "--quiet", "main"], top)
    set_and_commit(world, tool, top, middle(100), "set-by-us")
    return top


def set_and_commit(world: World, tool: Tool, top: Path, name: str, value: str) -> None:
    """A value set by the tool, and committed."""
    act(world, tool, top, store_of(tool).set(world, name, value))
    world.commit(top, f"set {name}")


def fresh(origin: Path, top: Path) -> Path:
    """A copy of a repository, in the place of the last one."""
    shutil.rmtree(top, ignore_errors=True)
    shutil.copytree(origin, top, symlinks=True)
    return top
