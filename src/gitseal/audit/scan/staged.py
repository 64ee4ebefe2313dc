"""The plaintext that a commit would bring: `hook run pre-commit`, and `scan` without a range."""

from collections.abc import Sequence

from gitseal.audit.scan import policy as guards
from gitseal.audit.scan import texts
from gitseal.audit.scan.scan_blobs import check_sealed, scan_blobs
from gitseal.audit.scan.scanned import Scanned
from gitseal.audit.scan.team import FoundTeam, find_team
from gitseal.errors import Error
from gitseal.git import trees
from gitseal.git.repository import Repository
from gitseal.git.staged import FileVersion, staged, tracked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gitseal.audit.scan.policy import ScanPolicy
    from gitseal.audit.scan.unseen import UnseenFiles
    from gitseal.identities import Keyring


def scan_staged(
    repository: Repository,
    keyring: "Keyring | None",
    merged: Sequence[str] = (),
    unseen: "UnseenFiles | None" = None,
) -> Scanned:
    """The findings in what the index has and HEAD does not: none of it may be committed.

    `keyring` None: the team's own values are not looked for. `merged` are the commits that are being merged, by their ids:
    what a remote has of them already is published, and nothing here would change that. `unseen` is told what cannot be looked
    into. Raises Error for what cannot be looked at.
    """
    brought = staged(repository)
    for commit in merged:
        if brought and repository.is_published(commit):
            theirs = set(staged(repository, commit))
            brought = [version for version in brought if version in theirs]
    return scan_files(repository, brought, keyring, unseen=unseen)


def scan_tracked(repository: Repository, keyring: "Keyring | None") -> Scanned:
    """The same of every file of the index."""
    return scan_files(repository, tracked(repository), keyring)


def committed_files(repository: Repository) -> "tuple[list[FileVersion], Callable[[Repository], ScanPolicy]]":
    """The files of HEAD and their state, for `scan_files`: all that a bare repository has. Raises Error if HEAD is unborn."""
    head = repository.commit("HEAD")
    if head is None:
        raise Error("this repository has no commit yet that HEAD leads to", "see its branches with: git branch --all")
    files = [FileVersion(entry.mode, entry.object_id, path) for path, entry in trees.files(repository, head).items()]
    return files, lambda repository: guards.of_commit(repository, head)


def scan_files(
    repository: Repository,
    brought: Sequence[FileVersion],
    keyring: "Keyring | None",
    state: "Callable[[Repository], ScanPolicy]" = guards.of_index,
    unseen: "UnseenFiles | None" = None,
) -> Scanned:
    """The same of some files, by the rules of the state that they are of."""
    if not brought:
        return Scanned([], 0)
    guard = state(repository)
    team = find_team(guard, keyring) if keyring is not None else FoundTeam(None)
    findings = guard.broken()
    of_names = texts.in_file_names([version.path for version in brought], team.search)
    of_blobs = scan_blobs(repository, brought, guard, team.search, unseen)
    for version, of_blob in zip(brought, of_blobs, strict=True):
        named = of_names.pop(version.path, [])
        findings += [*named, *(texts.without_name(of_blob, named) if named else of_blob)]
    sealed = [finding for finding in check_sealed(guard.projects.items(), brought) if finding not in findings]
    notes = unseen.findings(team) if unseen is not None else ()
    return Scanned(findings + sealed, len(brought), team.notes, notes)
