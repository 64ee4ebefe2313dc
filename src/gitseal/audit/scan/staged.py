"""The plaintext that a commit would bring: `hook run pre-commit`, and `scan` without a range."""

from collections.abc import Sequence

from gitseal.audit.scan import policy as guards
from gitseal.audit.scan import texts
from gitseal.audit.scan.scan_blobs import Scanned, check_sealed, scan_blobs
from gitseal.audit.scan.team import find_team
from gitseal.git.repository import Repository
from gitseal.git.staged import FileVersion, staged, tracked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.identities import Keyring
    from gitseal.scan.team import TeamSearch


def scan_staged(repository: Repository, keyring: "Keyring | None", merged: Sequence[str] = ()) -> Scanned:
    """The findings in what the index has and HEAD does not: none of it may be committed.

    `keyring` None: the team's own values are not looked for. `merged` are the commits that are being merged, by their ids:
    what a remote has of them already is published, and nothing here would change that. Raises Error for what cannot be
    looked at.
    """
    brought = staged(repository)
    for commit in merged:
        if brought and repository.is_published(commit):
            theirs = set(staged(repository, commit))
            brought = [version for version in brought if version in theirs]
    return _scan(repository, brought, keyring)


def scan_tracked(repository: Repository, keyring: "Keyring | None", paths: Sequence[bytes] = ()) -> Scanned:
    """The same of every file of the index, or of those at `paths` and below them."""
    files = tracked(repository)
    if paths:
        files = [file for file in files if any(_within(file.path, path) for path in paths)]
    return _scan(repository, files, keyring)


def _scan(repository: Repository, brought: list[FileVersion], keyring: "Keyring | None") -> Scanned:
    if not brought:
        return Scanned([], 0)
    guard = guards.of_index(repository)
    team: TeamSearch | None = None
    notes: tuple[str, ...] = ()
    if keyring is not None:
        team, notes = find_team(guard, keyring)
    findings = guard.broken()
    of_names = texts.in_file_names([version.path for version in brought], team)
    for version, of_blob in zip(brought, scan_blobs(repository, brought, guard, team), strict=True):
        named = of_names.pop(version.path, [])
        findings += [*named, *(texts.without_name(of_blob, named) if named else of_blob)]
    sealed = [finding for finding in check_sealed(guard.projects.items(), brought) if finding not in findings]
    return Scanned(findings + sealed, len(brought), notes)


def _within(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/") or folder in {b"", b"."}
