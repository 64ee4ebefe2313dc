"""Plaintext in what is committed: the files of one commit, or of one to be, checked by the rules of a state.

`scan_staged` and `scan_commits` say which files and which state; here both are put together.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from gitseal.audit.scan.policy import ScanPolicy
from gitseal.errors import Error
from gitseal.git.object_types import SUBMODULE
from gitseal.git.repository import Repository
from gitseal.git.staged import FileVersion
from gitseal.project.project import FOLDER, Project
from gitseal.report.findings import Finding
from gitseal.scan.scan_blob import scan_blob

TYPE_CHECKING = False
if TYPE_CHECKING:  # loads what opens values
    from gitseal.audit.scan.unseen import UnseenFiles
    from gitseal.scan.team import TeamSearch

_ATTRIBUTES = b".gitattributes"
_POLICY = "policy.yaml"
_SEALED = f"{FOLDER}/".encode()


def scan_blobs(
    repository: Repository,
    brought: Sequence[FileVersion],
    guard: ScanPolicy,
    team: "TeamSearch | None",
    unseen: "UnseenFiles | None" = None,
) -> list[list[Finding]]:
    """The findings in the blobs themselves, for each of those brought; a submodule's commit holds nothing here.

    `unseen` is told what cannot be looked into. Raises Error if Git does not show one: what nobody sees is not let through.
    """
    files = [version for version in brought if version.mode != SUBMODULE]
    findings: dict[FileVersion, list[Finding]] = {}
    if unseen is not None:
        unseen.note_submodules(brought)
    for file, blob in zip(files, repository.objects.stream(file.object_id for file in files), strict=True):
        if blob.kind != "blob":
            name = file.path.decode("utf-8", "replace")
            raise Error(f'Git has lost the content of "{name}"', "see what is missing with: git fsck")
        content = unseen.passing(file, blob.chunks) if unseen is not None else blob.chunks
        chunks, digest = _hashed(content) if guard.may_allow(file.path) else (content, None)
        seen = scan_blob(file.path, file.mode, chunks, guard.rules(file.path), team)
        findings[file] = [] if seen and digest is not None and guard.allows(file.path, digest()) else seen
    return [findings.get(version, []) for version in brought]


def _hashed(chunks: Iterator[bytes]) -> tuple[Iterator[bytes], Callable[[], str]]:
    """The same chunks, and the SHA-256 of all of them, whether or not they were all taken."""
    import hashlib  # 3 ms, for a file that somebody allowed once

    digest = hashlib.sha256()

    def passed() -> Iterator[bytes]:
        for chunk in chunks:
            digest.update(chunk)
            yield chunk

    through = passed()

    def whole() -> str:
        for _ in through:
            pass
        return digest.hexdigest()

    return through, whole


def check_sealed(projects: Iterable[tuple[bytes, Project]], brought: Sequence[FileVersion]) -> Iterator[Finding]:
    """The blocking findings in our own files: in those that are brought, and in those that a brought policy is about."""
    paths = [version.path for version in brought]
    # Rules of Git may stand above and below the sealed files' own folder.
    attributes = any(path.rpartition(b"/")[2] == _ATTRIBUTES for path in paths)
    for root, project in projects:
        own = [path.removeprefix(root + _SEALED) for path in paths if path.startswith(root + _SEALED)]
        if own or attributes:
            from gitseal.audit.check.check import blocking, check

            whole = attributes or any(not name.endswith(b".yaml") or name == _POLICY.encode() for name in own)
            names = () if whole else _environments(project, own)
            yield from blocking(check(project, names))


def _environments(project: Project, own: Iterable[bytes]) -> tuple[str, ...]:
    stems = {name.decode("utf-8", "replace").removesuffix(".yaml") for name in own}
    try:
        there = project.environments
    except Error:
        return ()  # two files that differ in case: the whole check says so
    # A local file, the manifest: no environment, and what concerns the whole folder.
    return tuple(sorted(stems)) if stems <= set(there) else ()
