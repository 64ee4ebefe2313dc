"""Somebody leaves a team: every file sealed to those who stay, against sops; and what they knew, against Git's own walk."""

import functools
import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.environments import environments_of
from bench.histories import GIT_LOG, trusting
from bench.row import Row
from bench.timing import Command
from bench.world import GITSEAL, World, tool, values

FILES, NAMES, RECIPIENTS = 200, 50, 20
"""Whom it concerns: the one who runs it, eighteen who stay, one who leaves."""


def rows(w: World) -> Iterator[Row]:
    """A rekey of many files, and a report over a long history."""
    work = f"`rekey` of {FILES} files of {NAMES} values, {RECIPIENTS} recipients, one removed"
    ours = partial(rekey, w)
    # updatekeys changes no data key, so whoever leaves still opens what is sealed next; rotate seals all values again, as we do.
    yield Row(work, "`sops updatekeys` of each", None, 3, ours, partial(sops_updatekeys, w))
    yield Row(work, "`sops rotate --rm-age` of each", 0.5, 3, ours, partial(sops_rotate, w))
    work = "`offboard --report` over 20,000 commits, every {} setting one of 300 values"
    against = "`git log --patch` of every version of them"
    for every, share, budget in (("100th", 100, 1.0), ("20th", 20, 1.0)):
        ours, theirs = partial(report, w, 20_000, share), partial(git_versions, w, 20_000, share)
        yield Row(work.format(every), against, budget, 7, ours, theirs)
    # Without the contents, which a report has to read.
    theirs = partial(git_log, w, 20_000, 100)
    yield Row(work.format("100th"), f"{GIT_LOG}, over all refs", None, 7, partial(report, w, 20_000, 100), theirs)


@functools.cache
def people(world: World) -> dict[str, str]:
    """Everybody but the one who runs it, by name, each with a public key of their own."""
    names = [f"person{number:02}" for number in range(1, RECIPIENTS)]
    return {
        name: world.run([GITSEAL, "keygen", "-o", str(world.folder / f"{name}-of-many.txt")], world.folder).strip()
        for name in names
    }


@functools.cache
def before_rekey(world: World) -> Path:
    """A copy of a repository of many files that all opened, of whose policy the last one is gone."""
    top = world.folder / "before-rekey-of-many"
    shutil.copytree(environments_of(world, FILES, NAMES), top, symlinks=True)
    for name, key in people(world).items():
        world.run([GITSEAL, "recipient", "add", name, key, "--group", "team"], top)
    world.run([GITSEAL, "rekey", "--yes"], top)
    world.commit(top, "shared")
    world.run([GITSEAL, "recipient", "remove", list(people(world))[-1]], top)
    return top


def rekey(world: World) -> Command:
    """All files sealed anew to those who stay, each time in a fresh copy."""
    return _in_copy(before_rekey(world), world.folder / "rekey-of-many", GITSEAL, "rekey", "--yes")


def _in_copy(origin: Path, top: Path, *argv: str) -> Command:
    def prepare() -> None:
        shutil.rmtree(top, ignore_errors=True)
        shutil.copytree(origin, top, symlinks=True)

    return Command(lambda _: list(argv), top, prepare)


@functools.cache
def sealed_by_sops(world: World) -> Path:
    """As many files of as many values, sealed by sops to everybody; `.sops.yaml` names those who stay."""
    sops, top = tool("sops"), world.folder / "sops-of-many"
    top.mkdir()
    every = list(values(FILES * NAMES).values())
    keys = [world.recipient, *people(world).values()]
    for number in range(FILES):
        path = top / f"e{number}.yaml"
        part = zip(values(NAMES), every[number * NAMES :][:NAMES], strict=False)
        path.write_text("".join(f"{name}: {json.dumps(value)}\n" for name, value in part), encoding="utf-8")
        world.run([sops, "encrypt", "--in-place", "--age", ",".join(keys), path.name], top)
    rules = f"creation_rules:\n  - age: {','.join(keys[:-1])}\n"
    (top / ".sops.yaml").write_text(rules, encoding="utf-8")
    return top


def sops_updatekeys(world: World) -> Command:
    """The data keys wrapped for those who stay; values and data keys stay as they are."""
    words = f'for file in e*.yaml; do "{tool("sops")}" updatekeys --yes "$file" || exit; done'
    return _in_copy(sealed_by_sops(world), world.folder / "updatekeys-of-many", "sh", "-c", words)


def sops_rotate(world: World) -> Command:
    """New data keys for those who stay, and every value sealed again."""
    gone = list(people(world).values())[-1]
    words = f'for file in e*.yaml; do "{tool("sops")}" rotate --in-place --rm-age {gone} "$file" || exit; done'
    return _in_copy(sealed_by_sops(world), world.folder / "rotate-of-many", "sh", "-c", words)


def report(world: World, commits: int, share: int) -> Command:
    """All that the one person of that history ever could open. They open everything, so nothing is left out."""
    words = ["env", "-u", "GITSEAL_IDENTITY_FILE", "-u", "SOPS_AGE_KEY_FILE", GITSEAL, "offboard", "bench", "--report"]
    return Command(lambda _: words, trusting(world, commits, share))


def git_log(world: World, commits: int, share: int) -> Command:
    """Git's own walk over the same refs, without a version's contents."""
    words = ["git", "log", "--all", "--reflog", "--raw", "--no-renames", "--", ".secrets"]
    return Command(lambda _: words, trusting(world, commits, share))


def git_versions(world: World, commits: int, share: int) -> Command:
    """What a report over all refs cannot do without: Git's own walk, with the contents that each commit changed."""
    words = "git log --all --reflog --patch --no-textconv --no-ext-diff --no-renames -- .secrets >/dev/null"
    return Command(lambda _: ["sh", "-c", words], trusting(world, commits, share))
