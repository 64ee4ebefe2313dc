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
# They lead to secrets, or hold them sealed for a controller in the cluster.
_SEALED = {"SealedSecret": "is sealed for a controller in the cluster"}
_LEADING = {"ExternalSecret", "ClusterExternalSecret", "SecretProviderClass", "VaultStaticSecret", "SopsSecret"}


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The values of all Secrets, each Secret a section if there are several; None if the file has none."""
    objects = list(_objects(_roots(data, is_asked_for=source.format_name == "kubernetes")))
    for one in objects:
        _refuse(one)
    secrets = [one for one in objects if shapes.text(one.get("kind")) == "Secret" and "apiVersion" in one]
    if not secrets:
        return None
    wanted = [one for one in secrets if shapes.text(one.get("type")) not in _MADE]
    left = len(objects) - len(wanted)
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


def _objects(roots: list[_nodes.Node]) -> Iterator[dict[str, _nodes.Node]]:
    for root in roots:
        if not isinstance(root, _nodes.Mapping):
            continue
        one = {name: node for name, _, node in root.members}
        kind = shapes.text(one.get("kind"))
        if kind is None or "apiVersion" not in one:
            continue
        shapes.fields(root)
        if kind.endswith("List"):
            yield from _objects(shapes.items(one.get("items")))
        else:
            yield one


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
