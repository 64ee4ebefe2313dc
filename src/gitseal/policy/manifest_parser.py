"""manifest.yaml read into a `Manifest`: every field known, every service defined, or a refusal with its line."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gitseal.document.generated import check_kind
from gitseal.document.header import HEADER
from gitseal.document.value import TypedValue
from gitseal.document.value import ValueType as ValueKind
from gitseal.document.value import text as text_value
from gitseal.errors import Error, Malformed, UnknownVersion, UsageError
from gitseal.policy.fields import (
    at_same_depth,
    choice,
    each,
    items,
    known_part,
    mapping,
    named,
    nearest,
    string,
    strings,
)
from gitseal.policy.manifest import TYPES, Declaration, Manifest, ManifestFile, Service
from gitseal.yamltext import reader
from gitseal.yamltext.scalars import is_name
from gitseal.yamltext.tree import NamePath, Node, NodeKind

if TYPE_CHECKING:
    from gitseal.policy.manifest_pattern import Pattern

MAX_IMPORT_DEPTH = 16
_FILE = "manifest"
_DURATION = r"([1-9][0-9]{0,3})([dwy])"
_DAYS = {"d": 1, "w": 7, "y": 365}
_INCLUDE = r"/?[A-Za-z0-9_.*-]+(?:/[A-Za-z0-9_.*-]+)*"
_MODE = r"0?[0-7]{3}"
_FILE_PART = r"[A-Za-z0-9_.@+=,][A-Za-z0-9_.@+=, -]{0,254}"
_OWNED = (".git", ".secrets")
_DEFAULT_MODE = 0o600
_DEEPEST = 8


def parse(data: bytes) -> Manifest:
    """The manifest in the bytes of manifest.yaml. Raises Malformed with the line, or UnknownVersion.

    A field that is not known is refused (UnknownField).
    """
    return _manifest(reader.parse(data, policy=True).root)


def parse_known(data: bytes) -> tuple[Manifest, tuple[str, ...]]:
    """The manifest as far as this program knows it, and the fields that were left out: see `fields.known_part`.

    Raises as `parse`, but for unknown fields.
    """
    return known_part(reader.parse(data, policy=True).root, _manifest, _alike)


def _alike(root: Node, path: NamePath) -> Iterable[Node]:
    """The mappings of the same kind: a declaration of a secret may stand at any depth, beside sections and in them."""
    return _plain_mappings(root.children["secrets"]) if path[:-2][:1] == ("secrets",) else at_same_depth(root, path)


def _plain_mappings(node: Node) -> Iterator[Node]:
    for child in node.children.values():
        is_section = any(field.kind is NodeKind.MAPPING for field in child.children.values())
        yield from _plain_mappings(child) if is_section else (child,)


def _manifest(root: Node) -> Manifest:
    top = mapping(root, _FILE, "version", "secrets", "services")
    version = top.get("version")
    if version is None:
        raise Malformed('the manifest does not begin with "version: 1"', 1)
    if version.value != 1 or type(version.value) is not int:
        raise UnknownVersion("the manifest is of a version that this gitseal does not know", "upgrade gitseal")
    secrets = {declaration.path: declaration for declaration in _declarations((), top.get("secrets"))}
    services = {name: _service(node) for name, node in named(top.get("services"), is_service_name, "service")}
    _check_imports(services, dict(each(top.get("services"))))
    return Manifest(secrets, services)


def is_service_name(name: str) -> bool:
    """True for a name that a service can have; its own section has the same name."""
    return is_name(name) and name != HEADER


def _declarations(section: NamePath, node: Node | None) -> Iterator[Declaration]:
    """The declared secrets. No field of one is a mapping, so what holds a mapping is a section."""
    for name, child in each(node):
        path = (*section, name)
        if path == (HEADER,):
            raise Malformed(f'"{HEADER}" is the name of a sealed file\'s header', child.line + 1)
        if any(field.kind is NodeKind.MAPPING for field in child.children.values()):
            if len(path) == _DEEPEST:
                raise Malformed(f"names are nested deeper than {_DEEPEST}", child.line + 1)
            _refuse_mixed(child)
            yield from _declarations(path, child)
        else:
            yield _declaration(path, child)


def _refuse_mixed(section: Node) -> None:
    for name, node in section.children.items():
        if node.kind is not NodeKind.MAPPING:
            raise Malformed(
                f'"{name}" is among the secrets of the section "{section.path[-1]}" and is not one',
                node.line + 1,
                f"declare a secret without fields as {name}: {{}}",
            )


def _declaration(path: NamePath, node: Node) -> Declaration:
    line = node.line + 1
    if node.kind is NodeKind.SCALAR and node.value is None:
        return Declaration(path, line=line)
    fields = mapping(node, _FILE, "description", "required", "type", "pattern", "owner", "rotate", "generate")
    return Declaration(
        path,
        string(fields.get("description")),
        _required(fields.get("required")),
        choice(fields.get("type"), *TYPES),
        _pattern(fields.get("pattern")),
        string(fields.get("owner")),
        _rotate(fields.get("rotate")),
        _generate(fields.get("generate")),
        line,
    )


def _required(node: Node | None) -> tuple[str, ...] | None:
    if node is None or node.value is False:
        return ()
    if node.value is True:
        return None
    if node.kind is not NodeKind.SEQUENCE:
        raise Malformed("true, false or a list of environments is missing here", node.line + 1)
    return strings(node)


def _pattern(node: Node | None) -> "Pattern | None":
    if node is None:
        return None
    text = string(node)
    from gitseal.policy import manifest_pattern

    try:
        return manifest_pattern.compiled(text)
    except Error as error:
        raise Malformed(error.message, node.line + 1, error.hint) from None


def days(text: str) -> int:
    """The days in a length of time, such as `90d`, `12w` or `1y`; 0 for any other text."""
    match = re.fullmatch(_DURATION, text)
    return int(match[1]) * _DAYS[match[2]] if match else 0


def _rotate(node: Node | None) -> int:
    told = days(string(node))
    if node is not None and not told:
        raise Malformed("this is no length of time", node.line + 1, "write days, weeks or years: 90d, 12w, 1y")
    return told


def _generate(node: Node | None) -> str:
    kind = string(node)
    if node is not None:
        try:
            check_kind(kind)
        except UsageError as error:
            raise Malformed(error.message, node.line + 1, error.hint) from None
    return kind


def _service(node: Node) -> Service:
    line = node.line + 1
    if node.kind is NodeKind.SCALAR and node.value is None:
        return Service(line=line)
    fields = mapping(node, _FILE, "include", "import", "env", "files")
    files = tuple(_file(item) for item in items(fields.get("files")))
    _refuse_overlapping(files)
    env = {name: _env_value(value) for name, value in each(fields.get("env"))}
    include = tuple(_include(item) for item in items(fields.get("include")))
    return Service(include, strings(fields.get("import")), env, files, line)


def _include(node: Node) -> str:
    pattern = string(node)
    if not re.fullmatch(_INCLUDE, pattern):
        raise Malformed("this is no pattern for names", node.line + 1, 'write NAME, "PREFIX_*" or "section/*"')
    return pattern


def _env_value(node: Node) -> TypedValue:
    """A text, whose references are resolved later, or a number or boolean as it is spelled."""
    value = node.value
    if node.kind is not NodeKind.SCALAR or value is None:
        raise Malformed("a text, number or boolean is missing here", node.line + 1)
    if isinstance(value, str):
        return text_value(value)
    if isinstance(value, bool):
        return TypedValue(ValueKind.BOOLEAN, b"true" if value else b"false")
    return TypedValue(ValueKind.INTEGER if isinstance(value, int) else ValueKind.FLOAT, node.source.encode())


def _file(node: Node) -> ManifestFile:
    fields = mapping(node, _FILE, "path", "secret", "decode", "mode")
    for name in ("path", "secret"):
        if name not in fields:
            raise Malformed(f'a file needs "{name}"', node.line + 1, "write it as {path: FILE, secret: NAME}")
    return ManifestFile(
        _file_path(fields["path"]),
        _secret(fields["secret"]),
        choice(fields.get("decode"), "base64"),
        _mode(fields.get("mode")),
        node.line + 1,
    )


def _secret(node: Node) -> NamePath:
    """The name of a secret as `NAME` or `section/NAME`."""
    path = tuple(string(node).split("/"))
    if not all(is_name(part) for part in path) or path[0] == HEADER:
        raise Malformed("this is no name of a secret", node.line + 1, "write NAME or section/NAME")
    return path


def _file_path(node: Node) -> tuple[str, ...]:
    """The parts of a path that stays below its folder, whatever the file system folds together."""
    path = string(node)
    parts = tuple(path.split("/"))
    if path[:1] in {"/", "~"}:
        raise Malformed("the path of a file is relative to the folder of --files", node.line + 1, "take the / away")
    for part in parts:
        if part in {".", ".."} or not re.fullmatch(_FILE_PART, part) or part[-1] in {" ", "."}:
            raise Malformed(
                "this is no path of a file",
                node.line + 1,
                "its parts have letters, digits and _ . @ + = , -, and none is empty, . or ..",
            )
        # Folded, for some file systems fold case. .gitattributes and its kin steer Git as well.
        if part.casefold().startswith(_OWNED):
            raise Malformed("the path of a file belongs to Git or gitseal", node.line + 1, "choose another folder")
    return parts


def _mode(node: Node | None) -> int:
    """Permissions in octal: no one but the owner changes the file, no one runs it, the owner reads it. Raises Malformed."""
    mode = string(node)
    if node is None:
        return _DEFAULT_MODE
    if not re.fullmatch(_MODE, mode):
        raise Malformed("this is no mode", node.line + 1, 'write three octal digits in quotes: "0400"')
    if int(mode, 8) & 0o133 or not int(mode, 8) & 0o400:
        raise Malformed(
            "this mode lets others change the file, lets it run, or lets its owner not read it",
            node.line + 1,
            'write "0400" or "0440"',
        )
    return int(mode, 8)


def _refuse_overlapping(files: tuple[ManifestFile, ...]) -> None:
    """Refuses two files in one place, and a file where another needs a folder. Some file systems fold case."""
    taken: dict[tuple[str, ...], ManifestFile] = {}
    for file in files:
        taken.setdefault(tuple(part.casefold() for part in file.path), file)
    for file in files:
        folded = tuple(part.casefold() for part in file.path)
        if taken[folded] is not file or any(folded[:depth] in taken for depth in range(1, len(folded))):
            raise Malformed(f'the place of the file "{"/".join(file.path)}" is taken by another one', file.line)


def _check_imports(services: dict[str, Service], nodes: dict[str, Node]) -> None:
    """Raises Malformed for an import that is no service, for a cycle, and for a chain longer than MAX_IMPORT_DEPTH."""
    for name, service in services.items():
        for imported in service.imports:
            if imported not in services:
                raise Malformed(f'there is no service "{imported}"', nodes[name].line + 1, nearest(imported, services))
    depths: dict[str, int] = {}
    for name in services:
        _measure(name, services, (), depths)


def _measure(name: str, services: dict[str, Service], chain: tuple[str, ...], depths: dict[str, int]) -> int:
    if name in chain:
        cycle = " > ".join([*chain[chain.index(name) :], name])
        raise Malformed(f"services import each other: {cycle}", services[name].line)
    if name not in depths and len(chain) <= MAX_IMPORT_DEPTH:
        below = [_measure(imported, services, (*chain, name), depths) for imported in services[name].imports]
        depths[name] = 1 + max(below, default=0)
    if len(chain) + depths.get(name, 1) > MAX_IMPORT_DEPTH + 1:
        top = (*chain, name)[0]
        raise Malformed(f'the imports of service "{top}" go deeper than {MAX_IMPORT_DEPTH}', services[top].line)
    return depths[name]
