"""Commands that read history, each against what Git itself takes for the same commits."""

import functools
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import signed, stream
from bench.branches import PRODUCTION, branch
from bench.one_environment import set_one
from bench.row import Row
from bench.timing import Command
from bench.world import GITSEAL, PYTHON, World, gitseal, gitseal_alone, middle

GIT_LOG = "`git log --raw --no-renames -- .secrets`"


def rows(w: World) -> Iterator[Row]:
    """Everything that reads history."""
    work = "`log` over 50,000 commits, every {} setting one of 300 values"
    for every, share, budget, runs in (("100th", 100, 1.5, 11), ("20th", 20, None, 7)):
        ours, theirs = partial(log_of, w, 50_000, share), partial(git_log, w, 50_000, share)
        yield Row(work.format(every), GIT_LOG, budget, runs, ours, theirs)
    work = "`set` over 20,000 commits, every 100th setting one of 100 values"
    first, later = partial(set_over, w, 20_000, 100, first=True), partial(set_over, w, 20_000, 100, first=False)
    theirs = partial(log_and_set, w, 20_000, 100)
    yield Row(f"{work}, the first in a clone", f"{GIT_LOG}, then such a `set`", 1.25, 9, first, theirs)
    one_commit = "`set` of 100 names in one commit"
    yield Row(f"{work}, not the first", one_commit, 1.1, 9, later, partial(set_one, w, 100))
    yield from _review_rows(w)
    yield from _shown_rows(w)


def _review_rows(w: World) -> Iterator[Row]:
    work, patch = "`review` of {} commits, each setting one of 100 values", "`git log --patch` of it"
    theirs = partial(git_log_patch, w, 200, " && sleep 1")
    yield Row(work.format("200"), f"{patch}, and one second", 1.0, 7, partial(review, w, 200), theirs)
    signed_by = "of 200 commits that are signed by SSH"
    yield Row(f"`review` {signed_by}", f"{patch}, and one second", 1.0, 5, partial(signed.review, w, 200), theirs)
    verdicts = "`git log --format=%G?` of them"
    ours, theirs = partial(signed.verify, w, 200), partial(signed.git_verdicts, w, 200)
    yield Row(f"`verify` {signed_by}", verdicts, 0.25, 5, ours, theirs)
    # Ten times the commits: what grows faster than they do shows here.
    ours = partial(review, w, 5000)
    yield Row(work.format("5,000"), patch, None, 3, ours, partial(git_log_patch, w, 5000))
    yield Row(work.format("5,000"), "`review` of 500", 12.0, 3, ours, partial(review, w, 500))
    work, ours = "`scan --history` of 20,000 commits, no identity", partial(scan, w, 20_000)
    yield Row(work, "`git log --raw` and `git cat-file --batch`", None, 3, ours, partial(git_log_raw, w, 20_000))
    yield Row(work, "`scan --history` of 2,000", 12.0, 3, ours, partial(scan, w, 2000))


def _shown_rows(w: World) -> Iterator[Row]:
    # Once: each is a thousand starts of a program.
    against = "`--no-textconv`, and a bare Python for each time that Git starts the driver"
    for name, words in (("log -p", ("log", "--patch", "main..topic")), ("blame", ("blame", "topic"))):
        ours, theirs = partial(shown, w, 500, *words), partial(shown_bare, w, 500, *words)
        yield Row(f"`git {name}` of a sealed file over 500 versions", against, 1.0, 1, ours, theirs)


@functools.cache
def history(world: World, commits: int, share: int) -> Path:
    """A repository of that many commits of which every `share`-th sets a value, packed as Git packs a clone."""
    top = world.folder / f"history-{commits}-{share}"
    sealed = (world.repository(100) / ".secrets" / "production.yaml").read_bytes()
    world.run(["git", "init", "--quiet", str(top)], world.folder)
    world.fast_import(top, stream.main_line(sealed, commits, share))
    world.run(["git", "repack", "-a", "-d", "--quiet"], top)
    world.run(["git", "reset", "--quiet", "--hard", "main"], top)
    shutil.copy(world.repository(100) / ".secrets" / "policy.yaml", top / ".secrets")
    return top


def review(world: World, commits: int) -> Command:
    """The review of that branch: with check, scan and verify, and no identity."""
    words = [GITSEAL, "review", "main..topic", "--format", "markdown"]
    return Command(lambda _: words, branch(world, commits))


def git_log_patch(world: World, commits: int, more: str = "") -> Command:
    """What Git itself takes to show that branch, and what `more` does."""
    words = "git log --patch --no-textconv --no-ext-diff main..topic -- .secrets" + more
    return Command(lambda _: ["sh", "-c", words], branch(world, commits))


def scan(world: World, commits: int) -> Command:
    """The scan of that many commits and one more, every 100th of which sets a value. No identity: none of these values opens."""
    return gitseal_alone(branch(world, commits, 100), "scan", "--history")


def git_log_raw(world: World, commits: int) -> Command:
    """Git's own list of what these commits brought, and the contents."""
    log = "git log --all --format= --raw --no-abbrev --no-renames -c"
    words = f"{log} | cut -d' ' -f4 | git cat-file --batch >/dev/null"
    return Command(lambda _: ["sh", "-c", words], branch(world, commits, 100))


def shown(world: World, commits: int, *words: str) -> Command:
    """A command of Git's that shows many versions of a sealed file, by the driver that `init` has set up."""
    return Command(lambda _: ["git", *words, "--", PRODUCTION], branch(world, commits))


def shown_bare(world: World, commits: int, *words: str) -> Command:
    """The same as the file stands there, and a bare Python for each time that Git starts the driver."""
    top, record = branch(world, commits), world.folder / "conversions"
    record.write_bytes(b"")
    counting = f'diff.gitseal.textconv=f() {{ echo >>"{record}"; cat "$1"; }}; f'
    world.run(["git", "-c", counting, *words, "--", PRODUCTION], top)
    count = record.read_bytes().count(b"\n")
    plain = f"git {words[0]} --no-textconv {' '.join(words[1:])} -- {PRODUCTION}"
    starts = f'n={count}; while [ $n -gt 0 ]; do "{PYTHON}" -c pass; n=$((n - 1)); done'
    return Command(lambda _: ["sh", "-c", f"{plain} && {starts}"], top)


def log_of(world: World, commits: int, share: int) -> Command:
    """Every event of that history."""
    return gitseal(history(world, commits, share), "log")


def git_log(world: World, commits: int, share: int) -> Command:
    """What that log cannot do without: Git's own walk."""
    words = ["git", "log", "--raw", "--no-renames", "--", ".secrets"]
    return Command(lambda _: words, history(world, commits, share))


@functools.cache
def trusting(world: World, commits: int, share: int) -> Path:
    """A copy of that history whose main branch is the trusted ref, made ready as a clone is in which somebody works."""
    top = world.folder / f"trusting-{commits}-{share}"
    shutil.copytree(history(world, commits, share), top, symlinks=True)
    world.run(["git", "config", "gitseal.trust", "refs/heads/main"], top)
    # One that was never armed is told so by every `set`, which asks Git nine times more.
    world.run([GITSEAL, "init"], top)
    return top


def set_over(world: World, commits: int, share: int, *, first: bool) -> Command:
    """Another value, in a clone that has not looked at that history yet, or that has."""
    top = trusting(world, commits, share)

    def forget() -> None:
        for path in (top / ".git" / "gitseal").iterdir():
            path.unlink()

    words = [GITSEAL, "set", "-e", "production", middle(100)]
    return Command(lambda run: [*words[:-1], f"{words[-1]}=run{run}"], top, forget if first else lambda: None)


def log_and_set(world: World, commits: int, share: int) -> Command:
    """Git's own walk, and then a `set` that need not look."""
    top, walk = trusting(world, commits, share), "git log --raw --no-renames -- .secrets >/dev/null"
    words = f"{walk} && {GITSEAL} set -e production {middle(100)}"
    return Command(lambda run: ["sh", "-c", f"{words}=walked{run}"], top)
