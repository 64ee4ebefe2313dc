"""Secrets of Docker: the files that a Compose file names, and what Docker itself tells of a secret, which is no value."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from gitseal.errors import Malformed
from gitseal.exchange import _nodes, yaml_import, yaml_outline
from gitseal.exchange._names import shown
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened
from gitseal.files.reading import read_regular

# What stands at the top of a Compose file, says how a service runs, and says where a secret is.
_TOP = {"version", "name", "include", "services", "networks", "volumes", "configs", "secrets", "models"}
_RUNS = {"image", "build", "extends", "provider", yaml_outline.MERGED}
_TOLD = {"file", "environment", "external", "name", "driver"}
_INSPECTED = {"ID", "Version", "CreatedAt", "Spec"}
_AS_IT_STANDS = "to take the file as it stands: --format yaml"

_Members: TypeAlias = Mapping[str, Collection[str]]


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The secrets of a Compose file that are files in its folder; None if the file is of another shape.

    Only its part `secrets` is read strictly. Raises Error for a file elsewhere, for a Compose file without secrets, and for what
    `docker secret inspect` prints.
    """
    root = shapes.json_root(data)
    inspected = [shapes.fields(one) for one in shapes.items(root)]
    if inspected and all(one.keys() >= _INSPECTED for one in inspected):
        hint = "read it in a container that has it, below /run/secrets, and set it from there"
        raise Malformed("Docker does not give the value of a secret back", 0, hint)
    outline = yaml_outline.outline(data) if root is None else {}
    members = _members(root) if root is not None else {name: part.members for name, part in outline.items()}
    if not _is_compose(members):
        if source.format_name == "docker" and not members:
            yaml_import.documents(data)
        return None
    if not members.get("secrets"):
        hint = f"set the values that its services have under environment by name; {_AS_IT_STANDS}"
        raise Malformed("it is a Compose file without secrets", 0, hint)
    if root is None:
        (root,) = yaml_import.documents(outline["secrets"].text.encode())
    secrets = {name: shapes.fields(node) for name, node in shapes.fields(shapes.fields(root)["secrets"]).items()}
    for name, one in secrets.items():
        if not one.keys() & _TOLD:
            raise Malformed(f'the secret "{shown(name)}" does not say where its value is', 0, _AS_IT_STANDS)
    if not source.keys.folder:
        raise Malformed("a Compose file names files beside it, and standard input has none", 0, "import it by its path")
    return _opened(secrets, Path(source.keys.folder))


def _members(root: _nodes.Node) -> dict[str, _Members]:
    """The members of each part at the top of JSON, as an outline of YAML has them."""
    return {
        name: {member: shapes.fields(inner).keys() for member, inner in shapes.fields(node).items()}
        for name, node in shapes.fields(root).items()
    }


def _is_compose(members: Mapping[str, _Members]) -> bool:
    """True for what Compose would read, and for a file that is so near to that that its structure must not become values."""
    services, secrets = members.get("services", {}), members.get("secrets", {})
    runs = bool(services) and all(_RUNS & set(names) for names in services.values())
    tells = bool(secrets) and all(_TOLD & set(names) for names in secrets.values())
    has_its_names = all(name in _TOP or name.startswith("x-") for name in members)
    return (tells and ("services" in members or has_its_names)) or (runs and has_its_names)


def _opened(secrets: dict[str, dict[str, _nodes.Node]], folder: Path) -> Opened:
    files = {name: path for name, one in secrets.items() if (path := shapes.text(one.get("file"))) is not None}
    from_variables = [name for name, one in secrets.items() if "environment" in one]
    others = [name for name in secrets if name not in files and name not in from_variables]
    notes = []
    if from_variables:
        words = (
            "left out, because a file does not choose which environment variables are read; gitseal set --from-env does"
        )
        notes.append(f"{words}: {', '.join(map(shown, from_variables))}")
    if others:
        notes.append(f"left out, because Docker does not give secrets back: {', '.join(map(shown, others))}")
    return Opened(shapes.imported(_values(files, folder)), notes=tuple(notes))


def _values(files: dict[str, str], folder: Path) -> Iterator[FoundValue]:
    for name, path in files.items():
        yield FoundValue((name,), shapes.of_bytes(_content(name, path, folder)))


def _content(name: str, path: str, folder: Path) -> bytes:
    """The bytes of a file in the folder. A file that somebody committed must not choose which others of this machine are read."""
    if "$" in path.replace("$$", ""):
        hint = "write the path out, as docker compose config prints it"
        raise Malformed(
            f'the path of the secret "{shown(name)}" has a variable, which gitseal does not fill in', 0, hint
        )
    top = folder.resolve()
    whole = (top / path.replace("$$", "$")).resolve()
    if path.startswith("~") or not whole.is_relative_to(top):
        hint = "if it is meant, set that value by hand from its file"
        raise Malformed(f'the secret "{shown(name)}" is a file outside of the folder of the Compose file', 0, hint)
    try:
        return read_regular(whole)
    except FileNotFoundError:
        raise Malformed(
            f'the file of the secret "{shown(name)}" does not exist', 0, "look at its path in the Compose file"
        ) from None
