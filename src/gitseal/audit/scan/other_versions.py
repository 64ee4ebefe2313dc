"""Sealed values that the index does not have: those that were set and not staged yet, and those that the commit replaces.

Both are secrets while the commit is made. A value of HEAD is in force until what replaces it is deployed.
"""

import os
from collections.abc import Iterator, Sequence

from gitseal.audit.scan.policy import ScanPolicy, SealedFile
from gitseal.errors import Error
from gitseal.files.reading import read_regular
from gitseal.git.staged import FileVersion
from gitseal.policy.names import is_environment_name
from gitseal.project.project import FOLDER
from gitseal.scan.team_filter import FileKey

_SUFFIX = ".yaml"
_SHA1_DIGITS = 40
_IN_FOLDER = f"{FOLDER}/".encode()


def other_versions(guard: ScanPolicy, brought: Sequence[FileVersion]) -> list[SealedFile]:
    """The versions of sealed files in the working tree and in HEAD that are not those of the index.

    `brought` is what the index has otherwise than HEAD. What cannot be read is left out.
    """
    known = {file.key for file in guard.sealed_files()}
    beside = (*_in_working_tree(guard), *_in_head(guard, brought))
    return list({file.key: file for file in beside if file.key not in known}.values())


def _in_working_tree(guard: ScanPolicy) -> Iterator[SealedFile]:
    digits = len(next((place.object_id for place in guard.places.values()), "")) or _SHA1_DIGITS
    for project in guard.projects.values():
        folder = os.path.dirname(project.policy_file)
        try:
            names = sorted(os.listdir(folder))
        except OSError:  # not checked out here
            continue
        for name in names:
            environment = name.removesuffix(_SUFFIX)
            if name == environment or not is_environment_name(environment):
                continue
            try:
                content = read_regular(os.path.join(folder, name))
            except (Error, OSError):
                continue
            yield SealedFile(project, environment, FileKey(environment, _blob_id(content, digits)), content)


def _in_head(guard: ScanPolicy, brought: Sequence[FileVersion]) -> Iterator[SealedFile]:
    roots = {root + _IN_FOLDER: project for root, project in guard.projects.items()}
    changed = [file.path for file in brought if file.path.rpartition(b"/")[0] + b"/" in roots]
    head = guard.repository.commit("HEAD") if changed else None
    for path in changed:
        folder, _, name = path.rpartition(b"/")
        environment = os.fsdecode(name).removesuffix(_SUFFIX)
        if head is None or not is_environment_name(environment):
            continue
        entry = guard.repository.objects.entry(head, os.fsdecode(path))
        if entry is not None and entry.is_file:
            (content,) = guard.repository.blobs([entry.object_id])
            yield SealedFile(roots[folder + b"/"], environment, FileKey(environment, entry.object_id), content)


def _blob_id(content: bytes, digits: int) -> str:
    """The id that Git gives to these bytes: a file that differs from the index in nothing has that of the index."""
    header = b"blob %d\0" % len(content)
    if digits != _SHA1_DIGITS:
        from gitseal.crypto.digest import sha256_hex

        return sha256_hex(header + content)
    try:
        from _sha1 import sha1  # type: ignore[import-not-found]  # hashlib would load OpenSSL
    except ImportError:
        from hashlib import sha1  # a Python that was built without hashes of its own
    digest: str = sha1(header + content, usedforsecurity=False).hexdigest()
    return digest
