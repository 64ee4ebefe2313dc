"""The look of the hooks pre-commit and pre-merge-commit at a commit to be."""

from collections.abc import Mapping

from gitseal.audit.scan.scanned import Scanned
from gitseal.audit.scan.staged import scan_staged, scan_tracked
from gitseal.git.repository import Repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.identities import Keyring

# `git merge` sets GITHEAD_<id> to a branch's name for each commit that it merges (Git's builtin/merge.c).
_MERGED = "GITHEAD_"


def at_commit(repository: Repository, keyring: "Keyring", environ: Mapping[str, str]) -> Scanned:
    """Scans what a commit would bring; under the pre-commit framework, the files that it was asked to look at.

    The framework hands us no names, for one rule may need two files. Given `--from-ref` and `--to-ref` it says so in
    variables; started by hand, with `--all-files` or `--files`, it does not, and every file of the index is looked at.
    """
    start, end = environ.get("PRE_COMMIT_FROM_REF", ""), environ.get("PRE_COMMIT_TO_REF", "")
    if start and end:
        from gitseal.audit.scan.commits import between, scan_commits

        return scan_commits(repository, between(repository, f"{start}..{end}"), keyring)
    # Git names the index to the hooks that it starts.
    if environ.get("PRE_COMMIT") and "GIT_INDEX_FILE" not in environ:
        return scan_tracked(repository, keyring)
    return scan_staged(repository, keyring, _merged(repository, environ))


def _merged(repository: Repository, environ: Mapping[str, str]) -> list[str]:
    """The commits that are being merged: MERGE_HEAD if a merge stopped, else what `git merge` names to its hooks."""
    named = [name.removeprefix(_MERGED) for name in environ if name.startswith(_MERGED)]
    stopped = repository.commit("MERGE_HEAD") if repository.is_merging() else None
    return [stopped] if stopped else [commit for commit in named if repository.commit(commit)]
