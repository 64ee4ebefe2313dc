"""Writing several environment files so that after a crash all are old or all are new.

One file is replaced by a rename, which cannot fail half-way. For more, a journal in the Git directory holds the new
bytes (sealed, as they are to be committed) and the hashes of both states until every rename is done. The next command
that finds one brings it to its end, or refuses where a file is in neither state.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path

from gitseal.crypto.digest import sha256_hex
from gitseal.errors import Busy, Error
from gitseal.files import atomic
from gitseal.files.reading import read_regular
from gitseal.policy.parser import is_environment_name
from gitseal.project.project import Project

_LIMIT = 512 * 1024 * 1024
_ABSENT = "absent"


def journal_path(project: Project) -> Path:
    """Where the journal of this `.secrets` folder is or would be; linked worktrees have one each."""
    name = sha256_hex(str(project.root).encode())[:16]
    return project.git().common_dir() / "gitseal" / f"journal-{name}"


def replace(project: Project, old: Mapping[str, bytes | None], new: Mapping[str, bytes]) -> None:
    """Brings environments to their new bytes, all or none. `old` is what was read; None for a file that was not there.

    The caller holds the lock. Raises Busy, with nothing written, where a file is no longer what was read.
    """
    for environment in new:
        if _read(project.path(environment)) != old[environment]:
            raise Busy(f'"{project.path(environment)}" was changed by another program in the meantime', "do it again")
    if len(new) > 1:
        files = [
            {"environment": name, "old": _hash(old[name]), "new": _hash(data), "data": b64encode(data).decode("ascii")}
            for name, data in new.items()
        ]
        path = journal_path(project)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        atomic.write(path, json.dumps({"version": 1, "files": files}).encode(), private=True)
    for environment, data in new.items():
        atomic.write(project.path(environment), data)
    if len(new) > 1:
        path.unlink()


def finish(project: Project) -> tuple[str, ...]:
    """Brings a journal that a crash left to its end and says which environments it was about. The caller holds the lock.

    Raises Error, with nothing written, where a file is in neither of the two states or the journal is not sound.
    """
    path = journal_path(project)
    try:
        planned = _load(project, read_regular(path, _LIMIT))
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError):
        raise Error(f'"{path}" is damaged', f"look at: git status; then remove it: rm {path}") from None
    for environment, (states, _data) in planned.items():
        if _hash(_read(project.path(environment))) not in states:
            raise Error(
                f'an earlier command stopped half-way, and "{project.path(environment)}" was changed since',
                f"look at: git diff; when the files are as you want them: rm {path}",
            )
    for environment, (_states, data) in planned.items():
        if _read(project.path(environment)) != data:
            atomic.write(project.path(environment), data)
    path.unlink()
    return tuple(planned)


def _load(project: Project, content: bytes) -> dict[str, tuple[tuple[str, str], bytes]]:
    planned = {}
    for file in json.loads(content)["files"]:
        data = b64decode(file["data"], validate=True)
        if not is_environment_name(file["environment"]) or _hash(data) != file["new"]:
            raise ValueError
        project.parse(file["environment"], data)
        planned[file["environment"]] = ((file["old"], file["new"]), data)
    return planned


def _read(path: Path) -> bytes | None:
    try:
        return read_regular(path)
    except FileNotFoundError:
        return None


def _hash(data: bytes | None) -> str:
    return _ABSENT if data is None else sha256_hex(data)
