"""The targets that somebody in this clone said yes to, as they were then.

The file lies in the Git directory, so no commit brings it.
"""

import json
from pathlib import Path

from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.framing import frame
from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.files.lock import locked
from gitseal.files.reading import read_regular
from gitseal.git.repository import Repository
from gitseal.policy.target import PublishTarget
from gitseal.report.hints import set_aside

_VERSION = 1


def is_accepted(repository: Repository, target: PublishTarget) -> bool:
    """True if this very target was accepted here. One that sends other values, or elsewhere, is another one."""
    return _read(_path(repository)).get(target.name) == _digest(target)


def accept(repository: Repository, target: PublishTarget) -> None:
    """Remembers a target."""
    path = _path(repository)
    path.parent.mkdir(exist_ok=True)
    with locked(path.parent):
        known = _read(path) | {target.name: _digest(target)}
        content = json.dumps({"version": _VERSION, "targets": known}, indent=1)
        atomic.write(path, content.encode() + b"\n", private=True)


def _path(repository: Repository) -> Path:
    return repository.common_dir() / "gitseal" / "targets"


def _read(path: Path) -> dict[str, str]:
    try:
        content = json.loads(read_regular(path))
        if content["version"] != _VERSION:
            raise Error(f'"{path}" was written by another version of gitseal', "upgrade gitseal")
        return dict(content["targets"])
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Error(f'"{path}" is damaged', f"accept each target once again: {set_aside(str(path))}") from None


def _digest(target: PublishTarget) -> str:
    environments = frame(*target.environments)
    return sha256_hex(frame(target.name, environments, target.to, target.service, target.source, str(target.prune)))
