"""Fly.io: `fly secrets list --json`, which has no values, and the variables of a running machine."""

from gitseal.errors import Malformed
from gitseal.exchange.foreign import process_environment, shapes
from gitseal.exchange.foreign.source import ForeignSource, Opened


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The variables of a machine, if the file is said to be of Fly.io; None if nothing is of that shape.

    Raises Malformed for a list of Fly.io's secrets.
    """
    root = shapes.json_root(data)
    if not shapes.objects(root, "name", "digest") and not shapes.objects(root, "Name", "Digest"):
        return process_environment.read(data, source) if source.format_name else None
    hint = 'a running machine has them: fly ssh console -C "env -0" | gitseal import - -e production'
    raise Malformed("the file has digests alone: Fly.io gives no value of a secret back", 0, hint)
