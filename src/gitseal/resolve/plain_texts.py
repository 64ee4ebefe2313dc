"""The two forms of a text: plain it is a template, in which `$${` stands for `${`; sealed it is nothing but itself.

Whoever writes plain what was sealed, or came from elsewhere, and whoever seals what was plain, goes through here. Otherwise the
text would read as another one, or as none.
"""

from gitseal.document.value import TypedValue, ValueType

_MARK = b"${"


def written_plain(value: TypedValue) -> TypedValue:
    """What has to stand plain so that it reads as exactly this value."""
    if not _has_mark(value):
        return value
    from gitseal.resolve import templates  # few values have the mark

    return TypedValue(ValueType.TEXT, templates.escape(value.reveal().decode()).encode())


def read_plain(value: TypedValue) -> TypedValue:
    """What a plain value reads as by itself. One with references, or with a `${` that begins none, is given as it stands."""
    if not _has_mark(value):
        return value
    from gitseal.resolve import templates  # few values have the mark

    template = templates.parse(value.reveal().decode())
    literals = [piece for piece in template.pieces if isinstance(piece, str)]
    if template.problems or len(literals) < len(template.pieces):
        return value
    return TypedValue(ValueType.TEXT, "".join(literals).encode())


def _has_mark(value: TypedValue) -> bool:
    return value.kind is ValueType.TEXT and _MARK in value.reveal()
