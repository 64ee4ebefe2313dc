"""AWS Secrets Manager: `aws secretsmanager get-secret-value` and `batch-get-secret-value`, as JSON."""

import re
from collections.abc import Iterator

from gitseal.errors import Malformed
from gitseal.exchange import _nodes
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened

_NEEDED = {"ARN", "Name"}
_VALUES = {"SecretString", "SecretBinary"}
_SERVICE = re.compile("arn:[^:]*:secretsmanager:")
_AROUND = {"SecretValues", "Errors", "NextToken", "ResponseMetadata"}
_SECRET = _NEEDED | _VALUES | {"VersionId", "VersionStages", "CreatedDate", "ResponseMetadata"}
_PRINTED = shapes.Printed("aws secretsmanager get-secret-value", "aws-secretsmanager")


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The values; None if nothing is of that shape. Raises Malformed if only a part is.

    A secret that is an object of JSON has its own names; any other is one value with the last part of the secret's name. Of
    several secrets each is in the sections of its name, without the folders that all have in common.
    """
    root = shapes.fields(shapes.json_root(data))
    secrets = [shapes.fields(one) for one in shapes.items(root.get("SecretValues"))] or [root]
    if shapes.objects(root.get("SecretList"), "ARN"):
        raise shapes.near_miss(_PRINTED.tool, "list-secrets gives no values")
    if not any(_is_meant(one) for one in secrets):
        return None
    for one in secrets:
        if not (one.keys() >= _NEEDED and one.keys() & _VALUES):
            raise shapes.near_miss(_PRINTED.tool, "a secret in it has no SecretString, no ARN or no Name")
        if not _SERVICE.match(shapes.text(one["ARN"]) or ""):
            raise shapes.near_miss(_PRINTED.tool, "an ARN in it is none of Secrets Manager")
        if one.keys() >= _VALUES:
            raise shapes.near_miss(_PRINTED.tool, "a secret in it has a SecretString and a SecretBinary")
        shapes.refuse_strange(source, _PRINTED, one, _SECRET)
    shapes.refuse_strange(source, _PRINTED, root, _SECRET if secrets == [root] else _AROUND)
    shapes.refuse_page(root, "NextToken", "ask AWS without --max-items, and without --no-paginate")
    failed = shapes.items(root.get("Errors"))
    if failed:
        raise Malformed("AWS could not give all of the secrets", 0, "see under Errors what was wrong, and ask again")
    paths = shapes.relative([shapes.text(one["Name"]) or "" for one in secrets])
    found = zip(secrets, paths, strict=True)
    is_one = len(secrets) == 1
    return Opened(shapes.imported(value for one, path in found for value in _values(one, path, is_one=is_one)))


def _is_meant(one: dict[str, _nodes.Node]) -> bool:
    is_arn = _SERVICE.match(shapes.text(one.get("ARN")) or "") is not None
    return one.keys() >= _NEEDED and (is_arn or bool(one.keys() & _VALUES))


def _values(secret: dict[str, _nodes.Node], path: tuple[str, ...], *, is_one: bool) -> Iterator[FoundValue]:
    content = shapes.text(secret.get("SecretString"))
    if content is None:
        decoded = shapes.from_base64(shapes.text(secret.get("SecretBinary")) or "")
        if decoded is None:
            raise Malformed("SecretBinary is not base64", 0, "print it as JSON: --output json")
        yield FoundValue(path, shapes.of_bytes(decoded))
        return
    inner = shapes.json_root(content.encode())
    if not isinstance(inner, _nodes.Mapping) or not inner.members:
        yield FoundValue(path, shapes.of_bytes(content.encode()))
        return
    above = () if is_one else path
    for item in _nodes.imported(inner).items:
        yield FoundValue((*above, *item.path), item.value)
