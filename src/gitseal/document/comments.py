"""The comments of an environment file, by the name that they stand above."""

from gitseal.document.document import FIRST_LINE, Document, Entry
from gitseal.document.header import HEADER
from gitseal.yamltext.tree import NamePath, Tree


def comments_of(entry: Entry) -> tuple[str, ...]:
    """The comment lines between the value before a name and the name, those above its section too if it is the first in it."""
    return _above(entry.document.tree, entry.path)


def comments_below(document: Document) -> tuple[str, ...]:
    """The comment lines behind the last value of a file."""
    return _above(document.tree, (HEADER,))


def _above(tree: Tree, path: NamePath) -> tuple[str, ...]:
    first = last = tree.nodes[path].line
    while tree.is_comment(first - 1) or tree.is_blank(first - 1):
        first -= 1
    lines = (line.strip(" \r") for line in tree.lines[first:last])
    own = tuple(line for line in lines if line and line != FIRST_LINE)
    section = path[:-1]
    if section and tree.nodes[section].line == first - 1:
        return _above(tree, section) + own
    return own
