"""1Password: `op item get ITEM --format json`, one item or several.

By the published description of its program (https://developer.1password.com/docs/cli/item-fields).
"""

from collections.abc import Iterator

from gitseal.document.value import text as text_value
from gitseal.exchange import _nodes
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened

# What an item has besides its own fields, and a field that one logs in with by hand.
_NOTES, _ONE_TIME = "notesPlain", "OTP"


def read(data: bytes, _source: ForeignSource) -> Opened | None:
    """The fields that have a value, by their labels and in their sections; None if nothing is of that shape.

    Of several items each is a section by its title.
    """
    root = shapes.json_root(data)
    found = (
        [shapes.fields(root)]
        if isinstance(root, _nodes.Mapping)
        else [shapes.fields(one) for one in shapes.items(root)]
    )
    if not found or not all({"category", "vault", "fields"} <= one.keys() for one in found):
        return None
    return Opened(shapes.imported(value for item in found for value in _values(item, is_one=len(found) == 1)))


def _values(item: dict[str, _nodes.Node], *, is_one: bool) -> Iterator[FoundValue]:
    above = () if is_one else (shapes.text(item.get("title")) or "",)
    for node in shapes.items(item["fields"]):
        field = shapes.fields(node)
        content = shapes.text(field.get("value"))
        is_notes = shapes.text(field.get("id")) == _NOTES
        if content is None or shapes.text(field.get("type")) == _ONE_TIME or (is_notes and not content):
            continue
        section = shapes.text(shapes.fields(field.get("section")).get("label"))
        label = shapes.text(field.get("label")) or shapes.text(field.get("id")) or ""
        yield FoundValue((*above, *([section] if section else ()), label), text_value(content))
