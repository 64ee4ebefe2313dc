"""Vercel: what its API gives for the environment variables of a project. `vercel env pull` writes plain dotenv.

By the published description of the API (https://vercel.com/docs/rest-api, "Retrieve the environment variables of a project").
"""

from gitseal.document import ciphertext
from gitseal.document.value import text as text_value
from gitseal.exchange import _nodes
from gitseal.exchange._names import shown
from gitseal.exchange._sealed import Encrypted
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened

_PRINTED = shapes.Printed("Vercel's API", "vercel")
_VARIABLE = {
    *("id", "key", "value", "type", "target", "decrypted", "comment", "system", "configurationId", "edgeConfigId"),
    *("edgeConfigTokenId", "contentHint", "internalContentHint", "sunsetSecretId", "vsmValue", "legacyValue"),
    *("customEnvironmentIds", "gitBranch", "createdAt", "updatedAt", "createdBy", "updatedBy"),
    *("lastEditedByDisplayName", "visibility", "projectId", "ownerId"),
}


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The values; None if nothing is of that shape. Raises Encrypted if one stands there sealed."""
    root = shapes.fields(shapes.json_root(data))
    listed = [shapes.fields(one) for one in shapes.items(root.get("envs"))]
    if not any("key" in one and one.keys() & {"type", "target"} for one in listed):
        return None
    if not all({"key", "type"} <= one.keys() for one in listed):
        raise shapes.near_miss(_PRINTED.tool, "a variable in it has no key or no type")
    shapes.refuse_strange(source, _PRINTED, root, {"envs", "pagination", "hasMore", "total"})
    for one in listed:
        shapes.refuse_strange(source, _PRINTED, one, _VARIABLE)
    paging = shapes.fields(root.get("pagination"))
    shapes.refuse_page(paging, "next", "ask for all of them: vercel env pull writes an env file")
    return Opened(shapes.imported(_value(one) for one in listed))


def _value(variable: dict[str, _nodes.Node]) -> FoundValue:
    name, content = shapes.text(variable["key"]) or "", shapes.text(variable.get("value"))
    is_plain = shapes.text(variable["type"]) == "plain" or shapes.is_true(variable.get("decrypted"))
    if content is None or not is_plain:
        raise Encrypted(f'the value of "{shown(name)}" is sealed by Vercel', ciphertext.VERCEL)
    return FoundValue((name,), text_value(content))
