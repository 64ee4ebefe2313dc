"""Infisical: `infisical export --format=json`, and what its API gives for the secrets of an environment.

Its dotenv and YAML are plain. By the source of its program (github.com/Infisical/cli) and the published description of its API
(https://infisical.com/docs/api-reference/endpoints/secrets/list).
"""

from gitseal.document.value import text as text_value
from gitseal.exchange import _nodes
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened


def read(data: bytes, _source: ForeignSource) -> Opened | None:
    """The values, each in the sections of its folder; None if nothing is of that shape."""
    root = shapes.json_root(data)
    exported = shapes.objects(root, "key", "value", "type")
    listed = shapes.objects(shapes.fields(root).get("secrets"), "secretKey", "secretValue")
    if not exported and not listed:
        return None
    values = [_value(one, "key", "value") for one in exported] + [
        _value(one, "secretKey", "secretValue") for one in listed
    ]
    return Opened(shapes.imported(values))


def _value(secret: dict[str, _nodes.Node], name_field: str, value_field: str) -> FoundValue:
    name, content = shapes.text(secret[name_field]) or "", shapes.text(secret[value_field])
    if content is None or shapes.is_true(secret.get("secretValueHidden")):
        hint = "export with an account that may read it, or set it by hand"
        raise shapes.missing_value(name, "Infisical hides it", hint)
    folder = (shapes.text(secret.get("secretPath")) or "").strip("/")
    return FoundValue((*(part for part in folder.split("/") if part), name), text_value(content))
