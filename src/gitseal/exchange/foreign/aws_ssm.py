"""AWS Parameter Store: `aws ssm get-parameters-by-path`, `get-parameters` and `get-parameter`, as JSON."""

from gitseal.document import ciphertext
from gitseal.document.value import text as text_value
from gitseal.errors import Malformed
from gitseal.exchange import _nodes
from gitseal.exchange._names import shown
from gitseal.exchange._sealed import Encrypted
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened

_PRINTED = shapes.Printed("aws ssm get-parameters-by-path", "aws-ssm")
_AROUND = {"Parameters", "Parameter", "InvalidParameters", "NextToken", "ResponseMetadata"}
_PARAMETER = {
    "Name",
    "Type",
    "Value",
    "Version",
    "Selector",
    "SourceResult",
    "LastModifiedDate",
    "ARN",
    "DataType",
    "Tier",
    "Policies",
}
_TYPES = {"String", "StringList", "SecureString"}


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The values; None if nothing is of that shape. Folders that all names have in common go, the others are sections.

    Raises Encrypted if a value was not decrypted, and Malformed if only a part of the file is of that shape.
    """
    whole = shapes.json_root(data)
    root = shapes.fields(whole)
    one = shapes.fields(root.get("Parameter"))
    # A query of the command line leaves out what stands around them.
    parameters = (
        [one] if one else [shapes.fields(item) for item in shapes.items(root.get("Parameters", whole))] or [root]
    )
    if not any(_is_parameter(each) for each in parameters):
        return None
    if not all({"Name", "Type", "Value"} <= each.keys() for each in parameters):
        raise shapes.near_miss(_PRINTED.tool, "a parameter in it has no Value, no Name or no Type")
    shapes.refuse_strange(source, _PRINTED, root, _PARAMETER if parameters == [root] else _AROUND)
    for each in parameters:
        shapes.refuse_strange(source, _PRINTED, each, _PARAMETER)
    shapes.refuse_page(root, "NextToken", "ask AWS without --max-items, and without --no-paginate")
    if shapes.items(root.get("InvalidParameters")):
        raise Malformed(
            "AWS does not know all of the parameters", 0, "see under InvalidParameters which, and ask again"
        )
    paths = [shapes.text(each["Name"]) or "" for each in parameters]
    found = zip(shapes.relative(paths), paths, parameters, strict=True)
    return Opened(shapes.imported(_value(parts, path, each) for parts, path, each in found))


def _is_parameter(one: dict[str, _nodes.Node]) -> bool:
    return "Name" in one and shapes.text(one.get("Type")) in _TYPES


def _value(parts: tuple[str, ...], path: str, parameter: dict[str, _nodes.Node]) -> FoundValue:
    content = shapes.text(parameter["Value"]) or ""
    is_sealed = shapes.text(parameter["Type"]) == "SecureString"
    if is_sealed and ciphertext.of_value(text_value(content)) == ciphertext.AWS_KMS:
        raise Encrypted(f'the value of "{shown(path)}" was not decrypted by AWS', ciphertext.AWS_PARAMETER)
    return FoundValue(parts, text_value(content))
