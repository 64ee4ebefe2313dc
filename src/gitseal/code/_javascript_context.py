"""Judges a use in JavaScript by the code around it: a default, a question whether it is set, an assignment.

A name counts as optional if the code goes on without it. It counts as required if the code asks only in order to refuse:
`if (!process.env.X) throw ...`.
"""

import re
from typing import TYPE_CHECKING

from gitseal.code._walk import Chain, text

if TYPE_CHECKING:
    from tree_sitter import Node

_AROUND = {"non_null_expression", "parenthesized_expression", "as_expression", "satisfies_expression"}
_ASKING = {"==", "===", "!=", "!=="}
_CHOOSING = {"||", "??", "&&"}
_CONVERTING = {"Number", "parseInt", "parseFloat", "String", "Number.parseInt", "Number.parseFloat"}
_FUNCTIONS = {"function_declaration", "arrow_function", "function_expression", "method_definition"}
_BRANCHES = {"if_statement", "ternary_expression", "while_statement"}
# A block that ends by leaving; and the two ways to ask whether a value is missing, `!x` and `x === undefined`.
_LEAVES = r"[;}\s](?:return|continue|break)\b[^{}]*\}$"
_MISSING = r"!\s*(?:[\w$]{1,64}\.){0,4}(\w{1,64})(?![\w.(\[])|\b(\w{1,64})\s*={2,3}\s*(?:undefined|null)\b"
_REACH = 16  # how far out a condition or a function around a use is looked for


def has_default(chain: Chain, name: str) -> bool | None:
    """True if the code goes on without the value at the chain's end. None if it is written or deleted there, and not read."""
    at = len(chain) - 1
    # Brackets, `!` and `as string` change nothing about the question.
    while at > 0 and chain[at - 1].node.type in _AROUND:
        at -= 1
    parent, field = chain[at - 1].node, chain[at].field
    operator = text(parent.child_by_field_name("operator"))
    if parent.type == "assignment_expression" and field == "left":
        return None
    if parent.type == "unary_expression" and operator == "delete":
        return None
    if parent.type == "augmented_assignment_expression" and field == "left":
        return operator in {"||=", "??="}
    return _is_tolerant(chain, at) or _is_guarded(chain, at, name)


def _is_tolerant(chain: Chain, at: int) -> bool:
    """True if one of these stands around it: `X || d`, `Number(X) ?? d`, `X && ...`, `X === "1"`, `!X`, `if (X)`, `X?.y`."""
    while at > 0:
        answer = _answer(chain, at)
        if answer is not None:
            return answer
        at -= 1
    return False


def _answer(chain: Chain, at: int) -> bool | None:
    """True if the parent accepts a missing value; None if the value only passes through it, to be judged further out."""
    parent, field = chain[at - 1].node, chain[at].field
    match parent.type:
        case "binary_expression":
            return _of_operator(chain, at)
        case "unary_expression":
            return text(parent.child_by_field_name("operator")) in {"!", "typeof"} and not _stops(chain, at - 1)
        case "member_expression":
            return parent.child_by_field_name("optional_chain") is not None
        case "call_expression":
            called = text(parent.child_by_field_name("function"))
            return None if called in _CONVERTING else called == "Boolean"
    if parent.type in _BRANCHES:
        return field == "condition"
    return None if parent.type in {*_AROUND, "arguments"} else False


def _of_operator(chain: Chain, at: int) -> bool | None:
    operator = text(chain[at - 1].node.child_by_field_name("operator"))
    if operator in _ASKING or (chain[at].field == "left" and operator in _CHOOSING):
        return not _stops(chain, at - 1)
    return None if operator in _CHOOSING else False


def _stops(chain: Chain, at: int) -> bool:
    """True if the question is the condition of an `if` that refuses: `if (!X || !Y) throw ...`."""
    while at > 0 and (
        chain[at - 1].node.type in _AROUND or text(chain[at - 1].node.child_by_field_name("operator")) == "||"
    ):
        at -= 1
    branch = chain[at - 1].node
    if branch.type != "if_statement" or chain[at].field != "condition":
        return False
    return _refuses(branch)


def _refuses(branch: "Node") -> bool:
    return bool(re.search(r"\bthrow\b|process\.exit", text(branch.child_by_field_name("consequence"))))


def left_without(branch: "Node") -> list[str]:
    """The names without which an `if` leaves its block, as in `if (!X || Y === undefined) return`, unless it refuses."""
    consequence = text(branch.child_by_field_name("consequence"))
    if not re.match(r"\{?\s*(?:return|continue|break)\b", consequence) and not re.search(_LEAVES, consequence):
        return []
    condition = text(branch.child_by_field_name("condition"))[:1000]
    # `!X && !Y` leaves only if both are missing, so neither is known to be set afterwards.
    if "&&" in condition or _refuses(branch):
        return []
    return [match[1] or match[2] for match in re.finditer(_MISSING, condition)]


def _is_guarded(chain: Chain, at: int, name: str) -> bool:
    """True if the place is reached only if a condition around it has found the name set: `if (X) { ... X ... }`, `X && f(X)`."""
    for here in range(at, max(0, at - _REACH), -1):
        outer, field = chain[here - 1].node, chain[here].field
        if outer.type in _BRANCHES and field == "consequence":
            condition = text(outer.child_by_field_name("condition"))
        elif outer.type == "binary_expression" and field == "right":
            is_and = text(outer.child_by_field_name("operator")) == "&&"
            condition = text(outer.child_by_field_name("left")) if is_and else ""
        else:
            continue
        if re.search(rf"(?<!!)\b(?:[\w.?]{{1,64}}\.)?{name}\b", condition[:1000]):
            return True
    return False


def variable_of(chain: Chain) -> tuple[str, int]:
    """The variable that is declared with the use as its value, and the id of the block around; else an empty name and 0."""
    at = len(chain) - 1
    while at > 0 and chain[at - 1].node.type in _AROUND:
        at -= 1
    declarator = chain[at - 1].node
    if declarator.type != "variable_declarator" or at < len(("block", "declaration", "declarator")):
        return "", 0
    return text(declarator.child_by_field_name("name")), chain[at - 3].node.id


def is_asked(chain: Chain, variable: str, block: int) -> bool:
    """True if the `if` at the chain's end stands in that block, asks about the variable, and does not refuse."""
    branch = chain[-1].node
    if chain[-2].node.id != block:
        return False
    condition = text(branch.child_by_field_name("condition"))
    if not re.search(rf"(?<![\w.]){re.escape(variable)}(?![\w])", condition):
        return False
    return not _refuses(branch)


def function_of(chain: Chain, parameter: str) -> set[str]:
    """The name of the nearest function around, if `parameter` is its first parameter: a function that looks up its argument."""
    for at in range(len(chain) - 1, max(0, len(chain) - _REACH), -1):
        node = chain[at].node
        if node.type not in _FUNCTIONS:
            continue
        parameters = node.child_by_field_name("parameters")
        first = parameters.named_child(0) if parameters is not None and parameters.named_child_count else parameters
        first = first or node.child_by_field_name("parameter")  # an arrow function without brackets has just one
        if not re.match(rf"\(?\s*{parameter}\b", text(first)[:200]):
            return set()
        # `const read = (name) => ...` has its name one node further out.
        named = node.child_by_field_name("name") or chain[at - 1].node.child_by_field_name("name")
        return {text(named)} - {""}
    return set()
