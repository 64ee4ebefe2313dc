"""The pieces of work, each the same for every tool, and how it is known that the work was done."""

import functools
import re
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from dotenv import dotenv_values

from bench import branches, hooks
from bench.comparison import ground
from bench.comparison.ground import fresh, had, once, store_of
from bench.comparison.tool import PLAIN, Tool, Words
from bench.comparison.trial import Done, Trial, Unable, Untrue, did
from bench.world import Missing, World, middle, values

APPLICATION = Path(".peers/application.env")
"""The example of a real application's env file that tools/peers fetches."""

LEAK = "leaked.py"
"""A file with a private key, which every scanner has to find."""

COMMITS = 2000


class Work(NamedTuple):
    """A row: its words, and what a tool runs for it. `begin` raises `Unable` or `Missing` with the reason."""

    title: str
    begin: Callable[[World, Tool], Trial]


def works() -> list[Work]:
    """All rows that are timed."""
    sizes = (100, 1000, 10_000, 100_000)
    return [
        Work("open one of 100 names", open_one),
        *(Work(f"render {names:,} names", functools.partial(render, names=names)) for names in sizes),
        Work("set one of 100 names", set_one),
        Work("add a recipient, 100 names", add_recipient),
        Work("remove a recipient, 100 names", remove_recipient),
        Work("merge two branches that set neighbours", functools.partial(merge, distance=1)),
        Work("merge two branches that set distant names", functools.partial(merge, distance=40)),
        Work(f"which of {ground.SETS} commits set a name", history),
        Work("import an application's env file", import_file),
        Work("hook, one file staged", functools.partial(hook, files=1)),
        Work("hook, 2,000 files staged", functools.partial(hook, files=2000)),
        Work(f"look for plaintext in {COMMITS:,} commits", scan_history),
    ]


def open_one(world: World, tool: Tool) -> Trial:
    """The value of the name in the middle."""
    store, name = store_of(tool), middle(100)
    return _trial(world, tool, ground.sealed(world, tool, 100), store.get(world, name), _says(values(100)[name]))


def render(world: World, tool: Tool, names: int) -> Trial:
    """All values, as an env file or what comes nearest."""
    store = store_of(tool)

    def check(done: Done) -> str:
        did(done)
        if not ground.same(store.read(done.out), values(names)):
            raise Untrue("not all values came out")
        return ""

    return _trial(world, tool, ground.sealed(world, tool, names), store.render(world), check)


def set_one(world: World, tool: Tool) -> Trial:
    """Another value for the name in the middle."""
    store, name = store_of(tool), middle(100)
    top = world.folder / f"{tool.name}-set"

    def check(done: Done) -> str:
        did(done)
        if b"set-to-this" not in ground.act(world, tool, top, store.get(world, name)):
            raise Untrue("the value is not there")
        return ""

    return _trial(world, tool, top, store.set(world, name, "set-to-this"), check, ground.sealed(world, tool, 100))


def add_recipient(world: World, tool: Tool) -> Trial:
    """Somebody becomes able to open everything."""
    words = had(store_of(tool).add)(world, ground.carol(world))
    top = world.folder / f"{tool.name}-add"

    def check(done: Done) -> str:
        did(done)
        if not _opens(world, tool, top):
            raise Untrue("who was added cannot open a value")
        return ""

    return _trial(world, tool, top, words, check, ground.sealed(world, tool, 100))


def remove_recipient(world: World, tool: Tool) -> Trial:
    """They cannot open what comes from now on."""
    store = store_of(tool)
    words = had(store.remove)(world, ground.carol(world))
    top = world.folder / f"{tool.name}-remove"

    def check(done: Done) -> str:
        did(done)
        ground.act(world, tool, top, store.get(world, middle(100)))
        if _opens(world, tool, top):
            raise Untrue("who was removed still opens a value")
        return ""

    return _trial(world, tool, top, words, check, ground.shared(world, tool))


def _opens(world: World, tool: Tool, top: Path) -> bool:
    """Whether carol gets the value in the middle, without our keys."""
    store = store_of(tool)
    shutil.rmtree(top / "clone", ignore_errors=True)
    words = (store.get_as_person or store.get)(world, middle(100))
    done = ground.attempt(world, tool, top, words, store.as_person(ground.carol(world)))
    return done.status == 0 and values(100)[middle(100)].encode() in done.out


def merge(world: World, tool: Tool, distance: int) -> Trial:
    """`git merge`, with all that the tool installs for it."""
    store, ours = store_of(tool), middle(100)
    theirs = f"SECRET_{50 + distance:06d}"
    origin = ground.parted(world, tool, theirs)
    top = world.folder / f"{tool.name}-merge"

    def check(done: Done) -> str:
        if done.status != 0:
            if not world.run(["git", "ls-files", "--unmerged"], top):
                raise Untrue("neither merged nor a conflict")
            return "conflict"
        got = store.read(ground.act(world, tool, top, store.render(world)))
        if (got.get(ours), got.get(theirs)) != ("set-by-us", "set-by-them"):
            raise Untrue("merged, and a value was lost")
        return ""

    return _trial(world, tool, top, ["git", "merge", "--quiet", "--no-edit", "theirs"], check, origin)


def history(world: World, tool: Tool) -> Trial:
    """The commits that set the name in the middle, and no other."""
    words = had(store_of(tool).log)(world, middle(100))
    top, hers, others = ground.storied(world, tool)

    def check(done: Done) -> str:
        did(done)
        shown = {word[:7] for word in re.findall(r"\b[0-9a-f]{7,40}\b", done.out.decode())}
        if not hers <= shown:
            raise Untrue("a commit is missing")
        wrong = len(others & shown)
        return f"and {wrong} others" if wrong else ""

    return _trial(world, tool, top, words, check)


def import_file(world: World, tool: Tool) -> Trial:
    """An env file as an application ships it, with empty values and quotes; what comes out is read by python-dotenv."""
    store = store_of(tool)
    if store.no_import:
        raise Unable(store.no_import)
    words = store.load(world)
    if not APPLICATION.exists():
        raise Missing("no file")
    text, top = APPLICATION.read_text(encoding="utf-8"), world.folder / f"{tool.name}-import"
    wanted = read_env(text)
    origin = ground.begun(world, tool)

    def prepare() -> None:
        fresh(origin, top)
        (top / PLAIN).write_text(text, encoding="utf-8")

    def check(done: Done) -> str:
        did(done)
        out = ground.act(world, tool, top, store.render(world))
        got = store.read(out) if out.lstrip().startswith(b"{") else read_env(out.decode())
        right = sum(got.get(name) == value for name, value in wanted.items())
        return f"{right} of {len(wanted)} values right"

    return Trial(words, top, tool.env(world), check, prepare)


def read_env(text: str) -> dict[str, str]:
    """An env file as python-dotenv reads it."""
    return {name: value or "" for name, value in dotenv_values(stream=StringIO(text), interpolate=False).items()}


def hook(world: World, tool: Tool, files: int) -> Trial:
    """What runs before a commit of so many files of a program. A private key in one more has to be found."""
    if isinstance(tool.hook, str):
        raise Unable(tool.hook)
    clean = hooks.staged(world, 100 if files == 1 else 0, files)
    dirty = fresh(clean, world.folder / f"{tool.name}-dirty-{files}")
    # dotenvx lets an env file pass that Git would ignore, though it is staged.
    (dirty / ".gitignore").unlink(missing_ok=True)
    for name in (LEAK, ".env.leaked"):
        (dirty / name).write_text(f'KEY="{private_key(world)}"\n', encoding="utf-8")
    world.run(["git", "add", "--force", LEAK, ".env.leaked"], dirty)
    paths = world.run(["git", "diff", "--cached", "--name-only"], dirty).split()
    found = ground.attempt(world, tool, dirty, tool.hook(world, dirty, paths))
    if found.status == 0:
        raise Untrue("it does not find a private key")

    def check(done: Done) -> str:
        # What it finds in a program's text is its own matter.
        if done.status != 0 and b"leaked" not in found.out + found.err:
            raise Untrue("it cannot be told whether it finds anything")
        return "finds something" if done.status != 0 else ""

    kept = [path for path in paths if "leaked" not in path]
    return _trial(world, tool, clean, tool.hook(world, clean, kept), check)


def scan_history(world: World, tool: Tool) -> Trial:
    """A history in which one commit added a private key and the next took it away."""
    if isinstance(tool.history, str):
        raise Unable(tool.history)

    def check(done: Done) -> str:
        if done.status == 0:
            raise Untrue("it does not find a private key")
        return ""

    return _trial(world, tool, leaked(world), tool.history(world), check)


@once
def leaked(world: World) -> Path:
    """That repository."""
    top = fresh(branches.branch(world, COMMITS, 100), world.folder / "leaked")
    world.run(["git", "reset", "--quiet", "--hard", "topic"], top)
    (top / LEAK).write_text(private_key(world), encoding="utf-8")
    world.commit(top, "with a key")
    (top / LEAK).unlink()
    world.commit(top, "without it")
    return top


@once
def private_key(world: World) -> str:
    """An RSA key that nothing uses; the only shape that every scanner knows."""
    path = world.folder / "leaked-key"
    world.run(["ssh-keygen", "-q", "-t", "rsa", "-m", "PEM", "-N", "", "-f", str(path)], world.folder)
    return path.read_text(encoding="utf-8")


def _says(value: str) -> Callable[[Done], str]:
    def check(done: Done) -> str:
        did(done)
        if value.encode() not in done.out:
            raise Untrue("the value was not printed")
        return ""

    return check


def _trial(
    world: World, tool: Tool, top: Path, words: Words, check: Callable[[Done], str], origin: Path | None = None
) -> Trial:
    """A trial in the tool's environment; with `origin`, in a fresh copy of that at `top` each time."""

    def prepare() -> None:
        if origin:
            fresh(origin, top)

    return Trial(words, top, tool.env(world), check, prepare)
