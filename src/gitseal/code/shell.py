"""Shell scripts, by tree-sitter's grammar: variables that are expanded, and never assigned in the same script.

Only names without lower-case letters count: POSIX leaves the others to scripts for themselves (XBD 8.1).
"""

import re
from typing import TYPE_CHECKING

from gitseal.code import _grammars
from gitseal.code._walk import Chain, everything, line, text
from gitseal.code.uses import Reading, Use

if TYPE_CHECKING:
    from tree_sitter import Node

_EXPORTED = re.compile(r"[A-Z_][A-Z0-9_]*+")
_HERE_DOCUMENTS = 500  # the grammar's scanner is quadratic in them
TOO_MANY = f"was not looked at: it has more than {_HERE_DOCUMENTS} here-documents"
_FILE = re.compile(r"""([\w.-]+)["']?$""")
_ASSIGNING = {"read": 0, "mapfile": 0, "readarray": 0, "getopts": 1}
_WITHOUT = {"-", ":-", "+", ":+", "=", ":="}
_DECLARING = {"local", "declare", "typeset", "readonly"}
_REACH = 12  # how far out a condition around an expansion is looked for


def read(_path: str, content: bytes) -> Reading:
    """Read the variables that a script takes from outside."""
    if content.count(b"<<") > _HERE_DOCUMENTS:
        return Reading((), (TOO_MANY,))
    tree = _grammars.parse("bash", content)
    if tree is None:
        return Reading((), (_grammars.absent("bash"),))
    script = _Script()
    for chain in everything(tree):
        script.see(chain)
    uses = tuple(use for use, at in script.uses if script.is_outside(use.name, at))
    return Reading(uses, given=frozenset(script.assigned), sourced=frozenset(script.sourced))


class _Script:
    """Collects expansions with their places, and for each name the bytes of its first assignment."""

    def __init__(self) -> None:
        self.uses: list[tuple[Use, int]] = []
        self.assigned: dict[str, tuple[int, int]] = {}
        self.sourced: set[str] = set()

    def is_outside(self, name: str, at: int) -> bool:
        """True if a name at a place comes from outside: it is never assigned, or this is its first assignment (`X=${X:-1}`)."""
        start, end = self.assigned.get(name, (at, at + 1))
        return start <= at < end

    def see(self, chain: Chain) -> None:
        node = chain[-1].node
        if node.type in {"simple_expansion", "expansion"}:
            self.expansion(chain)
        elif node.type == "variable_assignment":
            self.assign(node.child_by_field_name("name"), node)
        elif node.type in {"for_statement", "select_statement"}:
            variable = node.child_by_field_name("variable")
            self.assign(variable, variable)
        elif node.type == "declaration_command" and text(node.child(0)) in _DECLARING:
            for child in node.named_children:
                self.assign(child if child.type == "variable_name" else None, child)
        elif node.type == "command":
            self.command(node)
        elif node.type == "variable_name" and _is_arithmetic_target(chain):
            self.assign(node, node)

    def assign(self, name: "Node | None", around: "Node | None") -> None:
        # The first one is kept: only what it takes in itself can come from outside, as in `X=${X:-1}`.
        if name is not None and around is not None:
            self.assigned.setdefault(text(name).partition("[")[0], (around.start_byte, around.end_byte))

    def command(self, node: "Node") -> None:
        name = text(node.child_by_field_name("name"))
        arguments = node.children_by_field_name("argument")
        if name in {"source", "."} and arguments:
            # Only the file's name, since the folder is mostly a variable: `. "$DIR/lib.sh"`.
            self.sourced |= set(_FILE.findall(text(arguments[0])[-200:]))
        words = [child for child in arguments if child.type == "word"]
        if name in _ASSIGNING:
            for word in words[_ASSIGNING[name] :]:
                self.assign(word, word)
        elif name == "printf" and len(words) > 1 and text(words[0]) == "-v":
            self.assign(words[1], words[1])

    def expansion(self, chain: Chain) -> None:
        node = chain[-1].node
        variable = next((child for child in node.children if child.type in {"variable_name", "subscript"}), None)
        name = text(variable).partition("[")[0]
        if not _EXPORTED.fullmatch(name):
            return
        operators = {text(child) for child in node.children_by_field_name("operator")}
        has_default = not operators.isdisjoint(_WITHOUT) or _is_asked(chain) or _is_guarded(chain, name)
        self.uses.append((Use(name, line(node), has_default), node.start_byte))
        # `${X:=1}` assigns too, so later expansions find it set.
        if not operators.isdisjoint({"=", ":="}):
            self.assigned.setdefault(name, (node.start_byte, node.end_byte))


def _is_arithmetic_target(chain: Chain) -> bool:
    parent = chain[-2].node if len(chain) > 1 else None
    if parent is None or parent.type not in {"binary_expression", "postfix_expression", "unary_expression"}:
        return False
    return parent.type != "binary_expression" or (chain[-1].field == "left" and "=" in text(_operator(parent)))


def _operator(node: "Node") -> "Node | None":
    return node.child_by_field_name("operator")


def _is_asked(chain: Chain) -> bool:
    """True if the expansion is the object of a test: `[ -z "$X" ]`, `[ "$X" = a ]`, `test -n "$X"`."""
    outer = [step.node for step in chain[-6:-1] if step.node.type != "string"]
    if not outer:
        return False
    if outer[-1].type in {"unary_expression", "binary_expression"}:
        return any(node.type == "test_command" for node in outer)
    return outer[-1].type == "command" and text(outer[-1].child_by_field_name("name")) == "test"


def _is_guarded(chain: Chain, name: str) -> bool:
    """True if the place is reached only if a test around it has found the name set."""
    for at in range(len(chain) - 1, max(0, len(chain) - _REACH), -1):
        outer, inner = chain[at - 1].node, chain[at]
        asked = "-n|! -z|!"  # what finds it set, in front of the name
        if outer.type == "if_statement" and inner.field != "condition":
            condition = outer.child_by_field_name("condition")
            asked = "-z" if inner.node.type == "else_clause" else asked
        elif outer.type == "list" and inner.node.start_byte > outer.start_byte:
            condition = outer.child(0)
        else:
            continue
        if condition is not None and re.search(rf"""(?:{asked})\s+"?\$\{{?{name}\b""", text(condition)):
            return True
    return False
