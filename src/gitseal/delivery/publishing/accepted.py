"""The targets that somebody in this clone said yes to, as they were then, on the servers that they were on then.

The file lies in the Git directory, so no commit brings it.
"""

import json
from collections.abc import Collection, Sequence
from pathlib import Path

from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.framing import frame
from gitseal.errors import Error, Question
from gitseal.files import atomic
from gitseal.files.lock import locked
from gitseal.files.reading import read_regular
from gitseal.git.repository import Repository
from gitseal.policy.target import PublishTarget
from gitseal.report.hints import set_aside
from gitseal.stores import table
from gitseal.stores.protocol import Outside, Whereabouts

_VERSION = 1


def question(
    repository: Repository, target: PublishTarget, outside: Outside, names: Collection[str], *, writes: bool
) -> Question | None:
    """What somebody has to say yes to before a target is used, None if nothing. One whose name is in `names` is remembered.

    To look only takes a yes if that starts a program.
    """
    if not writes and not table.kind_of(target.to).runs_code and target.name not in names:
        return None
    servers = _servers(target, outside)
    if _is_accepted(repository, target, servers):
        return None
    if target.name in names:
        _accept(repository, target, servers)
        return None
    meaning = _meaning(target, servers, is_known=_is_known(repository, target))
    return Question(target.name, f"--accept-target {target.name}", meaning)


def _servers(target: PublishTarget, outside: Outside) -> list[Whereabouts]:
    """The servers that the target's places are on, each once."""
    found = (table.whereabouts(place, outside) for _environment, place in target.places())
    return list(dict.fromkeys(server for server in found if server is not None))


def _meaning(target: PublishTarget, servers: Sequence[Whereabouts], *, is_known: bool) -> str:
    what = f"what service {target.service} gets" if target.service else "all names"
    where = "".join(f", on {server.told}" for server in servers)
    goes = f"{what} of {', '.join(target.environments)} to {target.to}{where}"
    if is_known:
        return f"{target.name} is not what this clone published to before: {goes}"
    return f"this clone never published to {target.name}: {goes}"


def _is_accepted(repository: Repository, target: PublishTarget, servers: Sequence[Whereabouts]) -> bool:
    """True if this very target was accepted here. One that sends other values, or elsewhere, is another one."""
    return _read(_path(repository)).get(target.name) == _digest(target, servers)


def _is_known(repository: Repository, target: PublishTarget) -> bool:
    """True if a target of this name was accepted here, whatever it was then."""
    return target.name in _read(_path(repository))


def _accept(repository: Repository, target: PublishTarget, servers: Sequence[Whereabouts]) -> None:
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
