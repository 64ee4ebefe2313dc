"""`verify` of a push, before a server takes it (githooks(5), pre-receive)."""

from collections.abc import Sequence
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git import ranges
from gitseal.git.repository import Repository
from gitseal.usecases.verify import Verified, judge_range, verify


class Update(NamedTuple):
    """A ref before and after: full ids, all zeros where it is not there."""

    old: str
    new: str
    ref: str


def parse_updates(lines: bytes) -> list[Update]:
    """The updates that Git gives a pre-receive hook on standard input. Raises Error for anything else."""
    found = []
    for line in lines.decode("utf-8", "surrogateescape").splitlines():
        old, _, rest = line.partition(" ")
        new, _, ref = rest.partition(" ")
        if not ref or not _is_id(old) or not _is_id(new):
            raise Error("standard input is not what Git gives a pre-receive hook", "call it from that hook alone")
        found.append(Update(old, new, ref))
    return found


def verify_push(repository: Repository, updates: Sequence[Update]) -> Verified:
    """Judges what a push brings, each update by a policy that the server has already.

    * the default branch by its own old state, from which it has to go on;
    * any other ref by the default branch's state, and of it only the commits that no ref has yet: it may be new, be written
      anew, or have merged in what others brought;
    * a ref that goes away takes nothing with it that is judged here.

    Where there is no default branch yet nobody's signature can be asked for. Raises Error as `verify` does.
    """
    default = (repository.git("symbolic-ref", "--quiet", "HEAD") or b"").decode().rstrip("\n")
    found = [_update(repository, each, default) for each in updates if _is_something(each.new)]
    return Verified(
        sum(each.commits for each in found),
        sum(each.touching for each in found),
        sum(each.signed for each in found),
        sum(each.by_forge for each in found),
        sum(each.free for each in found),
        tuple(dict.fromkeys(finding for each in found for finding in each.findings)),
    )


def _update(repository: Repository, update: Update, default: str) -> Verified:
    new = repository.commit(update.new)
    if new is None:  # a tag of a file
        return Verified(0, 0, 0, 0, 0, ())
    if update.ref == default and _is_something(update.old):
        return verify(repository, update.old, new)
    base = repository.commit("HEAD") or ""
    return judge_range(repository, base, ranges.commits(repository, [new], ["--all"]))


def _is_id(word: str) -> bool:
    return len(word) in {40, 64} and not set(word) - set("0123456789abcdef")


def _is_something(object_id: str) -> bool:
    return bool(object_id.strip("0"))
