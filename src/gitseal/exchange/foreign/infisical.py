"""Infisical: `infisical export --format=json`, and what its API gives for the secrets of an environment.

Its dotenv and YAML are plain. By the source of its program (github.com/Infisical/cli) and the published description of its API
(https://infisical.com/docs/api-reference/endpoints/secrets/list).
"""

from gitseal.document.value import text as text_value
from gitseal.errors import Malformed
from gitseal.exchange import _nodes
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened
from gitseal.report.plurals import plural

_PRINTED = shapes.Printed("Infisical", "infisical")
_BESIDE = {"type", "workspace", "secretPath", "secretValue"}
# What else stands in a secret: of the program's own first, then of the API.
_KNOWN = _BESIDE | {
    *("_id", "id", "tags", "comment", "plainTextKey", "plaintextKey", "etag", "skipMultilineEncoding"),
    *("environment", "version", "secretComment", "secretReminderNote", "secretReminderRepeatDays"),
    *("secretReminderRecipients", "secretMetadata", "metadata", "folderId", "secretValueHidden", "createdAt"),
    *("updatedAt", "actor", "isRotatedSecret", "rotationId", "userId", "workspaceId", "secretKey", "__v"),
    *("algorithm", "keyEncoding", "isPersonal", "reminder", "hasSecretAccess"),
}


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The values, each in the sections of its folder; None if nothing is of that shape.

    Of a name that has a shared and a personal value, the shared one counts. Raises Malformed if only some are of that shape.
    """
    root = shapes.json_root(data)
    listed = shapes.items(root) or shapes.items(shapes.fields(root).get("secrets"))
    secrets = [shapes.fields(one) for one in listed]
    names = ("key", "value") if shapes.items(root) else ("secretKey", "secretValue")
    if not any(names[0] in one and one.keys() & _BESIDE for one in secrets):
        return None
    if not all(one.keys() >= set(names) for one in secrets):
        raise shapes.near_miss(_PRINTED.tool, f"a secret in it has no {names[0]} or no {names[1]}")
    shapes.refuse_strange(source, _PRINTED, shapes.fields(root), {"secrets", "imports"})
    for one in secrets:
        shapes.refuse_strange(source, _PRINTED, one, {*names, *_KNOWN})
    if any(shapes.items(shapes.fields(one).get("secrets")) for one in shapes.items(shapes.fields(root).get("imports"))):
        hint = "infisical export --format=json resolves them"
        raise Malformed("it has secrets under imports, which Infisical brings in from elsewhere", 0, hint)
    shared = {(_folder(one), shapes.text(one[names[0]])) for one in secrets if not _is_personal(one)}
    left = [one for one in secrets if _is_personal(one) and (_folder(one), shapes.text(one[names[0]])) in shared]
    values = [_value(one, *names) for one in secrets if one not in left]
    words = "of your own left out, which stand before the shared ones for you alone"
    notes = (f"{plural(len(left), 'value')} {words}",) if left else ()
    return Opened(shapes.imported(values), notes=notes)


def _is_personal(secret: dict[str, _nodes.Node]) -> bool:
    return shapes.text(secret.get("type")) == "personal"


def _folder(secret: dict[str, _nodes.Node]) -> str:
    return (shapes.text(secret.get("secretPath")) or "").strip("/")


def _value(secret: dict[str, _nodes.Node], name_field: str, value_field: str) -> FoundValue:
    name, content = shapes.text(secret[name_field]) or "", shapes.text(secret[value_field])
    if content is None or shapes.is_true(secret.get("secretValueHidden")):
        hint = "export with an account that may read it, or set it by hand"
        raise shapes.missing_value(name, "Infisical hides it", hint)
    return FoundValue((*(part for part in _folder(secret).split("/") if part), name), text_value(content))
