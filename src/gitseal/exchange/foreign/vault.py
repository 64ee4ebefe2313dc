"""Vault and OpenBao: `vault kv get -format=json`, of both versions of the key-value engine."""

from gitseal.exchange import _nodes
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.source import ForeignSource, Opened


def read(data: bytes, _source: ForeignSource) -> Opened | None:
    """The secret's names and values with their types; None if nothing is of that shape."""
    root = shapes.fields(shapes.json_root(data))
    if not {"request_id", "lease_id", "data"} <= root.keys():
        return None
    inner = shapes.fields(root["data"])
    secret = inner["data"] if inner.keys() == {"data", "metadata"} else root["data"]
    if not isinstance(secret, _nodes.Mapping):
        hint = "vault kv undelete brings a deleted version back; -version=1 gives an earlier one"
        raise shapes.missing_value("data", "this version was deleted, or it is no secret", hint)
    return Opened(_nodes.imported(secret))
