"""`hook allow`: a finding that a person looked at and lets pass, written down with its content and the reason."""

import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from gitseal.audit.scan import policy as guards
from gitseal.audit.scan.team import find_team
from gitseal.errors import Error, Malformed, shell_quoted
from gitseal.files import atomic
from gitseal.files.reading import read_regular
from gitseal.git import index
from gitseal.git.object_types import SUBMODULE
from gitseal.git.repository import Repository, find_top
from gitseal.git.staged import FileVersion
from gitseal.identities import Keyring
from gitseal.policy import allow as allowances
from gitseal.policy.allow import Allowed
from gitseal.project.finding import find
from gitseal.project.project import Project
from gitseal.report.findings import Finding
from gitseal.report.hints import pathspec
from gitseal.scan.scan_blob import scan_blob
from gitseal.sealing.writing import writing


class AllowedFile(NamedTuple):
    """The allowed content, the file that lists it now, and if it was listed before."""

    findings: tuple[Finding, ...]
    file: str
    is_new: bool


def allow(start: Path, given: str, keyring: Keyring, reason: str) -> AllowedFile:
    """Lets pass what the index has at a path, given relative to `start`, and nothing else: other content is looked at again.

    The working tree's file is not looked at. The entry goes into the nearest `.secrets` around the path; it takes effect when
    it is staged. Raises Error if the path is not in the index, if nothing is found in it, and for a blank reason.
    """
    top = find_top(start)
    if top is None:
        raise Error(f'"{start}" is in no Git repository', "go to one, or name its folder with -C")
    path = os.path.normpath(start / given)
    if not Path(path).is_relative_to(top):
        raise Error(f'"{given}" is outside of the repository', f"give a file below {top}")
    repository = Repository(top)
    staged = _staged(repository, os.fsencode(Path(path).relative_to(top)))
    findings, digest = _look(repository, staged, keyring)
    if not findings:
        raise Error(
            f'nothing is found in what is staged of "{given}", so there is nothing to allow',
            "see what the hook finds: gitseal scan --staged; what it finds in sealed files is mended, not allowed",
        )
    project = _project_of(Path(path), top)
    entry = Allowed(os.fsencode(Path(path).relative_to(project.root)), digest, reason)
    is_new = _write(project, entry)
    return AllowedFile(tuple(findings), project.relative(project.folder / allowances.FILE), is_new)


def _staged(repository: Repository, path: bytes) -> FileVersion:
    entries = index.entries_at(repository, os.fsdecode(path))
    name = path.decode("utf-8", "replace")
    for entry in entries:
        if entry.path == path and entry.stage == index.MERGED and entry.mode != SUBMODULE:
            return FileVersion(entry.mode, entry.object_id, path)
    if any(entry.path == path for entry in entries):
        raise Error(f'"{name}" is in conflict or a submodule', "resolve it, and stage it")
    if entries:
        raise Error(f'"{name}" is a folder', "allow its files one by one: each is looked at by itself")
    raise Error(
        f'"{name}" is not in the index', f"stage what is to be allowed: git add -- {shell_quoted(pathspec(name))}"
    )


def _look(repository: Repository, staged: FileVersion, keyring: Keyring) -> tuple[list[Finding], str]:
    """The hook's findings in the blob, allowed or not, and the blob's SHA-256."""
    guard = guards.of_index(repository)
    team = find_team(guard, keyring).search
    digest = sha256()

    def hashed(chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            digest.update(chunk)
            yield chunk

    findings: list[Finding] = []
    for blob in repository.objects.stream([staged.object_id]):
        if blob.kind != "blob":
            raise Error(f"Git has lost {staged.object_id}", "see what is missing with: git fsck")
        findings = scan_blob(staged.path, staged.mode, hashed(blob.chunks), guard.rules(staged.path), team)
    return findings, digest.hexdigest()


def _project_of(path: Path, top: Path) -> Project:
    """The project whose `.secrets` is the nearest above a path that the working tree need not have."""
    folder = next(parent for parent in path.parents if parent == top or parent.is_dir())
    return find(folder)


def _write(project: Project, entry: Allowed) -> bool:
    file = project.folder / allowances.FILE
    with writing(project):
        try:
            before = read_regular(file)
        except FileNotFoundError:
            before = b""
        try:
            after = allowances.add(before, entry)
        except Malformed as error:
            place = f"{project.relative(file)}:{error.line}"
            raise Malformed(error.reason, error.line, error.hint, place=place) from None
        if after != before:
            atomic.write(file, after)
    return after != before
