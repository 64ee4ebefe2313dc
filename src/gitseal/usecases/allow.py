"""`hook allow`: a finding that a person looked at passes from now on, for this content of this path."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.files.lock import locked
from gitseal.files.reading import read_regular
from gitseal.git import blobs
from gitseal.git.repository import Repository
from gitseal.git.staged import Brought, tracked
from gitseal.policy import allow
from gitseal.project.project import Project
from gitseal.report.findings import Finding
from gitseal.usecases import guard as guards
from gitseal.usecases.scanning import look_at


class Allowed(NamedTuple):
    """What was allowed, and the list that says so now, as Git names it."""

    findings: tuple[Finding, ...]
    file: str


def allow_staged(project: Project, file: Path, reason: str) -> Allowed:
    """Allows what the hook finds in the staged content of `file`, with a reason for those who review it.

    Raises Error for a file that is not staged, for one without a finding, and where the list does not hold together.
    """
    repository = project.git()
    path, staged = _staged(repository, file)
    if not reason.strip():
        raise Error("an allowance says why", f'give it: gitseal hook allow {file} --reason "..."')
    # The team's own values are not looked for here: no reason makes one of them right, and what allows a file allows all.
    (found,) = look_at(repository, [staged], guards.of_index(repository), None)
    if not found:
        raise Error(f'the hook finds nothing in the staged "{path}"', "see what it finds with: gitseal scan --staged")
    within = os.path.relpath(repository.top / path, project.root)
    if within.startswith(".."):
        raise Error(f'"{path}" lies outside "{project.root}"', "go to the folder that holds both, and do it there")
    target = project.folder / allow.FILE
    with locked(project.folder):
        before = read_regular(target) if target.exists() else b""
        atomic.write(target, allow.add(before, allow.Allowed(os.fsencode(within), _sha256(repository, staged), reason)))
    return Allowed(tuple(found), project.relative(target))


def _staged(repository: Repository, file: Path) -> tuple[str, Brought]:
    """The path below the top, and the index's entry for it."""
    path = os.path.relpath(os.path.normpath(file), repository.top)
    for each in tracked(repository):
        if each.path == os.fsencode(path):
            return path, each
    raise Error(f'"{path}" is not staged', f"stage what is to be allowed: git add -f {path}")


def _sha256(repository: Repository, staged: Brought) -> str:
    digest = hashlib.sha256()
    for blob in blobs.stream(repository, [staged.object_id]):
        for chunk in blob.chunks:
            digest.update(chunk)
    return digest.hexdigest()
