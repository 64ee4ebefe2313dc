"""Edits of policy.yaml by its lines: what is not edited stays byte for byte, comments and style included."""

from gitseal.policy import parser
from gitseal.yamltext import reader, scalars
from gitseal.yamltext.flow import is_refused_elsewhere
from gitseal.yamltext.tree import NamePath, Node, NodeKind, Plain, Tree

_STEP = "  "
_NOT_PLAIN_IN_BRACKETS = frozenset(",[]{}\"'")


class PolicyEditor:
    """The text of a policy while it is edited. Paths are as the reader gives them, list items as `[n]`."""

    def __init__(self, data: bytes) -> None:
        self._tree = reader.parse(data, policy=True)

    def serialise(self) -> bytes:
        """The edited text. Raises Malformed if it is no policy that holds together."""
        data = self._tree.serialise()
        parser.parse(data)
        return data

    def get(self, path: NamePath) -> Plain:
        """The plain value at a path, or None."""
        value: Plain = self._tree.root.plain()
        for part in path:
            if isinstance(value, list):
                value = value[int(part[1:-1])]
            elif isinstance(value, dict) and part in value:
                value = value[part]
            else:
                return None
        return value

    def put(self, path: NamePath, value: Plain) -> None:
        """Sets the value at a path; what is missing on the way is made."""
        node, rest = self._nearest(path)
        if not rest:
            self._rewrite(node, value)
        elif node.kind is NodeKind.MAPPING and not node.source:
            self._insert(node, rest[0], _nested(rest[1:], value))
        else:
            self._rewrite(node, _with(node.plain(), rest, value))

    def append(self, path: NamePath, item: dict[str, Plain]) -> None:
        """Puts a mapping behind the others of a list, on a line of its own if the list has lines; a missing list is made."""
        items = self.get(path)
        if isinstance(items, list) and items:
            self.put(path, [*items, item])
            return
        if items is not None:
            self.remove(path)
        parent, _ = self._nearest(path[:-1])
        self._insert(parent, path[-1], [item])

    def remove(self, path: NamePath) -> None:
        """Takes a path out."""
        node, rest = self._nearest(path)
        if not rest:
            self._splice(node.line, node.end, [])
            return
        whole = node.plain()
        assert isinstance(whole, dict)  # noqa: S101 - `get` has found the path
        self._rewrite(node, _without(whole, rest))

    def rename(self, path: NamePath, name: str) -> None:
        """Gives the mapping entry at a path another name."""
        node, rest = self._nearest(path)
        if rest:
            whole = node.plain()
            assert isinstance(whole, dict)  # noqa: S101 - as above
            self._rewrite(node, {name if key == rest[0] else key: value for key, value in whole.items()})
            return
        line = self._tree.lines[node.line]
        self._splice(
            node.line,
            node.line + 1,
            [" " * node.indent + scalars.serialise_name(name) + line[line.index(":") :].rstrip("\r")],
        )

    def lists_with(self, item: str) -> list[NamePath]:
        """The paths of all lists of texts that hold `item`."""
        paths: list[NamePath] = []

        def walk(path: NamePath, value: Plain) -> None:
            if isinstance(value, dict):
                for name, child in value.items():
                    walk((*path, name), child)
            elif isinstance(value, list):
                if item in value:
                    paths.append(path)
                for number, child in enumerate(value):
                    walk((*path, f"[{number}]"), child)

        walk((), self._tree.root.plain())
        return paths

    def _nearest(self, path: NamePath) -> tuple[Node, NamePath]:
        """The innermost node with lines of its own on the way to a path, and the rest of the way."""
        node = self._tree.root
        for depth, part in enumerate(path):
            inner = _inner(node, part)
            if inner is None:
                return node, path[depth:]
            node = inner
        return node, ()

    def _insert(self, section: Node, name: str, value: Plain) -> None:
        children = list(section.children.values())
        indent = children[0].indent if children else section.indent + (len(_STEP) if section.path else 0)
        end = children[-1].end if children else section.end
        lines = _entry(" " * indent, name, value)
        self._splice(end, end, lines if section.path or not children else ["", *lines])

    def _rewrite(self, node: Node, value: Plain) -> None:
        if node.source and (node.source[:1] == "{" or not isinstance(value, dict)):
            self._write_over(node, _flow(value))
        elif node.kind is NodeKind.SEQUENCE and isinstance(value, list):
            self._rewrite_items(node, value)
        else:
            lines = _entry(" " * node.indent, node.path[-1], value)
            comment = "" if node.source else self._after_label(node)
            self._splice(node.line, node.end, [lines[0] + comment.rstrip(" "), *lines[1:]])

    def _after_label(self, node: Node) -> str:
        """The text after the colon on the name's line, or after the dash of an item."""
        mark = "-" if _is_item(node.path[-1]) else ":"
        return self._tree.lines[node.line].rstrip("\r").partition(mark)[2]

    def _write_over(self, node: Node, source: str) -> None:
        """Puts another source in place of the node's, between the blanks and the comment around it."""
        line = self._tree.lines[node.value_line].rstrip("\r")
        behind = self._after_label(node) if node.value_line == node.line else line
        start = len(line) - len(behind.lstrip(" "))
        self._splice(node.value_line, node.value_line + 1, [line[:start] + source + line[start + len(node.source) :]])

    def _rewrite_items(self, node: Node, value: list[Plain]) -> None:
        kept = [item for item in node.items if item.plain() in value]
        new = [item for item in value if item not in [item.plain() for item in kept]]
        indent = " " * node.items[0].indent
        lines: list[str] = []
        for number in range(node.line + 1, node.end):
            owner = next((item for item in node.items if item.line <= number < item.end), None)
            if owner is None or owner in kept:
                lines.append(self._tree.lines[number].rstrip("\r"))
        self._splice(node.line + 1, node.end, [*lines, *(f"{indent}- {_flow(item)}" for item in new)])

    def _splice(self, start: int, end: int, new: list[str]) -> None:
        lines = list(self._tree.lines)
        eol = "\r" if lines[0].endswith("\r") else ""
        # The last line has no line end, whichever line is the last afterwards.
        lines[-1] += eol if lines[-1] else ""
        lines[start:end] = [line + eol for line in new]
        lines[-1] = lines[-1].removesuffix("\r")
        edited = Tree(lines).serialise()
        self._tree = reader.parse(edited, policy=True)


def _nested(path: NamePath, value: Plain) -> Plain:
    for part in reversed(path):
        value = {part: value}
    return value


def _inner(node: Node, part: str) -> Node | None:
    """The child or item of a node, if there is one with lines of its own."""
    if node.source:
        return None
    if node.kind is NodeKind.SEQUENCE:
        return node.items[int(part[1:-1])] if _is_item(part) and int(part[1:-1]) < len(node.items) else None
    return node.children.get(part)


def _is_item(part: str) -> bool:
    return part.startswith("[")


def _with(whole: Plain, path: NamePath, value: Plain) -> Plain:
    if not path:
        return value
    if isinstance(whole, list):
        number = int(path[0][1:-1])
        return [_with(item, path[1:], value) if at == number else item for at, item in enumerate(whole)]
    inside = whole if isinstance(whole, dict) else {}
    return {**inside, path[0]: _with(inside.get(path[0]), path[1:], value)}


def _without(whole: dict[str, Plain], path: NamePath) -> dict[str, Plain]:
    inner = whole.get(path[0])
    if len(path) > 1 and isinstance(inner, dict):
        return {**whole, path[0]: _without(inner, path[1:])}
    return {name: value for name, value in whole.items() if name != path[0]}


def _entry(indent: str, name: str, value: Plain) -> list[str]:
    """The lines of a mapping entry: mappings as blocks, lists of mappings by lines, all else on the name's line."""
    label = indent + scalars.serialise_name(name) + ":"
    if isinstance(value, dict) and value:
        return [label, *(line for child, inner in value.items() for line in _entry(indent + _STEP, child, inner))]
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [label, *(f"{indent}{_STEP}- {_flow(item)}" for item in value)]
    return [f"{label} {_flow(value)}"]


def _flow(value: Plain) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalars.serialise_name(name)}: {_flow(child)}" for name, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str) and (_NOT_PLAIN_IN_BRACKETS & set(value) or is_refused_elsewhere(value)):
        return scalars.quoted(value)
    return scalars.serialise(value)
