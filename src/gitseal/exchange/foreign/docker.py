"""Secrets of Docker: the files that a Compose file names, and what Docker itself tells of a secret, which is no value."""

from collections.abc import Iterator
from pathlib import Path

from gitseal.errors import Malformed
from gitseal.exchange import _nodes, yaml_import
from gitseal.exchange._names import shown
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened
from gitseal.files.reading import read_regular

# What Compose lets one say of a secret.
_TOLD = {"file", "environment", "external", "name", "labels", "driver", "driver_opts", "template_driver"}
_INSPECTED = {"ID", "Version", "CreatedAt", "Spec"}


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The secrets of a Compose file that are files in its folder; None if the file is of another shape.

    Raises Error for a file elsewhere, and for what `docker secret inspect` prints.
    """
    root = shapes.json_root(data)
    inspected = [shapes.fields(one) for one in shapes.items(root)]
    if inspected and all(one.keys() >= _INSPECTED for one in inspected):
        hint = "read it in a container that has it, below /run/secrets, and set it from there"
        raise Malformed("Docker does not give the value of a secret back", 0, hint)
    compose = shapes.fields(root) if root is not None else _compose(data, is_asked_for=source.format_name == "docker")
    secrets = {name: shapes.fields(node) for name, node in shapes.fields(compose.get("secrets")).items()}
    if "services" not in compose or not secrets or not all(one and one.keys() <= _TOLD for one in secrets.values()):
        return None
    if not source.keys.folder:
        raise Malformed("a Compose file names files beside it, and standard input has none", 0, "import it by its path")
    return _opened(secrets, Path(source.keys.folder))


def _compose(data: bytes, *, is_asked_for: bool) -> dict[str, _nodes.Node]:
    try:
        (root,) = yaml_import.documents(data)
    except ValueError:
        return {}
    except Malformed:
        if is_asked_for:
            raise
        return {}
    return shapes.fields(root)


def _opened(secrets: dict[str, dict[str, _nodes.Node]], folder: Path) -> Opened:
    files = {name: path for name, one in secrets.items() if (path := shapes.text(one.get("file"))) is not None}
    from_variables = [name for name, one in secrets.items() if "environment" in one]
    others = [name for name in secrets if name not in files and name not in from_variables]
    notes = []
    if from_variables:
        words = "come from environment variables, which a file does not choose: set them with gitseal set"
        notes.append(f"these secrets were left out, for they {words}: {', '.join(map(shown, from_variables))}")
    if others:
        words = "Docker has them, and does not give them back"
        notes.append(f"these secrets were left out, for {words}: {', '.join(map(shown, others))}")
    return Opened(shapes.imported(_values(files, folder)), notes=tuple(notes))


def _values(files: dict[str, str], folder: Path) -> Iterator[FoundValue]:
    for name, path in files.items():
        yield FoundValue((name,), shapes.of_bytes(_content(name, path, folder)))


def _content(name: str, path: str, folder: Path) -> bytes:
    """The bytes of a file in the folder. A file that somebody committed must not choose which others of this machine are read."""
    top = folder.resolve()
    whole = (top / path).resolve()
    if not whole.is_relative_to(top):
        hint = "if it is meant, set that value by hand from its file"
        raise Malformed(f'the secret "{shown(name)}" is a file outside of the folder of the Compose file', 0, hint)
    try:
        return read_regular(whole)
    except FileNotFoundError:
        raise Malformed(
            f'the file of the secret "{shown(name)}" does not exist', 0, "look at its path in the Compose file"
        ) from None
