"""Writing several files of `.secrets` so that after a crash all are old or all are new.

One file is replaced by a rename, which cannot fail half-way. For more, a journal in the Git directory holds the new
bytes (sealed, as they are to be committed) and the hashes of both states until every rename is done. The next command
that finds one brings it to its end, or refuses if a file is in neither state.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from gitseal.crypto.digest import sha256_hex
from gitseal.errors import Busy, Error, Malformed
from gitseal.files import atomic
from gitseal.files.atomic import NotSynced
from gitseal.files.reading import read_regular
from gitseal.policy.parser import is_environment_name, parse
from gitseal.project.project import Project
from gitseal.report.hints import set_aside

_LIMIT = 512 * 1024 * 1024
_ABSENT = "absent"

# Stands for the policy where files go by the names of environments; no environment can have this name.
POLICY = "policy"


def journal_path(project: Project) -> Path:
    """The path of this folder's journal, whether or not there is one. Each linked worktree has its own."""
    name = sha256_hex(os.fsencode(project.root))[:16]
    return project.git().common_dir() / "gitseal" / f"journal-{name}"


def replace(project: Project, old: Mapping[str, bytes | None], new: Mapping[str, bytes | None]) -> None:
    """Brings files to their new bytes, all or none. Both mappings are by environment, or `policy`; None means no file.

    `old` is what was read. The caller holds the lock. Raises Busy, with nothing written, if a file is no longer that;
    Error if one cannot be written, with those before it put back.
    """
    # All are compared before any is written: a half-written set is what the journal is there to avoid.
    for stem in new:
        if _read(place(project, stem)) != old[stem]:
            raise Busy(f'"{place(project, stem)}" was changed by another program in the meantime', "do it again")
    if len(new) == 1:
        # A rename is atomic by itself: most commands write one file and need no journal.
        for stem, data in new.items():
            _put(place(project, stem), data)
    elif new:
        _replace_several(project, old, new)


def _replace_several(project: Project, old: Mapping[str, bytes | None], new: Mapping[str, bytes | None]) -> None:
    path = journal_path(project)
    try:
        # The journal is on the disk before the first file changes; `finish` brings a crash from here on to its end.
        _note(path, old, new)
        for stem, data in new.items():
            _put(place(project, stem), data)
    except Error as error:
        # A full disk, say: nothing crashed, so the person gets back what they had.
        told = error.undone if isinstance(error, NotSynced) else error
        _put_back(project, {stem: old[stem] for stem in reversed(list(new))}, path, told)
        raise told from None
    try:
        atomic.remove(path)
    except Error:
        # All is written, and the next command finds that out by the journal.
        project.git().notes.append(f'"{path}" could not be removed; the next command that writes removes it')


def _put_back(project: Project, old: Mapping[str, bytes | None], path: Path, error: Error) -> None:
    """Brings the files back to their old bytes, and forgets the journal. Raises Error, after `error`, if that fails too."""
    try:
        # All of them: the one that failed may have its new bytes, if it was the disk that did not answer for them.
        for stem, data in old.items():
            if _read(place(project, stem)) != data:
                with suppress(NotSynced):
                    _put(place(project, stem), data)
        # Only now: a crash while files are put back leaves the journal, and `finish` goes forward instead.
        with suppress(NotSynced):
            atomic.remove(path)
    except Error:
        raise Error(
            f"{error.message}; it stopped half-way",
            f"{error.hint}; the next command that writes here brings it to its end",
        ) from None


def finish(project: Project) -> tuple[str, ...]:
    """Completes what a crash interrupted, and gives the names of its files. The caller holds the lock.

    Raises Error, with nothing written, if a file is in neither of the two states or the journal is not sound.
    """
    path = journal_path(project)
    try:
        planned = _load(project, read_regular(path, _LIMIT))
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Malformed):
        raise Error(
            f'"{path}" is damaged', f"look at git status and git diff, then move it away: {set_aside(str(path))}"
        ) from None
    # Someone may have gone on working since the crash, and their files are not to be overwritten.
    for stem, (states, _data) in planned.items():
        if _hash(_read(place(project, stem))) not in states:
            raise Error(
                f'an earlier command stopped half-way, and "{place(project, stem)}" was changed since',
                f"look at git diff; when the files are as you want them: {set_aside(str(path))}",
            )
    # Forward, never back: the journal is written only when all new bytes are known, and it does not hold the old ones.
    for stem, (_states, data) in planned.items():
        if _read(place(project, stem)) != data:
            _put(place(project, stem), data)
    _put(path, None)
    return tuple(planned)


def _note(path: Path, old: Mapping[str, bytes | None], new: Mapping[str, bytes | None]) -> None:
    files = [
        {"file": stem, "old": _hash(old[stem]), "new": _hash(data), "data": b64encode(data or b"").decode("ascii")}
        for stem, data in new.items()
    ]
    atomic.make_folder(path.parent)
    atomic.write(path, json.dumps({"version": 1, "files": files}).encode(), private=True)


def _load(project: Project, content: bytes) -> dict[str, tuple[tuple[str, str], bytes | None]]:
    planned: dict[str, tuple[tuple[str, str], bytes | None]] = {}
    for file in json.loads(content)["files"]:
        stem, data = file["file"], b64decode(file["data"], validate=True)
        # The journal is a file in the Git directory; what it names must not lead out of the folder.
        if stem != POLICY and not is_environment_name(stem):
            raise ValueError
        if file["new"] == _ABSENT:
            planned[stem] = ((file["old"], _ABSENT), None)
            continue
        if _hash(data) != file["new"]:
            raise ValueError
        # Parsed before anything is written: a journal may not bring a file that no command would have written.
        if stem == POLICY:
            parse(data)
        else:
            project.parse(stem, data)
        planned[stem] = ((file["old"], file["new"]), data)
    return planned


def place(project: Project, stem: str) -> Path:
    """The path of an environment's file, or of the policy."""
    return project.policy_path if stem == POLICY else project.path(stem)


def _put(path: Path, data: bytes | None) -> None:
    if data is not None:
        atomic.write(path, data)
        return
    atomic.remove(path)


def _read(path: Path) -> bytes | None:
    try:
        return read_regular(path)
    except FileNotFoundError:
        return None


def _hash(data: bytes | None) -> str:
    return _ABSENT if data is None else sha256_hex(data)
