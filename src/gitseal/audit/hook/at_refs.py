"""What the hooks pre-push and pre-receive look at: the commits that would get somewhere new."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitseal.audit.scan.commits import ScanRange, scan_commits
from gitseal.audit.scan.scan_blobs import Scanned
from gitseal.audit.verify.touched import covered
from gitseal.git.introduced import IntroducingCommit
from gitseal.git.repository import Repository
from gitseal.git.updates import Update, is_none
from gitseal.report.findings import ERROR, Finding

if TYPE_CHECKING:
    from gitseal.identities import Keyring

_NEW = "there is no default branch yet, so nobody's signature could be asked for: look at what was pushed as a whole"


class Received(NamedTuple):
    """What a push brings in plaintext, and the changes that the policy lets nobody make who signed them."""

    scanned: Scanned
    unverified: list[Finding]


def at_push(repository: Repository, given: Sequence[str], updates: Sequence[Update], keyring: "Keyring") -> Scanned:
    """The commits that a push brings to a remote and that none of its branches has, as far as they were fetched.

    `given` is the remote's name and URL, `updates` are its refs. Raises Error for what cannot be looked at.
    """
    # A remote without a name is a URL, which no pattern of refs is.
    remote = given[0] if given and given[0] in repository.remotes() else ""
    known = [each.old for each in updates if not is_none(each.old) and repository.commit(each.old)]
    excluded = ("--not", f"--remotes={remote}") if remote else ()
    return _scan(repository, updates, known, excluded, keyring)


def at_receive(repository: Repository, updates: Sequence[Update]) -> Received:
    """The commits that a push brings into this repository and that no ref of it has yet.

    Who made them is asked too, where a policy has a `change` list. `updates` are this repository's refs. Raises Error for
    what cannot be looked at.
    """
    watch = _Watch(repository)
    scanned = _scan(repository, updates, [], ("--not", "--all"), None, watch.see)
    if repository.commit("HEAD") is None:
        return Received(scanned._replace(notes=(*scanned.notes, _NEW)) if watch.is_seen else scanned, [])
    if not (watch.is_seen or watch.is_merged() or _goes_back(repository, updates)):
        return Received(scanned, [])
    from gitseal.audit.verify.push import verify_push  # as much again as the hook loads without

    found = verify_push(repository, updates, listed=True).findings
    said = {(each.rule, each.path, each.commit) for each in scanned.findings}
    errors = [each for each in found if each.severity == ERROR and (each.rule, each.path, each.commit) not in said]
    notes = tuple(f"{each.as_text()}: {each.hint}" for each in found if each.severity != ERROR)
    return Received(scanned._replace(notes=(*scanned.notes, *notes)), errors)


class _Watch:
    """Whether commits that pass by change what `verify` covers: most change nothing of it, and cost nothing more."""

    def __init__(self, repository: Repository) -> None:
        self.is_seen = False
        self._repository = repository
        self._merges: dict[str, tuple[str, ...]] = {}

    def see(self, commit: IntroducingCommit) -> None:
        """Looks at one; what a merge has only taken over is left for `is_merged`."""
        paths = (each.path.decode("utf-8", "surrogateescape") for each in commit.brought)
        self.is_seen = self.is_seen or any(covered(path) for path in paths)
        if len(commit.parents) > 1:
            self._merges[commit.id] = commit.parents

    def is_merged(self) -> bool:
        """Whether a merge differs in that from any of its parents: it may drop what one of them had."""
        from gitseal.git import ranges

        pairs = [(merge, parent) for merge, parents in self._merges.items() for parent in parents]
        found = ranges.differences(self._repository, pairs) if pairs else ()
        return any(covered(each.path) for changes in found for each in changes)


def _goes_back(repository: Repository, updates: Sequence[Update]) -> bool:
    """Whether the default branch would lose commits: no new one has to come for that."""
    moved = [each for each in updates if not is_none(each.old)]
    if not moved:
        return False
    from gitseal.git import ranges

    default = (repository.git("symbolic-ref", "--quiet", "HEAD") or b"").decode("utf-8", "surrogateescape").rstrip("\n")
    return any(
        is_none(each.new) or not ranges.descends(repository, each.new, each.old)
        for each in moved
        if each.ref == default
    )


def _scan(
    repository: Repository,
    updates: Sequence[Update],
    known: Sequence[str],
    excluded: Sequence[str],
    keyring: "Keyring | None",
    watch: Callable[[IntroducingCommit], None] | None = None,
) -> Scanned:
    findings, notes, files = [], [], 0
    for head in dict.fromkeys(each.new for each in updates if not is_none(each.new)):
        commit = repository.commit(head)
        if commit is None:
            continue  # a tag of something else than a commit
        revisions = (commit, *(f"^{each}" for each in known))
        found = scan_commits(repository, ScanRange(revisions, tuple(excluded), commit), keyring, watch=watch)
        findings += [each for each in found.findings if each not in findings]
        notes += [each for each in found.notes if each not in notes]
        files += found.files
    return Scanned(findings, files, tuple(notes))
