"""1Password: `op item get ITEM --format json`, one item or several, or the fields that its `--fields` chose.

By the published description of its program (https://developer.1password.com/docs/cli/item-fields).
"""

import re
from collections.abc import Iterable, Iterator

from gitseal.document.value import text as text_value
from gitseal.exchange import _nodes
from gitseal.exchange._names import shown
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened

# What an item has besides its own fields, and a field that one logs in with by hand.
_NOTES, _ONE_TIME = "notesPlain", "OTP"
_PRINTED = shapes.Printed("op item get", "1password")
_MEMBERS = {
    *("id", "title", "version", "vault", "category", "sections", "fields", "tags", "urls", "files", "favorite"),
    *("trashed", "state", "last_edited_by", "created_at", "updated_at", "additional_information"),
}
_FIELD_MEMBERS = {
    *("id", "type", "label", "value", "reference", "purpose", "section", "entropy", "password_details", "generated"),
    *("totp", "history", "ssh_formats", "tags"),
}
_ITEM, _FIELD = {"category", "vault"}, {"id", "type", "label", "reference"}
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")
_UNFIT_START = re.compile(r"\A(?![A-Za-z_])")


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The fields that have a value, by their labels and in their sections; None if nothing is of that shape.

    Of several items each is a section by its title. Labels and titles are made names: `api key` becomes `api_key`. Raises
    Malformed if only a part is of that shape.
    """
    root = shapes.json_root(data)
    objects = (
        [shapes.fields(root)]
        if isinstance(root, _nodes.Mapping)
        else [shapes.fields(one) for one in shapes.items(root)]
    )
    if any(one.keys() >= _FIELD for one in objects):
        if not all(one.keys() >= {"id", "type"} for one in objects):
            raise shapes.near_miss(_PRINTED.tool, "a field in it has no id or no type")
        every_field = objects
        values = list(_values(objects, ()))
    elif any(one.keys() >= _ITEM for one in objects):
        if not all(one.keys() >= _ITEM | {"fields"} for one in objects):
            raise shapes.near_miss(_PRINTED.tool, "an item in it has no fields: op item list gives none")
        for one in objects:
            shapes.refuse_strange(source, _PRINTED, one, _MEMBERS)
        every_field = [shapes.fields(node) for item in objects for node in shapes.items(item["fields"])]
        values = [value for item in objects for value in _of_item(item, is_one=len(objects) == 1)]
    else:
        return None
    for field in every_field:
        shapes.refuse_strange(source, _PRINTED, field, _FIELD_MEMBERS)
    named = [value._replace(path=tuple(map(_name, value.path))) for value in values]
    renamed = {old: new for before, after in zip(values, named, strict=True) for old, new in _changed(before, after)}
    notes = tuple(f'"{shown(old)}" has the name {new} here' for old, new in renamed.items())
    return Opened(shapes.imported(named), notes=notes)


def _changed(before: FoundValue, after: FoundValue) -> Iterator[tuple[str, str]]:
    return ((old, new) for old, new in zip(before.path, after.path, strict=True) if old != new)


def _name(label: str) -> str:
    return _UNFIT_START.sub("_", _UNFIT.sub("_", label.strip())) if label.strip() else label


def _of_item(item: dict[str, _nodes.Node], *, is_one: bool) -> Iterator[FoundValue]:
    above = () if is_one else (shapes.text(item.get("title")) or "",)
    return _values([shapes.fields(node) for node in shapes.items(item["fields"])], above)


def _values(fields: Iterable[dict[str, _nodes.Node]], above: tuple[str, ...]) -> Iterator[FoundValue]:
    for field in fields:
        content = shapes.text(field.get("value"))
        is_notes = shapes.text(field.get("id")) == _NOTES
        label = shapes.text(field.get("label")) or shapes.text(field.get("id")) or ""
        if content is None and not shapes.is_null(field.get("value")):
            raise shapes.missing_value(label, "it is no text", "put it in quotes")
        if content is None or shapes.text(field.get("type")) == _ONE_TIME or (is_notes and not content):
            continue
        section = shapes.text(shapes.fields(field.get("section")).get("label"))
        yield FoundValue((*above, *([section] if section else ()), label), text_value(content))
