"""Fly.io: `fly secrets list --json`, which has no values."""

from gitseal.errors import Malformed
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.source import ForeignSource, Opened


def read(data: bytes, _source: ForeignSource) -> Opened | None:
    """Raises Malformed for a list of Fly.io's secrets; None if nothing is of that shape."""
    root = shapes.json_root(data)
    if not shapes.objects(root, "name", "digest") and not shapes.objects(root, "Name", "Digest"):
        return None
    hint = "a running machine has them: fly ssh console -C env prints all of its variables, to look through and import"
    raise Malformed("the file has digests alone: Fly.io gives no value of a secret back", 0, hint)
