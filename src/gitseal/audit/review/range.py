"""Which two states a review is about: a range as it was given, or the branch that is checked out with what is not committed."""

from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git import ranges
from gitseal.git.log import shallow_ends
from gitseal.git.repository import Repository
from gitseal.git.walked_range import WalkedRange
from gitseal.report.sentences import sentence

WORKING_TREE = "the working tree"
_DIGITS = 12
_USUAL = ("main", "master")


class ReviewOptions(NamedTuple):
    """The wishes for a review. `environments` are names or aliases, none for all; the rest can be left out for speed."""

    environments: tuple[str, ...] = ()
    verify: bool = True
    scan: bool = True
    show_values: bool = False


EVERYTHING = ReviewOptions()


class ReviewRange(NamedTuple):
    """Full commit ids. `base` is the older state; `trusted` is what was named as such, whose policy judges.

    They differ where `trusted` has moved on since the branch left it. With `is_working_tree` the newer state is what lies in
    the working tree, and `head` is the commit below it. `walked` are the commits of `trusted..head`.
    """

    base: str
    trusted: str
    head: str
    base_name: str
    head_name: str
    is_working_tree: bool
    walked: WalkedRange
    notes: tuple[str, ...] = ()


def find_range(repository: Repository, words: str) -> ReviewRange:
    """The range that words name: `BASE..HEAD`, `BASE...HEAD`, or `BASE`, whose other end is the working tree.

    Without words from the upstream, the remote's default branch, `main` or `master` to the working tree. Compared is always
    from where HEAD and BASE parted, for what BASE has got since is no change of HEAD's. Raises Error for what is no commit
    and for two that have none in common.
    """
    base, dots, head = ranges.parse_range(words)
    is_working_tree = not dots
    base_name = base or ("HEAD" if words else _default(repository))
    head_name = head or "HEAD"
    trusted, head_id = _commit(repository, base_name), _commit(repository, head_name)
    notes: tuple[str, ...] = ()
    parted = trusted
    if not ranges.descends(repository, head_id, trusted):
        parted = repository.merge_base(trusted, head_id)
        if head_id != parted:
            notes = (sentence("{} has moved on: compared is with where they parted, {}", base_name, parted[:_DIGITS]),)
    if shallow_ends(repository):
        notes = (*notes, sentence("this clone is shallow: what lies before its first commits was not looked at"))
    walked = WalkedRange(repository, (head_id, f"^{trusted}"))
    name = WORKING_TREE if is_working_tree else head_name
    return ReviewRange(parted, trusted, head_id, base_name, name, is_working_tree, walked, notes)


def _default(repository: Repository) -> str:
    """The branch that the checked-out one is meant to be merged into."""
    upstream = repository.git("rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}")
    if upstream is not None:
        return upstream.decode().rstrip("\n")
    remote = repository.git("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    candidates = ((remote.decode().rstrip("\n"),) if remote else ()) + _USUAL
    for name in candidates:
        if repository.commit(name) is not None:
            return name
    if repository.commit("HEAD") is None:
        raise Error("there is no commit yet to compare with", "commit first; check needs none: gitseal check")
    raise Error(
        "there is no upstream and no branch main or master to compare with", "give it: gitseal review BASE..HEAD"
    )


def _commit(repository: Repository, revision: str) -> str:
    hint, shallow_hint = "see them with: git log --oneline", "fetch it with: git fetch --unshallow"
    return ranges.named_commit(repository, revision, hint=hint, shallow_hint=shallow_hint)
