"""A branch whose commits are signed by SSH, by who may change production; and what looks at its signatures."""

import functools
import shutil
from pathlib import Path

from bench.branches import branch
from bench.timing import Command
from bench.world import GITSEAL, World

_CHANGE = "    change: [team]\npolicy: {change: [team]}\nmanifest: {change: [team]}\n"


@functools.cache
def signed_branch(world: World, commits: int) -> Path:
    """The branch of that many commits, each of which sets a value, signed anew on a main that asks for it."""
    top, key = world.folder / f"signed-{commits}", world.folder / "signing"
    shutil.copytree(branch(world, commits), top, symlinks=True)
    world.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", str(key)], world.folder)
    public = key.with_suffix(".pub").read_text("utf-8").strip()
    policy = top / ".secrets" / "policy.yaml"
    signs = f'  bench:\n    email: bench@example.com\n    signing: ["{public}"]\n'
    policy.write_text(policy.read_text("utf-8").replace("  bench:\n", signs, 1).rstrip("\n") + "\n" + _CHANGE, "utf-8")
    for name, value in {
        "gpg.format": "ssh",
        "user.signingKey": str(key),
        "gpg.ssh.allowedSignersFile": str(world.folder / "allowed"),
        "core.hooksPath": "/dev/null",
    }.items():
        world.run(["git", "config", name, value], top)
    (world.folder / "allowed").write_text(f"bench@example.com {public}\n", "utf-8")
    world.run(["git", "commit", "--quiet", "--all", "--gpg-sign", "--message", "lists"], top)
    world.run(["git", "rebase", "--quiet", "--force-rebase", "--gpg-sign", "main", "topic"], top)
    world.run(["git", "checkout", "--quiet", "main"], top)
    return top


def verify(world: World, commits: int) -> Command:
    """`verify` of that branch."""
    return Command(lambda _: [GITSEAL, "verify", "main..topic"], signed_branch(world, commits))


def git_verdicts(world: World, commits: int) -> Command:
    """Git's own word on each signature, which starts ssh-keygen twice for each."""
    return Command(lambda _: ["git", "log", "--format=%H %G?", "main..topic"], signed_branch(world, commits))


def review(world: World, commits: int) -> Command:
    """The review of that branch."""
    words = [GITSEAL, "review", "main..topic", "--format", "markdown"]
    return Command(lambda _: words, signed_branch(world, commits))
