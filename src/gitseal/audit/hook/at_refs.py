"""The commits that a push would bring somewhere new, looked at by the hooks pre-push and pre-receive."""

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
    """The plaintext that a push brings, and its changes that none of the allowed people signed."""

    scanned: Scanned
    unverified: list[Finding]


def at_push(repository: Repository, given: Sequence[str], updates: Sequence[Update], keyring: "Keyring") -> Scanned:
    """The commits that a push brings to a remote and that none of its branches has, as far as they were fetched.

    `given` is the remote's name and URL, `updates` are its refs. Raises Error for what cannot be looked at.
    """
    # A remote without a name is a URL, which no pattern of refs is.
    remote = given[0] if given and given[0] in repository.remotes() else ""
    known = [update.old for update in updates if not is_none(update.old) and repository.commit(update.old)]
    excluded = ("--not", f"--remotes={remote}") if remote else ()
    return _scan(repository, updates, known, excluded, keyring)


def at_receive(repository: Repository, updates: Sequence[Update]) -> Received:
    """The commits that a push brings into this repository and that no ref of it has yet.

    If a policy has a `change` list, their signatures are checked too. `updates` are this repository's refs. Raises Error for
    what cannot be looked at.
    """
    watch = _Watch(repository)
    scanned = _scan(repository, updates, [], ("--not", "--all"), None, watch.see)
    if repository.commit("HEAD") is None:
        return Received(scanned._replace(notes=(*scanned.notes, _NEW)) if watch.is_seen else scanned, [])
    if not (watch.is_seen or watch.is_merged() or _goes_back(repository, updates)):
        return Received(scanned, [])
    from gitseal.audit.verify.push import verify_push  # as much again as the hook loads without

    verdicts = verify_push(repository, updates, listed=True).findings
    said = {(finding.rule, finding.path, finding.commit) for finding in scanned.findings}
    errors = [
        finding
        for finding in verdicts
        if finding.severity == ERROR and (finding.rule, finding.path, finding.commit) not in said
    ]
    notes = tuple(f"{finding.as_text()}: {finding.hint}" for finding in verdicts if finding.severity != ERROR)
    return Received(scanned._replace(notes=(*scanned.notes, *notes)), errors)


class _Watch:
    """Notices commits that change what `verify` covers. Most change nothing of it, and cost nothing more."""

    def __init__(self, repository: Repository) -> None:
        self.is_seen = False
        self._repository = repository
        self._merges: dict[str, tuple[str, ...]] = {}

    def see(self, commit: IntroducingCommit) -> None:
        """Looks at one; what a merge has only taken over is left for `is_merged`."""
        paths = (file.path.decode("utf-8", "surrogateescape") for file in commit.brought)
        self.is_seen = self.is_seen or any(covered(path) for path in paths)
        if len(commit.parents) > 1:
            self._merges[commit.id] = commit.parents

    def is_merged(self) -> bool:
        """True if a merge differs in that from any of its parents: it may drop what one of them had."""
        from gitseal.git import ranges

        pairs = [(merge, parent) for merge, parents in self._merges.items() for parent in parents]
        differing = ranges.differences(self._repository, pairs) if pairs else ()
        return any(covered(change.path) for changes in differing for change in changes)


def _goes_back(repository: Repository, updates: Sequence[Update]) -> bool:
    """True if the default branch would lose commits: that takes no new one."""
    moved = [update for update in updates if not is_none(update.old)]
    if not moved:
        return False
    from gitseal.git import ranges

    default = (repository.git("symbolic-ref", "--quiet", "HEAD") or b"").decode("utf-8", "surrogateescape").rstrip("\n")
    return any(
        is_none(update.new) or not ranges.descends(repository, update.new, update.old)
        for update in moved
        if update.ref == default
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
        scanned = scan_commits(repository, ScanRange(revisions, tuple(excluded), commit), keyring, watch=watch)
        findings += [each for each in scanned.findings if each not in findings]
        notes += [each for each in scanned.notes if each not in notes]
        files += scanned.files
    return Scanned(findings, files, tuple(notes))
