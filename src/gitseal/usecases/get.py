"""`get`: one value."""

from gitseal.document.value import TypedValue, ValueType
from gitseal.project.names import missing, parse_name
from gitseal.project.reading import OpenedEnvironment


def get_value(opened: OpenedEnvironment, name: str) -> TypedValue:
    """The value of a name. Raises Error if there is none, or it does not open."""
    path = parse_name(name)
    if path not in opened.entries:
        raise missing(path, opened.environment, opened.entries)
    value = opened.open(path)
    if opened.entries[path][1].token is not None or value.kind is not ValueType.TEXT or b"${" not in value.reveal():
        return value
    from gitseal.resolve.references import Resolver  # few plain values hold references

    resolver = Resolver(opened.look_up)
    resolved = resolver.name(path)
    resolver.check()
    return resolved.value if resolved is not None else value
