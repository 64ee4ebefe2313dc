"""The targets that somebody in this clone said yes to, as they were then, on the servers that they were on then.

The file lies in the Git directory, so no commit brings it.
"""

import json
from collections.abc import Sequence
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
from gitseal.stores.protocol import Whereabouts

_VERSION = 1


def is_accepted(repository: Repository, target: PublishTarget, servers: Sequence[Whereabouts]) -> bool:
    """True if this very target was accepted here. One that sends other values, or elsewhere, is another one."""
    return _read(_path(repository)).get(target.name) == _digest(target, servers)


def is_known(repository: Repository, target: PublishTarget) -> bool:
    """True if a target of this name was accepted here, whatever it was then."""
    return target.name in _read(_path(repository))


def accept(repository: Repository, target: PublishTarget, servers: Sequence[Whereabouts]) -> None:
    """Remembers a target."""
    path = _path(repository)
    path.parent.mkdir(exist_ok=True)
    with locked(path.parent):
        known = _read(path) | {target.name: _digest(target, servers)}
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


def _digest(target: PublishTarget, servers: Sequence[Whereabouts]) -> str:
    environments = frame(*target.environments)
    parts = (target.name, environments, target.to, target.service, target.source, str(target.prune))
    return sha256_hex(frame(*parts, *(server.identity for server in servers)))
