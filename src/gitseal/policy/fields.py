"""The small readers that policy.yaml and manifest.yaml share: a node as a field's value, or a refusal with its line."""

from collections.abc import Callable, Collection, Iterator

from gitseal.errors import Malformed
from gitseal.yamltext.tree import NamePath, Node, NodeKind


class UnknownField(Malformed):
    """A field that this program does not know, at its `path`: misspelled, or of a newer program."""

    def __init__(self, message: str, line: int, hint: str, path: NamePath) -> None:
        super().__init__(message, line, hint)
        self.path = path


def mapping(node: Node, file: str, *known: str) -> dict[str, Node]:
    """The fields of a mapping. Raises UnknownField, naming the `file`, for one that is not among the `known`."""
    if node.kind is not NodeKind.MAPPING:
        raise Malformed("a mapping is missing here", node.line + 1)
    for name, field in node.children.items():
        if name not in known:
            hint = nearest(name, known) or f"if it is right, the {file} needs a newer gitseal: upgrade it"
            raise UnknownField(f'the {file} has no field "{name}" here', field.line + 1, hint, field.path)
    return node.children


def each(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The entries of a mapping whose names are the user's; a field that is missing or null has none."""
    if node is not None and not _is_null(node):
        if node.kind is not NodeKind.MAPPING:
            raise Malformed("a mapping is missing here", node.line + 1)
        yield from node.children.items()


def named(node: Node | None, is_name: Callable[[str], bool], what: str) -> Iterator[tuple[str, Node]]:
    """The entries of a mapping, each name held against `is_name`."""
    for name, child in each(node):
        if not is_name(name):
            raise Malformed(f'"{name}" cannot be the name of a {what}', child.line + 1)
        yield name, child


def items(node: Node | None) -> list[Node]:
    """The items of a list; a field that is missing or null has none."""
    if node is None or _is_null(node):
        return []
    if node.kind is not NodeKind.SEQUENCE:
        raise Malformed("a list is missing here", node.line + 1)
    return node.items


def strings(node: Node | None) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(string(item) for item in items(node))


def string(node: Node | None) -> str:
    """A text; empty for a field that is missing."""
    if node is None:
        return ""
    if node.kind is not NodeKind.SCALAR or not isinstance(node.value, str):
        raise Malformed("a text is missing here", node.line + 1)
    return node.value


def boolean(node: Node | None, *, default: bool) -> bool:
    """A boolean; `default` for a field that is missing."""
    if node is None:
        return default
    if not isinstance(node.value, bool):
        raise Malformed("true or false is missing here", node.line + 1)
    return node.value


def choice(node: Node | None, *choices: str) -> str:
    """One of the words; empty for a field that is missing."""
    word = string(node)
    if node is not None and word not in choices:
        raise Malformed(f"this is none of {', '.join(choices)}", node.line + 1)
    return word


def nearest(name: str, among: Collection[str]) -> str:
    """A hint with the nearest of the names that exist, or an empty one."""
    import difflib  # only ever needed on the way to an error

    close = difflib.get_close_matches(name, list(among), n=1)
    return f'the nearest is "{close[0]}"' if close else ""


def _is_null(node: Node) -> bool:
    return node.kind is NodeKind.SCALAR and node.value is None
