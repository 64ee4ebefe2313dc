"""The targets that somebody in this clone said yes to, as they were then, on the servers that they were on then.

The file lies in the Git directory, so no commit brings it.
"""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.framing import frame
from gitseal.errors import Question
from gitseal.files import atomic, json_file
from gitseal.files.lock import locked
from gitseal.policy.target import PublishTarget
from gitseal.project.belief import configured
from gitseal.project.project import FOLDER, Project
from gitseal.records import NamedTuple
from gitseal.stores import table
from gitseal.stores.protocol import Outside, Whereabouts

_VERSION = 2


class Accepted(NamedTuple):
    """A target as somebody accepted it: by a digest of all that counts, and in words."""

    digest: str
    told: str


def question(
    project: Project, target: PublishTarget, outside: Outside, names: Collection[str], *, writes: bool
) -> Question | None:
    """What somebody has to say yes to before a target is used, None if nothing, or if they did: its name is in `names`.

    To look only takes a yes if that starts a program. Nothing is remembered.
    """
    if not writes and not table.kind_of(target.to).runs_code and target.name not in names:
        return None
    servers = _servers(project, target, outside)
    if _is_accepted(project, target, servers):
        return None
    if target.name in names:
        return None
    meaning = _meaning(target, servers, _read(_path(project)).get(_name(project, target)))
    return Question(target.name, f"--accept-target {target.name}", meaning)


def remember(project: Project, target: PublishTarget, outside: Outside) -> None:
    """Remembers a target that somebody said yes to, as it is now."""
    servers = _servers(project, target, outside)
    if not _is_accepted(project, target, servers):
        _accept(project, target, servers)


def _servers(project: Project, target: PublishTarget, outside: Outside) -> list[Whereabouts]:
    """The servers that the target's places are on, each once. Raises Error if something that is committed says so."""
    configured.check(project.git(), table.kind_of(target.to).scheme, outside.environ)
    found = (table.whereabouts(place, outside) for _environment, place in target.places())
    return list(dict.fromkeys(server for server in found if server is not None))


def _meaning(target: PublishTarget, servers: Sequence[Whereabouts], before: Accepted | None) -> str:
    goes = _goes(target, servers)
    if before is None:
        return f"this clone never published to {target.name}: {goes}"
    was = f"; before: {before.told}" if before.told != goes else "; its branch or its prune changed"
    return f"{target.name} is not what this clone published to before: {goes}{was}"


def _goes(target: PublishTarget, servers: Sequence[Whereabouts]) -> str:
    what = f"what service {target.service} gets" if target.service else "all names"
    where = "".join(f", on {server.told}" for server in servers)
    return f"{what} of {', '.join(target.environments)} to {target.to}{where}"


def _is_accepted(project: Project, target: PublishTarget, servers: Sequence[Whereabouts]) -> bool:
    """True if this very target was accepted here. One that sends other values, or elsewhere, is another one."""
    known = _read(_path(project)).get(_name(project, target))
    return known is not None and known.digest == _digest(project, target, servers)


def _accept(project: Project, target: PublishTarget, servers: Sequence[Whereabouts]) -> None:
    """Remembers a target."""
    path = _path(project)
    atomic.make_folder(path.parent)
    with locked(path.parent):
        accepted = Accepted(_digest(project, target, servers), _goes(target, servers))
        known = _read(path) | {_name(project, target): accepted}
        content = json.dumps({"version": _VERSION, "targets": known}, indent=1)
        atomic.write(path, content.encode() + b"\n", private=True)


def _name(project: Project, target: PublishTarget) -> str:
    """The target's name in the file. A repository may have several `.secrets`, each with a target of that name."""
    folder = project.relative(project.folder)
    return f"{folder}:{target.name}" if folder != FOLDER else target.name


def _path(project: Project) -> Path:
    return project.git().common_dir() / "gitseal" / "targets"


def _read(path: Path) -> dict[str, Accepted]:
    def take(content: dict[str, Any]) -> dict[str, Accepted]:
        return {str(name): Accepted(*map(str, one)) for name, one in content["targets"].items()}

    return json_file.read(path, {_VERSION}, take, "accept each target once again") or {}


def _digest(project: Project, target: PublishTarget, servers: Sequence[Whereabouts]) -> str:
    environments = frame(*target.environments)
    parts = (_name(project, target), environments, target.to, target.service, target.source, str(target.prune))
    return sha256_hex(frame(*parts, *(server.identity for server in servers)))
