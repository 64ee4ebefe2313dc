"""The JSON Schema of what `json_` writes, made from the model itself so that the two cannot part.

`tools/schemas` writes it to docs/schema/review.schema.json.
"""

from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

from gitseal.review.formats.fields import UNSHOWN
from gitseal.review.formats.json_ import VERSION
from gitseal.review.model import Review

_SCALARS = {str: "string", int: "integer", bool: "boolean", NoneType: "null"}


def schema() -> dict[str, object]:
    """Draft 2020-12. New fields may come without a new version, so none is refused."""
    definitions: dict[str, object] = {}
    _object(Review, definitions)
    whole = definitions.pop(Review.__name__)
    if not isinstance(whole, dict):
        raise TypeError
    properties = {"version": {"const": VERSION}, **whole["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gitseal review --format json",
        **whole,
        "required": list(properties),
        "properties": properties,
        "$defs": definitions,
    }


def _object(of: type, definitions: dict[str, object]) -> None:
    """Adds a named tuple to what was found, and those it is made of."""
    if of.__name__ in definitions:
        return
    definitions[of.__name__] = None
    hints = {
        name: hint for name, hint in get_type_hints(of).items() if name in of.__annotations__ and name not in UNSHOWN
    }
    properties = {name: _type(hint, definitions) for name, hint in hints.items()}
    words = " ".join((of.__doc__ or "").split())
    definitions[of.__name__] = {
        "type": "object",
        "description": words,
        "required": list(properties),
        "properties": properties,
    }


def _type(hint: object, definitions: dict[str, object]) -> dict[str, object]:
    if isinstance(hint, UnionType):
        return {"anyOf": [_type(member, definitions) for member in get_args(hint)]}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _type(get_args(hint)[0], definitions)}
    if not isinstance(hint, type):
        raise TypeError(hint)
    if hint in _SCALARS:
        return {"type": _SCALARS[hint]}
    if issubclass(hint, str):  # a sentence is written as its text
        return {"type": "string"}
    _object(hint, definitions)
    return {"$ref": f"#/$defs/{hint.__name__}"}
