"""What this clone last saw of the records of what was published, in a file in the Git directory, where no push gets."""

import json
from pathlib import Path
from typing import Any

from gitseal.files import atomic, json_file
from gitseal.files.lock import locked
from gitseal.git.repository import Repository

_VERSION = 1


def read(repository: Repository, ref: str) -> bytes:
    """The text of what was seen of the record in a ref; empty if nothing was. Raises Error if the file is damaged."""
    return _read(_path(repository)).get(ref, b"")


def write(repository: Repository, ref: str, text: bytes) -> None:
    """Notes it."""
    path = _path(repository)
    atomic.make_folder(path.parent)
    with locked(path.parent):
        records = {name: known.decode() for name, known in (_read(path) | {ref: text}).items()}
        content = json.dumps({"version": _VERSION, "records": records}, indent=1)
        atomic.write(path, content.encode() + b"\n", private=True)


def _path(repository: Repository) -> Path:
    return repository.common_dir() / "gitseal" / "records"


def _read(path: Path) -> dict[str, bytes]:
    def take(content: dict[str, Any]) -> dict[str, bytes]:
        return {str(ref): text.encode() for ref, text in content["records"].items()}

    return json_file.read(path, {_VERSION}, take, "go on without what it remembers") or {}
