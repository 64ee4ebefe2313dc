"""Reading, writing and running with one environment, of 100 to 100,000 names."""

import functools
import random
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import peers
from bench.row import Row
from bench.timing import Command
from bench.world import GITSEAL, PYTHON, World, gitseal, middle, values
from gitseal.render import DIALECTS

RECIPIENTS = 10
"""Who a rekey finds: the one who runs it, eight who stay, one who leaves."""

LOG_SIZE = 200_000_000
"""Bytes of output that the redactor gets, about; one line in a hundred holds a value."""

RATE = 100_000_000
"""Bytes a second that the redactor owes."""

SEALED_LENGTH = 64
"""Bytes of a padded plaintext in the smallest size class, which most of the values fall into."""

IMPORTS = "a Python that only imports cryptography.cobblestone and pyrage"
SOPS, EXTRACT, AGE = "`sops -d`", "`sops -d --extract`", "`age -d` of the whole file"


def rows(w: World) -> Iterator[Row]:
    """Everything that one environment takes, but for the largest."""
    bare = partial(peers.bare, w)
    yield Row("`get` of 100 names", IMPORTS, 2.1, 21, partial(get, w, 100), bare)
    yield Row("`render` of 100 names", IMPORTS, 2.2, 21, partial(render, w, 100), bare)
    yield Row("`get` of 100 names", EXTRACT, 1.6, 21, partial(get, w, 100), partial(peers.sops_extract, w, 100))
    yield Row("`render` of 100 names", SOPS, None, 11, partial(render, w, 100), partial(peers.sops, w, 100))
    yield Row("`render` of 100 names", AGE, None, 11, partial(render, w, 100), partial(peers.age, w, 100))
    yield Row("`get` of 10,000 names", IMPORTS, None, 11, partial(get, w, 10_000), bare)
    yield Row("`render` of 1,000 names", SOPS, 0.85, 15, partial(render, w, 1000), partial(peers.sops, w, 1000))
    many, ours = "`render` of 10,000 names", partial(render, w, 10_000)
    yield Row(many, SOPS, 0.25, 7, ours, partial(peers.sops, w, 10_000))
    yield Row(many, IMPORTS, None, 11, ours, bare)
    yield Row(many, AGE, None, 7, ours, partial(peers.age, w, 10_000))
    for dialect in DIALECTS:
        if dialect not in {"dotenv", "gitlab-dotenv"}:
            work = f"`render --format {dialect}` of 10,000 names"
            yield Row(work, "`--format dotenv`", None, 5, partial(render, w, 10_000, dialect), ours)
    yield from _run_rows(w)
    yield from _write_rows(w)


def _run_rows(w: World) -> Iterator[Row]:
    work = f"`run` of `cat` on {LOG_SIZE // 10**6} MB of log, 100 names"
    yield Row(work, f"{RATE // 10**6} MB/s", 1.0, 5, partial(redact, w, 100), partial(owed, w, 100))
    start, plain = "`run -- true` of 100 names, redacting", "`run --no-redact -- true`"
    yield Row(start, plain, None, 11, partial(run_true, w, 100), partial(run_true, w, 100, "--no-redact"))


def _write_rows(w: World) -> Iterator[Row]:
    work, ours = "`set` in 10,000 names", partial(set_one, w, 10_000)
    yield Row(work, "its `render`", 2.0, 11, ours, partial(render, w, 10_000))
    yield Row(work, "`sops set`", 0.25, 7, ours, partial(peers.sops_set, w, 10_000))
    work, ours = f"`rekey` of 10,000 names, {RECIPIENTS} recipients, one removed", partial(rekey, w, 10_000)
    yield Row(work, "the sum of its wraps and seals", 1.5, 7, ours, partial(seals, 10_000))
    yield Row(work, "`sops rotate`", 0.5, 5, ours, partial(peers.sops_rotate, w, 10_000))


def largest_rows(w: World) -> Iterator[Row]:
    """100,000 names, which sops takes a minute for."""
    bare = partial(peers.bare, w)
    yield Row("`get` of 100,000 names", IMPORTS, None, 5, partial(get, w, 100_000), bare)
    work, ours = "`render` of 100,000 names", partial(render, w, 100_000)
    yield Row(work, IMPORTS, None, 5, ours, bare)
    yield Row(work, "`render` of 10,000", 12.0, 5, ours, partial(render, w, 10_000))
    yield Row(work, SOPS, 0.025, 1, ours, partial(peers.sops, w, 100_000), limit=peers.SOPS_LIMIT)


@functools.cache
def log(world: World, names: int) -> Path:
    """A log of LOG_SIZE bytes in which values of that repository stand."""
    path = world.folder / f"log-{names}.txt"
    secrets = list(values(names).values())
    lines = [f"2026-11-21T10:00:00Z INFO app.server request={n} path=/api/v1/items status=200\n" for n in range(9900)]
    lines += [f"2026-11-21T10:00:00Z ERROR app.db cannot connect with {secrets[n % names]}\n" for n in range(100)]
    random.Random(names).shuffle(lines)
    block = "".join(lines).encode()
    with path.open("wb") as file:
        for _ in range(LOG_SIZE // len(block)):
            file.write(block)
    return path


def redact(world: World, names: int) -> Command:
    """That log printed by `cat`, with the values of the environment redacted."""
    return gitseal(world.repository(names), "run", "-e", "production", "--", "cat", str(log(world, names)))


def owed(world: World, names: int) -> Command:
    """The seconds that redacting that log may take."""
    return Command(
        lambda _: [PYTHON, "-c", f"print({log(world, names).stat().st_size} / {RATE})"], world.folder, reports=True
    )


def run_true(world: World, names: int, *options: str) -> Command:
    """A command that does nothing, with the environment set."""
    return gitseal(world.repository(names), "run", "-e", "production", *options, "--", "true")


def get(world: World, names: int) -> Command:
    """The value in the middle of the file."""
    return gitseal(world.repository(names), "get", "-e", "production", middle(names))


def render(world: World, names: int, dialect: str = "dotenv") -> Command:
    """The whole environment in a dialect on standard output."""
    more = ["--name", "bench"] if dialect == "k8s-secret" else []
    return gitseal(world.repository(names), "render", "-e", "production", "--format", dialect, *more)


def set_one(world: World, names: int) -> Command:
    """Another value for the name in the middle, each time a new one, in a copy."""
    top = world.scratch(names)
    return Command(lambda run: [GITSEAL, "set", "-e", "production", f"{middle(names)}=run{run}"], top)


@functools.cache
def before_rekey(world: World, names: int) -> Path:
    """A copy in which RECIPIENTS could read every value and the policy has just lost one of them."""
    top = world.folder / f"before-rekey-{names}"
    shutil.copytree(world.repository(names), top, symlinks=True)
    others = [f"person{number}" for number in range(1, RECIPIENTS)]
    for person in others:
        key = world.run([GITSEAL, "keygen", "-o", str(world.folder / f"{person}-{names}.txt")], top).strip()
        world.run([GITSEAL, "recipient", "add", person, key, "--group", "team"], top)
    world.run([GITSEAL, "rekey", "--yes"], top)
    world.commit(top, "shared")
    world.run([GITSEAL, "recipient", "remove", others[-1]], top)
    return top


def rekey(world: World, names: int) -> Command:
    """A rekey after a recipient was removed, each time in a fresh copy."""
    origin, top = before_rekey(world, names), world.folder / "rekey"

    def prepare() -> None:
        shutil.rmtree(top, ignore_errors=True)
        shutil.copytree(origin, top, symlinks=True)

    return Command(lambda _: [GITSEAL, "rekey", "--yes"], top, prepare)


def seals(names: int) -> Command:
    """What that rekey cannot do without, done by the libraries alone."""
    words = ["-m", "bench.seals", str(names), str(SEALED_LENGTH), str(RECIPIENTS - 1)]
    return Command(lambda _: [PYTHON, *words], Path.cwd(), reports=True)
