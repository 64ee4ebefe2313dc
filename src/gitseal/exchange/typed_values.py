"""Values with their types as JSON: `{"DATABASE_URL": {"type": "text", "value": "..."}}`, the form of a backup of values.

A value comes back as exactly what it was, which no dialect of `render` promises. Bytes are in base64, and a name in a section
is `section/NAME`.
"""

import json
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from typing import NamedTuple

from gitseal.document.value import TypedValue, ValueType, checked
from gitseal.errors import Error, Malformed
from gitseal.exchange._names import check_path, is_name
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_KINDS = {kind.word: kind for kind in ValueType}
_FIELDS = ({"type", "value"}, {"type", "value", "plain"})


class KeptValue(NamedTuple):
    """A value by its path, and whether it was plain."""

    path: NamePath
    value: TypedValue
    is_plain: bool = False


def serialise(values: Sequence[KeptValue]) -> bytes:
    """The values as JSON text, in their order."""
    return (
        json.dumps({path_text(one.path): _entry(one) for one in values}, indent=1, ensure_ascii=False).encode() + b"\n"
    )


def parse(data: bytes) -> list[KeptValue]:
    """The values of a text that `serialise` made. Raises Malformed, which quotes no value."""
    try:
        return [_value(name, entry) for name, entry in json.loads(data, object_pairs_hook=_members).items()]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Base64Error, Error):
        pass
    # Raised out here: the context of an error would hold the text, and so the values.
    raise Malformed("its values are not in the form that gitseal writes")


def _entry(one: KeptValue) -> dict[str, object]:
    content = one.value.reveal()
    text = b2a_base64(content, newline=False) if one.value.kind is ValueType.BYTES else content
    return {"type": one.value.kind.word, "value": text.decode(), **({"plain": True} if one.is_plain else {})}


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _value(name: str, entry: dict[str, object]) -> KeptValue:
    path, kind, text = tuple(name.split("/")), _KINDS[str(entry["type"])], entry["value"]
    if set(entry) not in _FIELDS or not isinstance(text, str) or not all(map(is_name, path)):
        raise ValueError
    check_path(path, 0)
    content = a2b_base64(text, strict_mode=True) if kind is ValueType.BYTES else text.encode()
    return KeptValue(path, checked(kind, content), entry.get("plain") is True)
