"""Vault and OpenBao: `vault kv get -format=json`, of both versions of the key-value engine."""

from gitseal.exchange import _nodes
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.source import ForeignSource, Opened

# What stands around the data of every answer, and how many of these make a file one.
_ENVELOPE = {"request_id", "lease_id", "lease_duration", "renewable", "wrap_info", "warnings", "auth", "mount_type"}
_SURE = 2
_PRINTED = shapes.Printed("vault kv get -format=json", "vault")


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The secret's names and values with their types; None if nothing is of that shape."""
    root = shapes.fields(shapes.json_root(data))
    if len(_ENVELOPE & root.keys()) < _SURE:
        return None
    shapes.refuse_strange(source, _PRINTED, root, {"data", *_ENVELOPE})
    inner = shapes.fields(root.get("data"))
    is_second = inner.keys() == {"data", "metadata"} and "version" in shapes.fields(inner["metadata"])
    secret = inner["data"] if is_second else root.get("data")
    if not isinstance(secret, _nodes.Mapping):
        hint = "vault kv undelete brings a deleted version back; -version=1 gives an earlier one"
        raise shapes.missing_value("data", "this version was deleted, or it is no secret", hint)
    return Opened(_nodes.imported(secret))
