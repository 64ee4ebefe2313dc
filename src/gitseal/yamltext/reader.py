"""The reader: bytes in, a tree with positions or a refusal with its line out. One pass, linear, no recursion on input."""

from gitseal.errors import Malformed
from gitseal.yamltext import scalars
from gitseal.yamltext.characters import decode
from gitseal.yamltext.tree import NamePath, Node, NodeKind, Tree

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 8

_NAME_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")
_CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_INDENTATION = "this line is indented like none above it"


def parse(data: bytes, *, policy: bool = False) -> Tree:
    """The tree of a file.

    `policy` also accepts what people write by hand in a policy and no sealed file holds: `[a, b]` and `{a: b}` on one
    line, and mappings as items of a list. Raises Malformed with the line.
    """
    if len(data) > MAX_BYTES:
        raise Malformed(f"the file is larger than {MAX_BYTES // 2**20} MiB")
    tree = Tree(decode(data).split("\n"))
    _Reader(tree, policy=policy).read()
    return tree


class _Reader:
    """The state of one pass: the open mappings and lists, innermost last, and the name that still waits for its value."""

    def __init__(self, tree: Tree, *, policy: bool) -> None:
        self.tree = tree
        self.policy = policy
        self.open: list[Node] = [tree.root]
        self.columns: list[int] = [0]
        self.pending: Node | None = None
        self.last = -1

    def read(self) -> None:
        for number, raw in enumerate(self.tree.lines):
            if not raw:
                continue
            line = raw.removesuffix("\r")
            content = line.lstrip(" ")
            # Blank lines and comments end nothing and have no indentation of their own.
            if not content or content[0] == "#":
                continue
            column = len(line) - len(content)
            if self.pending is None or not self.take_token(self.pending, number, column, content):
                self.line(number, column, content)
            self.last = number
        # Deeper than no line at all: everything that is open ends with the last line that holds something.
        self.close(-1)

    def take_token(self, node: Node, number: int, column: int, content: str) -> bool:
        """Takes a whole line as the value of the name above it if that is plain to see; False if it is not.

        Every second line of a sealed file is such a token, and reading goes by a third faster for it. `line` would take the
        line as the same value: a text without quotes, with no blank, no tab, and no colon at its end.
        """
        if content[:4] != "ENC[" or content[-1] != "]" or " " in content or "\t" in content:
            return False
        # Where its value may stand is for `take_pending` to say, with the right words.
        if number != node.line + 1 or column <= node.indent:
            return False
        self.pending = None
        node.source = node.value = content
        node.value_line = number
        node.end = number + 1
        return True

    def line(self, number: int, column: int, content: str) -> None:
        """One line that is neither blank nor a comment."""
        entry = _entry(content)
        is_item = content[0] == "-" and (content == "-" or content[1] == " ")
        opens = NodeKind.MAPPING if entry is not None else NodeKind.SEQUENCE if is_item else None
        if self.pending is not None and self.take_pending(self.pending, number, column, content, opens):
            return
        # Most lines go on in the innermost mapping, and need not look for it.
        if column != self.columns[-1] or (self.open[-1].kind is NodeKind.SEQUENCE) != is_item:
            self.close(column, keep_list=is_item)
        parent = self.open[-1]
        if column != self.columns[-1] or (parent.kind is NodeKind.SEQUENCE) != is_item:
            self.refuse(number, column, content)
        if is_item:
            self.item(parent, number, column, content)
        elif entry is not None:
            self.entry(parent, number, column, entry)
        else:
            self.refuse(number, column, content)

    def take_pending(self, node: Node, number: int, column: int, content: str, opens: NodeKind | None) -> bool:
        """Decides what the line makes of the name that waits; `opens` is what it begins. True if it was its scalar."""
        self.pending = None
        # A list may stand at its name's own indentation, unless that is where a list around it has its items.
        flush_list = opens is NodeKind.SEQUENCE and column == node.indent and self.open[-1].kind is NodeKind.MAPPING
        if column <= node.indent and not flush_list:
            return False
        if opens is not None:
            self.push(node, opens, column, number)
            return False
        # A comment between the two would belong to neither of them in an edit or a merge.
        if number != node.line + 1:
            raise Malformed("a value stands on its name's line or on the next one", number + 1)
        self.value(node, number, content)
        return True

    def entry(self, parent: Node, number: int, column: int, entry: tuple[str, str]) -> None:
        source, text = entry
        name = scalars.parse_name(source, number + 1)
        # Parsers disagree on which of two values a name has, so a second one could be one that nobody reviewed.
        if name in parent.children:
            raise Malformed(
                f'the name "{name}" stands twice, first in line {parent.children[name].line + 1}', number + 1
            )
        path = (*parent.path, name)
        if len(path) > MAX_DEPTH:
            raise Malformed(f"names are nested deeper than {MAX_DEPTH}", number + 1)
        node = Node(path, number, column)
        parent.children[name] = node
        self.tree.nodes[path] = node
        if not text or text[0] == "#":
            self.pending = node
        else:
            self.value(node, number, text)

    def item(self, parent: Node, number: int, column: int, content: str) -> None:
        text = content[1:].lstrip(" ")
        node = Node((*parent.path, f"[{len(parent.items)}]"), number, column)
        parent.items.append(node)
        if not text or text[0] == "#":
            raise Malformed("a list item has no value on its line", number + 1)
        entry = _entry(text)
        if entry is None:
            self.value(node, number, text)
        elif self.policy:
            inner = column + len(content) - len(text)
            self.push(node, NodeKind.MAPPING, inner, number)
            self.entry(node, number, inner, entry)
        else:
            raise Malformed("an item of a list is a mapping, which this file cannot hold", number + 1)

    def value(self, node: Node, number: int, text: str) -> None:
        """Reads the scalar or collection that begins at `text` as the node's value."""
        node.value_line = number
        node.end = number + 1
        if self.policy and text[0] == "[" and _is_plain_list(node, text, number + 1):
            node.source = text
            return
        if text[0] in "[{":
            from gitseal.yamltext import flow  # most files have none with more in it

            node.source = flow.parse_into(node, text, number + 1, filled=self.policy)
            return
        node.source, rest = scalars.split_comment(text)
        if rest and not scalars.is_comment(rest):
            raise Malformed("something follows the value on its line", number + 1)
        node.value = scalars.parse(node.source, number + 1)

    def push(self, node: Node, kind: NodeKind, column: int, number: int) -> None:
        # Names alone are counted by `entry`. Lists in lists have none, and could go on without end.
        if len(self.open) > 2 * MAX_DEPTH:
            raise Malformed(f"the file is nested deeper than {MAX_DEPTH}", number + 1)
        node.become(kind)
        self.open.append(node)
        self.columns.append(column)

    def close(self, column: int, *, keep_list: bool = False) -> None:
        """Ends every mapping and list that is indented deeper than `column`, and a list at it unless it goes on."""
        while len(self.open) > 1:
            node = self.open[-1]
            deeper = self.columns[-1] > column
            ended = node.kind is NodeKind.SEQUENCE and self.columns[-1] == column and not keep_list
            if not deeper and not ended:
                return
            node.end = self.last + 1
            self.open.pop()
            self.columns.pop()
        self.open[0].end = self.last + 1

    def refuse(self, number: int, column: int, content: str) -> None:
        """Raises Malformed with the reason why the grammar has no such line."""
        if column == 0 and content.startswith(_CONFLICT):
            raise Malformed("a merge conflict is not resolved here", number + 1, "run: gitseal resolve")
        if content.startswith(("---", "...", "%")):
            raise Malformed("directives and document markers are not allowed", number + 1)
        if "\t" in content[:1]:
            raise Malformed("a tab is used for indentation", number + 1)
        if column != self.columns[-1]:
            raise Malformed(_INDENTATION, number + 1)
        raise Malformed("this line is no name, value, comment or blank line", number + 1)


def _entry(content: str) -> tuple[str, str] | None:
    """A line that begins with a name and a colon, as the name in its quotes, if it has some, and what follows them; else None.

    A colon ends a name only before a blank and at the end of the line.
    """
    quote = content[0]
    if quote in "\"'":
        end = content.find(quote, 1) + 1
        # An escape may stand in a quoted value; a name has none.
        if not end or (quote == '"' and "\\" in content[:end]):
            return None
    else:
        end = len(content.partition(":")[0].rstrip(" "))
        if not end or quote in "0123456789.-" or not _NAME_CHARACTERS.issuperset(content[:end]):
            return None
    blanks, colon, text = content[end:].partition(":")
    if not colon or blanks.strip(" ") or (text and text[0] != " "):
        return None
    return content[:end], text.lstrip(" ")


def _is_plain_list(node: Node, text: str, line: int) -> bool:
    """Reads `[a, "b"]`, which policies mostly hold, and says so; False for anything with more in it, which is not read.

    `flow` would read the same. It takes a fiftieth of a short command's time to load, and to compile its expression.
    """
    inner = text[1:-1]
    if text[-1] != "]" or any(special in inner for special in "[]{}:#?'\\\t") or " -" in inner:
        return False
    sources = [source.strip(" ") for source in inner.split(",")]
    if not all(sources) or any('"' in source and not _is_quoted(source) for source in sources):
        return False
    node.become(NodeKind.SEQUENCE)
    for source in sources:
        item = Node((*node.path, f"[{len(node.items)}]"), line - 1, 0)
        node.items.append(item)
        item.source = source
        item.value = scalars.parse(source, line)
    return True


def _is_quoted(source: str) -> bool:
    return source.count('"') == 2 and source[0] == source[-1] == '"'  # noqa: PLR2004 - one at each end


def path_text(path: NamePath) -> str:
    """A name as the user writes it: its parts joined by `/`."""
    return "/".join(path)
