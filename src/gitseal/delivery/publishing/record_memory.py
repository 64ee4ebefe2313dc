"""What this clone last saw of the records of what was published, in a file in the Git directory, where no push gets."""

import json
from pathlib import Path

from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.files.lock import locked
from gitseal.files.reading import read_regular
from gitseal.git.repository import Repository
from gitseal.report.hints import set_aside

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
    try:
        content = json.loads(read_regular(path))
        if content["version"] != _VERSION:
            raise Error(f'"{path}" was written by another version of gitseal', "upgrade gitseal")
        return {str(ref): text.encode() for ref, text in content["records"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Error(f'"{path}" is damaged', f"go on without what it remembers: {set_aside(str(path))}") from None
