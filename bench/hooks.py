"""What Git starts: the hook before a commit, the merge driver, and what shows a sealed file in a diff."""

import functools
import random
import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import peers
from bench.comparison.tools.scanners import detect_secrets_hook
from bench.environments import environments_of
from bench.row import Row
from bench.timing import Command
from bench.world import GITSEAL, World, gitseal, gitseal_alone, tool
from gitseal.arming import drivers

GITSEAL_CODE = Path(__file__).resolve().parent.parent / "src" / "gitseal" / "usecases"


def rows(w: World) -> Iterator[Row]:
    """What a developer waits for at each commit, merge and diff."""
    small, many = "`hook run pre-commit`, one small file", "`hook run pre-commit`, 2,000 files"
    few, more = ("subprocess", "re", "json"), ("cryptography.cobblestone", "pyrage")
    only = "a Python that only imports {}"
    ours, opening = partial(hook, w, 100, 1, identity=False), partial(hook, w, 100, 1)
    yield Row(f"{small}, no identity", only.format(", ".join(few)), 2.5, 21, ours, partial(peers.imports, w, *few))
    words, theirs = only.format(", ".join((*few, *more))), partial(peers.imports, w, *few, *more)
    yield Row(f"{small}, an identity and 100 values", words, 2.5, 21, opening, theirs)
    yield Row(f"{small}, no identity", "`gitleaks`", 0.8, 21, ours, partial(gitleaks, w, 100, 1))
    code = "`hook run pre-commit`, code alone, 300 environments of 50 names"
    alone = partial(hook_many, w, 300, 50, identity=False)
    yield Row(code, "the same without an identity", 2.0, 21, partial(hook_many, w, 300, 50), alone)
    for peer, one in (("detect-secrets-hook", detect_secrets), ("dotenvx", dotenvx)):
        yield Row(f"{small}, no identity", f"`{peer}`", None, 11, ours, partial(one, w, 100, 1))
    yield Row(many, "`gitleaks`", 1.0, 3, partial(hook, w, 0, 2000), partial(gitleaks, w, 0, 2000))
    against = "`git merge-file` and 10 ms"
    yield Row("the merge driver, 100 names", against, 1.5, 21, partial(merge, w, 100), partial(merge_file, w, 100))
    against, start = "a Python that does nothing", partial(peers.start, w)
    yield Row("textconv of a file of 100 names", against, 1.0, 31, partial(textconv, w, 100), start)


@functools.cache
def staged(world: World, names: int, files: int) -> Path:
    """A copy of that repository with so many new files staged, each of 5 kB of a program's text; without names a new one."""
    top = world.folder / f"staged-{names}-{files}"
    if names:
        shutil.copytree(world.repository(names), top, symlinks=True)
    else:
        world.run(["git", "init", "--quiet", str(top)], world.folder)
        world.run(["git", "commit", "--quiet", "--allow-empty", "--message", "first"], top)
    _stage_code(world, top, files)
    return top


def _stage_code(world: World, top: Path, files: int) -> None:
    text = "".join(sorted(path.read_text("utf-8") for path in GITSEAL_CODE.glob("*.py")))
    dice = random.Random(files)
    for number in range(files):
        file = top / f"d{number % 50}" / f"f{number}.py"
        file.parent.mkdir(exist_ok=True)
        start = dice.randrange(len(text) - 5000)
        file.write_text(f"# {number}\n{text[start : start + 5000]}", encoding="utf-8")
    world.run(["git", "add", "--all"], top)


def hook(world: World, names: int, files: int, *, identity: bool = True) -> Command:
    """What the pre-commit hook runs, with the files of `staged`; the team's values are looked for with the identity."""
    return _hook(staged(world, names, files), identity=identity)


def hook_many(world: World, environments: int, names: int, *, identity: bool = True) -> Command:
    """The same in the repository of `staged_many`."""
    return _hook(staged_many(world, environments, names), identity=identity)


def gitleaks(world: World, names: int, files: int) -> Command:
    """What gitleaks does as a pre-commit hook."""
    words = [tool("gitleaks"), "git", "--pre-commit", "--staged", "--no-banner", "."]
    return Command(lambda _: words, staged(world, names, files))


def detect_secrets(world: World, names: int, files: int) -> Command:
    """detect-secrets-hook on the staged files' names, as the pre-commit framework would give them to it."""
    program = detect_secrets_hook()
    top = staged(world, names, files)
    paths = world.run(["git", "diff", "--cached", "--name-only"], top).split()
    # Its findings in a program's text are its own matter: the time is what counts.
    return Command(lambda _: ["sh", "-c", '"$@" >/dev/null || :', "sh", program, *paths], top)


def dotenvx(world: World, names: int, files: int) -> Command:
    """What dotenvx does as a pre-commit hook."""
    program = tool("dotenvx")
    return Command(lambda _: [program, "ext", "precommit"], staged(world, names, files))


@functools.cache
def to_merge(world: World, names: int) -> Path:
    """A folder with `base`, `ours` and `theirs` of that many names, of which each side changed another one."""
    top = world.folder / f"merge-{names}"
    top.mkdir()
    repository = world.scratch(names)
    sealed = repository / ".secrets" / "production.yaml"
    shutil.copy(world.repository(names) / ".secrets" / "production.yaml", top / "base")
    for side, number in (("ours", names // 4), ("theirs", names // 2)):
        shutil.copy(top / "base", sealed)
        world.run([GITSEAL, "set", "-e", "production", f"SECRET_{number:06d}={side}"], repository)
        shutil.copy(sealed, top / side)
    return top


def merge(world: World, names: int) -> Command:
    """What Git starts for each sealed file that both sides changed: the line of its configuration (gitattributes(5))."""
    top = to_merge(world, names)
    line = world.run(["git", "config", "--get", "merge.gitseal.driver"], world.scratch(names))
    sides = {"O": "base", "A": "merged", "B": "theirs", "L": "7", "P": ".secrets/production.yaml", "%": "%"}
    driver = re.sub("%(.)", lambda word: sides.get(word[1], "side"), line)

    def prepare() -> None:
        shutil.copy(top / "ours", top / "merged")

    return Command(lambda _: ["sh", "-c", driver], top, prepare)


def merge_file(world: World, names: int) -> Command:
    """Git's own merge of these lines, and 10 ms."""
    words = "git merge-file -p -q ours base theirs >/dev/null && sleep 0.01"
    return Command(lambda _: ["sh", "-c", words], to_merge(world, names))


def textconv(world: World, names: int) -> Command:
    """One version of a file as `git diff` has it shown: the line of Git's configuration, started as Git does it."""
    top = world.repository(names)
    line = drivers.wanted(drivers.started(Path(GITSEAL)))[drivers.TEXTCONV]
    return Command(lambda _run: ["sh", "-c", f'{line} "$@"', line, ".secrets/production.yaml"], top)


@functools.cache
def staged_many(world: World, environments: int, names: int) -> Path:
    """A copy of that repository with one new file staged, 5 kB of a program's text."""
    top = world.folder / f"staged-many-{environments}-{names}"
    shutil.copytree(environments_of(world, environments, names), top, symlinks=True)
    _stage_code(world, top, 1)
    return top


def _hook(top: Path, *, identity: bool) -> Command:
    words = ("hook", "run", "pre-commit")
    return gitseal(top, *words) if identity else gitseal_alone(top, *words)
