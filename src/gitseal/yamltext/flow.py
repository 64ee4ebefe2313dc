"""Collections written on one line: `{}` and `[]` everywhere, `[a, b]` and `{a: b}` in the policy."""

from gitseal.errors import Malformed
from gitseal.yamltext import scalars
from gitseal.yamltext.tree import Node, NodeKind

_MAX_DEPTH = 4
# Possessive: nothing is ever taken back, so a line of any length takes linear time and no memory.
# It is compiled for the first such line: `reader` takes what is plain to see, which most policies hold.
_PIECE = (
    r""" *+("(?:[^"\\]++|\\.)*+"|'(?:[^']++|'')*+'|[\[\]{},]|:(?= |$)"""
    r"""|(?:[^ \t\[\]{},:#"']++|:(?! |$)| ++(?=[^ \t\[\]{},:#"'])|(?<=[^ \t])#)++)"""
)


def parse_into(node: Node, text: str, line: int, *, filled: bool) -> str:
    """Reads the collection at the beginning of `text` into `node` and returns its source; only a comment may follow.

    Raises Malformed. Without `filled` only `{}` and `[]` are read.
    """
    if text[:2] in {"{}", "[]"}:
        node.become(NodeKind.MAPPING if text[0] == "{" else NodeKind.SEQUENCE)
        rest = text[2:]
    elif filled:
        rest = _Flow(text, line).read(node)
    else:
        raise Malformed("a list or mapping in [ ] or { } is not allowed here", line)
    if rest and not scalars.is_comment(rest):
        raise Malformed("something follows the collection on its line", line)
    return text[: len(text) - len(rest)]


def is_refused_elsewhere(text: str) -> bool:
    """True for a plain text in brackets that some parser refuses: those of YAML 1.1 a `?`, and py-yaml12 a last `-`."""
    return "?" in text or text.endswith(" -")


class _Flow:
    """One pass over the tokens of a flow collection."""

    def __init__(self, text: str, line: int) -> None:
        import re

        self.text = text
        self.line = line
        self.at = 0
        self.expression = re.compile(_PIECE)

    def read(self, node: Node) -> str:
        self.collection(node, self.next(), 1)
        return self.text[self.at :]

    def peek(self) -> str:
        match = self.expression.match(self.text, self.at)
        if match is None:
            raise Malformed(
                "a list or mapping in brackets is not closed on its line",
                self.line,
                "write it as a block, one item a line",
            )
        return match[1]

    def next(self) -> str:
        token = self.peek()
        match = self.expression.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return token

    def collection(self, node: Node, opening: str, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise Malformed(f"brackets are nested deeper than {_MAX_DEPTH}", self.line)
        node.become(NodeKind.SEQUENCE if opening == "[" else NodeKind.MAPPING)
        closing = "]" if opening == "[" else "}"
        while self.peek() != closing:
            if opening == "[":
                child = Node((*node.path, f"[{len(node.items)}]"), self.line - 1, 0)
                node.items.append(child)
            else:
                child = self.named(node)
            self.value(child, depth)
            if self.peek() == ",":
                self.next()
            elif self.peek() != closing:
                raise Malformed(f'"," or "{closing}" is missing', self.line)
        self.next()

    def named(self, node: Node) -> Node:
        name = scalars.parse_name(self.next(), self.line)
        if name in node.children:
            raise Malformed(f'the name "{name}" stands twice', self.line)
        if self.next() != ":":
            raise Malformed(f'":" and a blank are missing after "{name}"', self.line)
        child = Node((*node.path, name), self.line - 1, 0)
        node.children[name] = child
        return child

    def value(self, node: Node, depth: int) -> None:
        token = self.next()
        # The only recursion over what a file holds; `collection` ends it at a depth of its own.
        if token in {"[", "{"}:
            self.collection(node, token, depth + 1)
        elif token in {"]", "}", ",", ":"}:
            raise Malformed("a value is missing in a list or mapping", self.line)
        else:
            if token[0] not in "\"'" and is_refused_elsewhere(token):
                raise Malformed(
                    'a text in brackets holds a "?", or ends with a single "-"',
                    self.line,
                    "put the text in double quotes",
                )
            node.source = token
            node.value = scalars.parse(token, self.line)
