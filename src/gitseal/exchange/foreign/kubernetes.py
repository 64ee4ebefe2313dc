"""Secrets of Kubernetes: manifests in YAML or JSON, several documents and lists, and what `kubectl get -o yaml` prints."""

from collections.abc import Iterator

from gitseal.document import ciphertext
from gitseal.errors import Malformed
from gitseal.exchange import _nodes, yaml_import
from gitseal.exchange._names import shown
from gitseal.exchange._sealed import Encrypted
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened
from gitseal.report.plurals import plural

# The cluster and Helm make these themselves.
_MADE = {"kubernetes.io/service-account-token", "helm.sh/release.v1", "bootstrap.kubernetes.io/token"}
# Names that Kubernetes asks for and that no environment can have; without the dot it can.
_DOTTED = {".dockerconfigjson", ".dockercfg"}
# What a Secret has, and how many of these a mapping has that is meant as one.
_PARTS = {"apiVersion", "kind", "metadata", "type", "data", "stringData"}
_PRINTED = shapes.Printed("kubectl", "kubernetes", "yaml")
_MEMBERS = _PARTS | {"immutable", "status"}
_SURE = 3
# They lead to secrets, or hold them sealed for a controller in the cluster.
_SEALED = {"SealedSecret": "is sealed for a controller in the cluster"}
_LEADING = {"ExternalSecret", "ClusterExternalSecret", "SecretProviderClass", "VaultStaticSecret", "SopsSecret"}


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The values of all Secrets, each Secret a section if there are several; None if the file has none.

    Raises Malformed for manifests that have none.
    """
    roots = [root for root in _roots(data, is_asked_for=source.format_name == "kubernetes") if _holds(root)]
    objects = list(_objects(roots))
    for one in objects:
        _refuse(one)
    secrets = [one for one in objects if shapes.text(one.get("kind")) == "Secret"]
    if not secrets:
        _refuse_near_misses(objects, roots)
        return None
    for one in secrets:
        shapes.refuse_strange(source, _PRINTED, one, _MEMBERS)
    wanted = [one for one in secrets if shapes.text(one.get("type")) not in _MADE]
    left = len(objects) + sum(not _is_object(root) for root in roots) - len(wanted)
    values = [value for one in wanted for value in _values(one, is_one=len(wanted) == 1)]
    notes = (
        [f"{plural(left, 'object')} of the file left out: no Secrets, or such as a cluster makes itself"]
        if left
        else []
    )
    dotted = sorted({name for one in wanted for name in shapes.fields(one.get("data")) if name in _DOTTED})
    notes += [f"{name} has the name {name.removeprefix('.')} here" for name in dotted]
    return Opened(shapes.imported(values), notes=tuple(notes))


def _roots(data: bytes, *, is_asked_for: bool) -> list[_nodes.Node]:
    """All documents. One that does not parse is no Kubernetes' unless the file was said to be."""
    root = shapes.json_root(data)
    if root is not None:
        return [root]
    try:
        return yaml_import.documents(data)
    except Malformed:
        if is_asked_for or b"\napiVersion:" in b"\n" + data:
            raise
        return []


def _holds(root: _nodes.Node) -> bool:
    """False for a document that has only comments."""
    return not (isinstance(root, _nodes.Leaf) and not root.value.reveal())


def _is_object(root: _nodes.Node) -> bool:
    named = {name: node for name, _, node in root.members} if isinstance(root, _nodes.Mapping) else {}
    return "apiVersion" in named and shapes.text(named.get("kind")) is not None


def _objects(roots: list[_nodes.Node]) -> Iterator[dict[str, _nodes.Node]]:
    for root in filter(_is_object, roots):
        one = shapes.fields(root)
        if (shapes.text(one["kind"]) or "").endswith("List"):
            yield from _objects(shapes.items(one.get("items")))
        else:
            yield one


def _refuse_near_misses(objects: list[dict[str, _nodes.Node]], roots: list[_nodes.Node]) -> None:
    """Raise Malformed for manifests without a Secret, and for what lacks little to be one: base64 would become values."""
    as_it_stands = "to take the file as it stands: --format yaml"
    every_object = objects or [shapes.fields(root) for root in roots if _is_object(root)]
    kinds = sorted({shapes.text(one["kind"]) or "" for one in every_object})
    if kinds:
        raise Malformed(f"it has no Secret of Kubernetes: {', '.join(map(shown, kinds))}", 0, as_it_stands)
    for root in roots:
        names = shapes.fields(root).keys()
        if names & {"apiVersion", "kind"} and names & {"data", "stringData"} and len(names & _PARTS) >= _SURE:
            lack = "apiVersion" if "kind" in names else "kind"
            raise Malformed(f"it looks like a Secret of Kubernetes without {lack}", root.line, as_it_stands)


def _refuse(one: dict[str, _nodes.Node]) -> None:
    kind, name = shapes.text(one.get("kind")) or "", shown(_name(one))
    if kind in _SEALED:
        raise Encrypted(f'the {kind} "{name}" {_SEALED[kind]}', ciphertext.SEALED_SECRET)
    if kind in _LEADING:
        hint = "print the Secrets that it makes, and import those: kubectl get secrets -o yaml"
        raise Malformed(f'the {kind} "{name}" has no values: it says where they are', 0, hint)


def _name(one: dict[str, _nodes.Node]) -> str:
    return shapes.text(shapes.fields(one.get("metadata")).get("name")) or ""


def _values(secret: dict[str, _nodes.Node], *, is_one: bool) -> Iterator[FoundValue]:
    above = () if is_one else (_name(secret),)
    for part in ("data", "stringData"):
        node = secret.get(part)
        if node is not None and not isinstance(node, _nodes.Mapping) and _holds(node):
            raise Malformed(f"{part} of a Secret is no mapping", node.line, "write NAME: value under it")
    plain = shapes.fields(secret.get("stringData"))
    for name, node in shapes.fields(secret.get("data")).items():
        # The cluster lets stringData win.
        if name not in plain:
            yield FoundValue((*above, _known(name)), shapes.of_bytes(_decoded(name, node)), node.line)
    for name, node in plain.items():
        content = shapes.text(node)
        if content is None:
            raise Malformed(f'"{shown(name)}" of stringData is no text', node.line, "put it in quotes")
        yield FoundValue((*above, _known(name)), shapes.of_bytes(content.encode()), node.line)


def _known(name: str) -> str:
    return name.removeprefix(".") if name in _DOTTED else name


def _decoded(name: str, node: _nodes.Node) -> bytes:
    encoded = shapes.text(node)
    is_null = isinstance(node, _nodes.Leaf) and not node.value.reveal()
    content = b"" if is_null else shapes.from_base64(encoded) if encoded is not None else None
    if content is None:
        hint = "text as it is belongs under stringData; a template has to be filled in first"
        raise Malformed(f'"{shown(name)}" of data is not base64', node.line, hint)
    return content
