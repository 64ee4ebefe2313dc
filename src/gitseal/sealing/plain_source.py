"""A value as it stands in a file in clear, and which values cannot."""

from gitseal.document import token_grammar
from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Error, Malformed
from gitseal.yamltext import scalars


def can_be_plain(name: str, value: TypedValue) -> bool:
    """True for a value that can stand in a file in clear, of its type."""
    try:
        plain_source(name, value)
    except Error:
        return False
    return True


def plain_source(name: str, value: TypedValue) -> str:
    """A value as a file has it in clear. Raises Error for what has no form there that every reader takes for its type."""
    if value.kind in {ValueType.BYTES, ValueType.JSON}:
        raise Error(f'"{name}" is of type {value.kind.word}, which cannot be plain', "seal it: take it out of the rule")
    content = value.reveal().decode()
    if value.kind is ValueType.TEXT:
        # docs/format.md, section 4.5: in a file such a text is a token or damage, in quotes too.
        if content.startswith(token_grammar.PREFIXES):
            raise Error(
                f'"{name}" begins as a sealed value does, so it cannot be plain', "seal it: take it out of the rule"
            )
        return scalars.serialise(content)
    source = "null" if value.kind is ValueType.NULL else content
    try:
        scalars.parse(source, 0)
    except Malformed:
        raise Error(
            f'"{name}" is a number that YAML parsers read differently', "store it as text: --type text"
        ) from None
    return source
