"""The sealed values that the scanned state does not have itself: those of the working tree, of HEAD and of the trusted ref.

All of them are secrets. One may be set and not staged yet, one is in force until the commit that replaces it is deployed, and a
branch of pages has no `.secrets` of its own and must not have the team's values all the same.
"""

import os
from collections.abc import Iterator

from gitseal.audit.scan.policy import ScanPolicy, SealedFile
from gitseal.errors import Error
from gitseal.files.reading import read_regular
from gitseal.git import ranges, trees, trusted_ref
from gitseal.git.index_file import IndexFile
from gitseal.git.repository import is_bare_folder
from gitseal.policy.names import is_environment_name
from gitseal.project.project import FOLDER, Project
from gitseal.project.roots import roots_of
from gitseal.scan.team_filter import FileKey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

_SUFFIX = ".yaml"
_SHA1_DIGITS = 40
_TOP = b""


def may_have_secrets(guard: ScanPolicy) -> bool:
    """False if nothing shows that the repository ever had a `.secrets`: a person may have hooks for all of their repositories."""
    if guard.projects or os.path.isdir(os.path.join(guard.repository.folder, FOLDER)):
        return True
    return is_bare_folder(guard.repository.folder) or os.path.isdir(
        os.path.join(guard.repository.common_folder(), "gitseal")
    )


def other_versions(guard: ScanPolicy, *, past_of: str = "") -> list[SealedFile]:
    """The versions of sealed files that the state does not have. What cannot be read is left out.

    `past_of` is a commit: the states that it came from are left out too.
    """
    known = {file.key for file in guard.sealed_files()}
    projects = dict(guard.projects)
    if os.path.isdir(os.path.join(guard.repository.folder, FOLDER)):
        projects.setdefault(_TOP, guard.project_at(_TOP))
    beside = {file.key: file for file in _in_working_tree(guard, projects, known)}
    known |= beside.keys()
    # Read only if they are new: mostly all states have the same.
    stored = {file.key: file for file in _in_commits(guard, projects, past_of) if file.key not in known}
    contents = guard.repository.blobs(key.object_id for key in stored)
    read = (file._replace(content=content) for file, content in zip(stored.values(), contents, strict=True))
    return [*beside.values(), *read]


def _in_working_tree(
    guard: ScanPolicy, projects: "Mapping[bytes, Project]", known: "AbstractSet[FileKey]"
) -> Iterator[SealedFile]:
    digits = len(next((place.object_id for place in guard.places.values()), "")) or _SHA1_DIGITS
    index = IndexFile(guard.repository)
    for project in projects.values():
        folder = os.path.dirname(project.policy_file)
        try:
            names = sorted(os.listdir(folder))
        except OSError:  # not checked out here
            continue
        unchanged = index.unchanged(os.path.relpath(folder, guard.repository.folder), _SUFFIX, digits)
        for name in names:
            environment = _environment(name)
            path = os.path.join(folder, name)
            if not environment or FileKey(environment, unchanged.get(project.relative(path), "")) in known:
                continue
            try:
                content = read_regular(path)
            except (Error, OSError):
                continue
            key = FileKey(environment, _blob_id(content, digits))
            if key not in known:
                yield SealedFile(project, environment, key, content)


def _in_commits(guard: ScanPolicy, projects: "Mapping[bytes, Project]", past_of: str) -> Iterator[SealedFile]:
    """The files of HEAD, which the commit may replace, and of the trusted ref; without their contents."""
    objects = guard.repository.objects
    for commit in _commits(guard):
        if past_of and ranges.descends(guard.repository, past_of, commit):
            continue
        for root in projects or roots_of(trees.files(guard.repository, commit)):
            place = objects.entry(commit, os.fsdecode(root) + FOLDER)
            entries = objects.tree(place.object_id) if place is not None and place.is_folder else {}
            for name, entry in entries.items():
                environment = _environment(os.fsdecode(name))
                if environment and entry.is_file:
                    project = projects.get(root) or guard.project_at(root)
                    yield SealedFile(project, environment, FileKey(environment, entry.object_id))


def _commits(guard: ScanPolicy) -> list[str]:
    names = ("HEAD", *trusted_ref.candidates(guard.repository))
    commits = map(guard.repository.commit, names)
    return list(dict.fromkeys(commit for commit in commits if commit is not None))


def _environment(name: str) -> str:
    """The environment whose file has this name, or nothing."""
    environment = name.removesuffix(_SUFFIX)
    return environment if environment != name and is_environment_name(environment) else ""


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
