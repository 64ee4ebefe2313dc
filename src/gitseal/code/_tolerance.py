"""Judges a look-up by the code around it, in any grammar: whether the program goes on if the name is not set.

It goes on if there is a default (`X ?? d`), and if the code asks whether the name is set, unless it asks in order to refuse.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

from gitseal.code._walk import Chain, text

if TYPE_CHECKING:
    from tree_sitter import Node

_REFUSES = re.compile(
    r"\b(?:panic|throw|raise|abort|die|exit|Exit|Fatal\w*|fatal\w*|bail|unreachable|process::exit)\b"
    r"|\breturn\b[^;\n]{0,200}(?:\berr\b|\berrors\.|Errorf|\bErr\()"
)
# The ways to ask whether a value is missing, and not whether it is there.
_MISSING = re.compile(
    r"""(?<![=!])={2,3}\s*(?:""|''|nil\b|null\b|None\b|false\b|0\b)|\b(?:nil|null|false)\s*={2,3}(?!=)|(?<![\w)])!(?!=)"""
    r"""|\bis\s+null\b|\bIsNullOr|\bis(?:Blank|Empty|Null)\b|\bempty\(|\bis_null\(|\b(?:nil|blank|empty)\?|\bis_(?:err|none)\b|\bnot\b"""
)
_UNLESS = frozenset({"unless", "unless_modifier", "match_expression", "case"})
_DECLARING = re.compile(r"declarat|^expression_statement$")
# `x`, `cfg.x`, `@x`, `let mut x`; no element of a list.
_VARIABLE = re.compile(r"[\w.]+$")
_CHOOSING = frozenset({"||", "??", "?:", "or"})
_ASKING = frozenset({"==", "!=", "===", "!==", "<=>", "&&", "and", "instanceof", "is", "=~"})
_ARGUMENTS = frozenset({"arguments", "argument_list", "argument"})
_NOT = frozenset({"!", "not", "defined?"})
_PATTERNS = frozenset({"let_condition", "is_pattern_expression"})
_CONDITIONALS = frozenset({"conditional_expression", "ternary_expression", "conditional"})
_ASSIGNING = frozenset({"||=", "??=", "?="})


class Tolerance(NamedTuple):
    """What a language has around values.

    `passing`: nodes that a value only passes through. `branches`: nodes with a condition. `members`: nodes that look up a
    method or field of a value. `bindings`: declarations and assignments, with the fields of the variable. `methods` and
    `functions` accept a missing value; `through` are methods and functions that hand it on.
    """

    passing: frozenset[str]
    branches: frozenset[str]
    members: frozenset[str]
    calls: frozenset[str]
    bindings: dict[str, str]
    methods: re.Pattern[str]
    functions: re.Pattern[str]
    through: re.Pattern[str]


def tolerates(tolerance: Tolerance, chain: Chain, name: str) -> bool | None:
    """True if the code goes on without the value at the chain's end. None if it is written there, and not read."""
    if _is_guarded(tolerance, chain, name):
        return True
    is_option = is_handed_on = False
    for at in range(len(chain) - 1, 0, -1):
        parent, field = chain[at - 1].node, chain[at].field
        if parent.type in tolerance.passing or parent.type in _ARGUMENTS:
            continue
        if parent.type in tolerance.branches and field in {"condition", "value"}:
            return not (parent.type in _UNLESS and is_refusing(parent))
        operator = text(parent.child_by_field_name("operator"))
        # What a function of its own makes of a missing value is unknown; a default behind it says that it gives one back.
        if is_handed_on and operator not in _CHOOSING and parent.type not in {*tolerance.members, *tolerance.calls}:
            return False
        answer = _answer(tolerance, chain, at, operator)
        if answer is _WRITTEN:
            return None
        is_handed_on = is_handed_on or answer is _MAYBE
        if answer not in {_ON, _MAYBE}:
            # Rust's `.ok()` with nothing behind it makes an Option, and so an answer.
            ends = parent.type not in tolerance.members and parent.type not in tolerance.calls
            return answer is _YES or (is_option and ends)
        if parent.type in tolerance.members:
            is_option = _method(parent) == "ok"
    return False


class _Effect(NamedTuple):
    word: str


_ON, _MAYBE, _YES, _NO, _WRITTEN = map(_Effect, ("on", "maybe", "yes", "no", "written"))


def _answer(tolerance: Tolerance, chain: Chain, at: int, operator: str) -> _Effect:
    """What the parent makes of a missing value: accepts it, does not, or passes it on outward."""
    step, parent = chain[at], chain[at - 1].node
    if parent.type in tolerance.bindings:
        return _of_binding(tolerance, chain, at, operator)
    if operator in _CHOOSING:
        return _of_choice(step.node, parent)
    if operator in _ASKING or _first(parent).type in _NOT or parent.type in _PATTERNS:
        is_missing = _first(parent).type in _NOT or _MISSING.search(text(parent)) is not None
        return _NO if is_missing and _stops(tolerance, chain, at) else _YES
    if parent.type in _CONDITIONALS:
        # PHP's `X ?: d` has no consequence of its own.
        return _YES if _first(parent).id == step.node.id else _ON
    if parent.type in tolerance.members or parent.type in tolerance.calls:
        return _of_call(tolerance, chain, at)
    return _NO


def _of_binding(tolerance: Tolerance, chain: Chain, at: int, operator: str) -> _Effect:
    step, parent = chain[at], chain[at - 1].node
    target = parent.child_by_field_name(tolerance.bindings[parent.type])
    if target is not None and target.id == step.node.id:
        return _YES if operator in _ASSIGNING else _WRITTEN
    # Go: `if v := os.Getenv("X"); v != "" {`
    outer = chain[at - 2].node if at > 1 else None
    if outer is None:
        return _NO
    if outer.type in tolerance.branches and chain[at - 1].field == "initializer":
        return _YES  # what its condition says of the variable comes with the branch
    # Ruby: `(key = ENV["X"]).present?`, `x = ENV["X"] or return`.
    is_value = outer.type in tolerance.passing or outer.child_by_field_name("operator") is not None
    return _ON if is_value and outer.type not in tolerance.bindings else _NO


def _of_choice(node: "Node", parent: "Node") -> _Effect:
    if _first(parent).id != node.id:
        return _ON
    return _NO if _REFUSES.match(text(parent.child(parent.child_count - 1)).lstrip("( ")) else _YES


def _of_call(tolerance: Tolerance, chain: Chain, at: int) -> _Effect:
    """The value is the receiver of a method, or an argument."""
    step, parent = chain[at], chain[at - 1].node
    if "?." in text(parent.child_by_field_name("operator")) or any(
        child.type in {"&.", "?."} for child in parent.children
    ):
        return _YES
    if step.node.type in _ARGUMENTS:
        called = _function(parent)
        if tolerance.functions.search(called):
            return _NO if _MISSING.search(text(parent)) and _stops(tolerance, chain, at) else _YES
        return _ON if tolerance.through.fullmatch(called.rpartition(".")[2]) else _MAYBE
    method = _method(parent)
    if not method:
        return _ON
    if tolerance.methods.fullmatch(method):
        return _NO if _MISSING.search(text(parent)) and _stops(tolerance, chain, at) else _YES
    return _ON if tolerance.through.fullmatch(method) else _NO


def _is_guarded(tolerance: Tolerance, chain: Chain, name: str) -> bool:
    """True if the place is reached only if a condition around it has asked about the name: `f(ENV["X"]) if ENV["X"]`."""
    for at in range(len(chain) - 1, 0, -1):
        outer = chain[at - 1].node
        if outer.type in tolerance.branches or outer.type in _CONDITIONALS:
            condition = outer.child_by_field_name("condition") or _first(outer)
        elif text(outer.child_by_field_name("operator")) in {"&&", "and"}:
            condition = _first(outer)
        else:
            continue
        if condition.id != chain[at].node.id and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text(condition)):
            return not (_MISSING.search(text(condition)) and is_refusing(outer))
    return False


def _first(node: "Node") -> "Node":
    """The first child, signs and words of the language included. A list of all children would take time in a wide node."""
    return node.child(0)


def _function(call: "Node") -> str:
    named = (
        call.child_by_field_name("function") or call.child_by_field_name("name") or call.child_by_field_name("method")
    )
    return text(named)


def _method(parent: "Node") -> str:
    for field in ("method", "field", "name"):
        named = parent.child_by_field_name(field)
        if named is not None:
            return text(named)
    return ""


def _stops(tolerance: Tolerance, chain: Chain, at: int) -> bool:
    """True if the question is the condition of a branch that refuses: `if X == "" || Y == "" { panic(...) }`."""
    for here in range(at - 1, max(0, at - 6), -1):
        outer = chain[here - 1].node if here else None
        if outer is None:
            return False
        if outer.type in tolerance.branches:
            return chain[here].field == "condition" and is_refusing(outer)
    return False


def is_refused(branch: "Node") -> bool:
    """True if a branch asks in order to refuse: it finds a value missing, and does not go on."""
    asks = branch.type in _UNLESS or _MISSING.search(text(branch.child_by_field_name("condition")))
    return bool(asks) and is_refusing(branch)


def is_refusing(branch: "Node") -> bool:
    """True if a branch does not go on: it throws, exits or gives an error back."""
    then = branch.child_by_field_name("consequence") or branch.child_by_field_name("body")
    return bool(_REFUSES.search(text(then)))


def variables_of(tolerance: Tolerance, chain: Chain) -> tuple[tuple[str, ...], int]:
    """The variables that get the use as their value (Go has `v, ok`), and the id of the block around; else none and 0."""
    for at in range(len(chain) - 1, max(0, len(chain) - 6), -1):
        parent = chain[at - 1].node
        if parent.type in tolerance.bindings:
            target = parent.child_by_field_name(tolerance.bindings[parent.type])
            if target is None or target.id == chain[at].node.id:
                return (), 0
            named = [_VARIABLE.search(part.strip()) for part in text(target).split(",")]
            # A declarator stands in a declaration, that in a statement, and that in a block.
            block = at - 2
            while block > 0 and _DECLARING.search(chain[block].node.type):
                block -= 1
            return tuple(name[0] for name in named if name and name[0] != "_"), chain[max(0, block)].node.id
        is_choice = text(parent.child_by_field_name("operator")) in _CHOOSING
        if not is_choice and parent.type not in tolerance.passing | tolerance.members | tolerance.calls | _ARGUMENTS:
            return (), 0
    return (), 0
