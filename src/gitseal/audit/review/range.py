"""Which two states a review is about: a range as it was given, or the branch that is checked out with what is not committed."""

from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git import ranges, refs
from gitseal.git.log import shallow_ends
from gitseal.git.repository import Repository
from gitseal.git.walked_range import WalkedRange
from gitseal.report.sentences import sentence

WORKING_TREE = "the working tree"
_DIGITS = 12
_USUAL = ("main", "master")


class ReviewOptions(NamedTuple):
    """The wishes for a review. `environments` are names or aliases, none for all; the rest can be left out for speed.

    `branch` is the full name of the branch that the change is meant for; without it, what the base names.
    """

    environments: tuple[str, ...] = ()
    verify: bool = True
    scan: bool = True
    show_values: bool = False
    branch: str = ""


EVERYTHING = ReviewOptions()


class ReviewRange(NamedTuple):
    """Full commit ids. `base` is the older state; `trusted` is what was named as such, whose policy judges.

    They differ if `trusted` has moved on since the branch left it. With `is_working_tree` the newer state is what lies in
    the working tree, and `head` is the commit below it. `walked` are the commits of `trusted..head`. `meant` is the full name of
    the ref that is `trusted`, or else its id: what a person gives to `git merge`.
    """

    base: str
    trusted: str
    head: str
    base_name: str
    head_name: str
    is_working_tree: bool
    walked: WalkedRange
    notes: tuple[str, ...] = ()
    meant: str = ""


def find_range(repository: Repository, words: str) -> ReviewRange:
    """The range that words name: `BASE..HEAD`, `BASE...HEAD`, or `BASE`, whose other end is the working tree.

    Without words from the upstream, the remote's default branch, `main` or `master` to the working tree; a branch's own
    copy on the remote comes last. Compared is always from where HEAD and BASE parted, for what BASE has got since is no change
    of HEAD's. Raises Error for what is no commit and for two that have none in common.
    """
    base, dots, head = ranges.parse_range(words)
    is_working_tree = not dots
    if is_working_tree and not (repository.top / ".git").exists():
        hint = "name two commits and two dots between them; for the newest commit: gitseal review HEAD^..HEAD"
        raise Error("a bare repository has no working tree to review", hint)
    meant = base or ("HEAD" if words else _default(repository))
    base_name, head_name = meant.removeprefix("refs/remotes/").removeprefix("refs/heads/"), head or "HEAD"
    refs.look_up(repository, meant, head_name)
    trusted, head_id = ranges.named_commit(repository, meant), ranges.named_commit(repository, head_name)
    notes: tuple[str, ...] = ()
    parted = trusted
    walked = WalkedRange(repository, (head_id, f"^{trusted}"))
    if head_id != trusted and not walked.begins_at(trusted):
        parted = repository.merge_base(trusted, head_id)
        if head_id != parted:
            notes = (sentence("{} has moved on: compared is with where they parted, {}", base_name, parted[:_DIGITS]),)
    if shallow_ends(repository):
        notes = (*notes, sentence("this clone is shallow: what lies before its first commits was not looked at"))
    name = WORKING_TREE if is_working_tree else head_name
    return ReviewRange(
        parted, trusted, head_id, base_name, name, is_working_tree, walked, notes, _full(repository, meant, trusted)
    )


def _full(repository: Repository, meant: str, commit: str) -> str:
    name = refs.full_name(repository, meant)
    return name if name.startswith("refs/") else commit


def _default(repository: Repository) -> str:
    """What the branch that is checked out is meant for, by its full name."""
    # What was published comes first: compared with itself, a branch never has a commit to show.
    usual = [f"{place}{name}" for place in (f"{refs.REMOTES}origin/", "refs/heads/") for name in _USUAL]
    upstream, default = refs.upstream(repository), refs.remote_default(repository)
    candidates = [upstream, default, *usual]
    if upstream != default and _is_own_copy(repository, upstream):
        candidates = [default, *usual, upstream]
    present = refs.exact(repository, candidates)  # a branch may track one that is gone
    for name in candidates:
        if name in present:
            return name
    if repository.commit("HEAD") is None:
        raise Error("there is no commit yet to compare with", "commit first; check needs none: gitseal check")
    raise Error(
        "there is no upstream and no branch main or master to compare with",
        "name one; for the newest commit: gitseal review HEAD^..HEAD",
    )


def _is_own_copy(repository: Repository, upstream: str) -> bool:
    """True if the upstream is where `git push --set-upstream` put the branch: it has all that was pushed, and is no base."""
    branch = refs.head(repository).name.removeprefix("refs/heads/")
    is_remote = upstream.startswith(refs.REMOTES)
    return is_remote and branch not in _USUAL and upstream.removeprefix(refs.REMOTES).partition("/")[2] == branch
