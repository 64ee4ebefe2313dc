"""The small readers that policy.yaml and manifest.yaml share: a node as a field's value, or a refusal with its line."""

from collections.abc import Callable, Collection, Iterable, Iterator

from gitseal.errors import Malformed
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath, Node, NodeKind

TYPE_CHECKING = False
if TYPE_CHECKING:  # the hook waits for no `typing`
    from typing import TypeVar

    T = TypeVar("T")

_MOST_IGNORED = 32


class UnknownField(Malformed):
    """A field that this program does not know, at its `path`: misspelled, or of a newer program."""

    def __init__(self, message: str, line: int, hint: str, path: NamePath) -> None:
        super().__init__(message, line, hint)
        self.path = path


def known_part(
    root: Node, read: "Callable[[Node], T]", alike: Callable[[Node, NamePath], Iterable[Node]]
) -> "tuple[T, tuple[str, ...]]":
    """The result of `read` without the fields that it does not know, and these fields, for callers that only read values.

    One laptop that was upgraded must not stop every host that deploys. `alike` gives the mappings of the same kind as the one
    at the end of a field's path: the field is taken out of all of them. Changes the tree, and raises as `read` otherwise.
    """
    ignored: list[str] = []
    while True:
        try:
            return read(root), tuple(ignored)
        except UnknownField as error:
            if len(ignored) == _MOST_IGNORED:
                raise
            ignored.append(path_text(error.path))
            for node in alike(root, error.path):
                node.children.pop(error.path[-1], None)


def at_same_depth(root: Node, path: NamePath) -> list[Node]:
    """The nodes that hold the end of a path, and all others as deep below the same top-level name."""
    nodes = [root]
    for depth in range(len(path) - 1):
        below = [child for node in nodes for child in (*node.children.values(), *node.items)]
        nodes = [child for child in below if depth or child.path[:1] == path[:1]]
    return nodes


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
    """The entries of a mapping, each name checked by `is_name`."""
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
        raise Malformed(f"this is not one of {', '.join(choices)}", node.line + 1)
    return word


def nearest(name: str, among: Collection[str]) -> str:
    """A hint with the nearest of the names that exist, or an empty one."""
    import difflib  # only ever needed on the way to an error

    close = difflib.get_close_matches(name, list(among), n=1)
    return f'the nearest is "{close[0]}"' if close else ""


def _is_null(node: Node) -> bool:
    return node.kind is NodeKind.SCALAR and node.value is None
