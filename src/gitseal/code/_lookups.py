"""Finds look-ups of the environment in the tree of any grammar. A language gives a `Grammar`, and says what its nodes read.

A file is walked once. What a look-up in the file means may stand behind it, as an `if` about its variable or the declaration
of a constant does, so uses are settled at the end.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from gitseal.code import _grammars
from gitseal.code._tolerance import Tolerance, is_refused, tolerates, variables_of
from gitseal.code._walk import Chain, everything, line, text
from gitseal.code.uses import Reading, Use

if TYPE_CHECKING:
    from tree_sitter import Node

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+")
_EXPORTED = re.compile(r"[A-Z][A-Z0-9_]*+")
_REACH = 32  # how many nodes outward anyone looks from a use
_AHEAD = 8  # how many declarations may stand between a variable and the `if` about it


class Lookup(NamedTuple):
    """A place that reads a name: a string, or the `argument` that says which (a literal, a constant, a parameter).

    `has_default` is None if the code around the place decides. `line` is 0 if the place is the node that was asked about.
    """

    name: str = ""
    line: int = 0
    argument: "Node | None" = None
    has_default: bool | None = None


class Grammar(NamedTuple):
    """What a language calls the parts of its grammar.

    `word`: no file without it reads the environment. `string` gives the text of a literal, or "". `look_ups` gives what the
    node at a chain's end reads. `calls` are the types of calls; `called` gives a call's function and arguments.
    `functions` are types of function definitions; `constants` give the fields of a declaration's name and value.
    """

    parser: str
    word: re.Pattern[bytes]
    string: "Callable[[Node | None], str]"
    look_ups: Callable[[Chain], Iterable[Lookup]]
    calls: frozenset[str]
    called: "Callable[[Node], tuple[str, list[Node]]]"
    functions: frozenset[str]
    constants: Mapping[str, tuple[str, str]]
    tolerance: Tolerance


class _HeldUse(NamedTuple):
    """The variables that hold the value of a use, and the block that they are declared in."""

    variables: tuple[str, ...]
    block: int
    number: int


def read(grammar: Grammar, content: bytes) -> Reading:
    """Read the names that a file uses. A name that is put together at run time is not found."""
    if not grammar.word.search(content):
        return Reading(())
    tree = _grammars.parse(grammar.parser, content)
    if tree is None:
        return Reading((), (_grammars.absent(grammar.parser),))
    file = _LookupFile(grammar)
    for chain in everything(tree):
        file.see(chain)
    return file.reading()


class _LookupFile:
    """What one file reads, as far as it was walked."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        # A name, or the identifier that stands for it; its line; whether it has a default.
        self._uses: list[tuple[str, bool, int, bool]] = []
        self._constants: dict[str, str] = {}
        self._wrappers: dict[str, bool] = {}
        self._calls: list[tuple[str, Use]] = []
        self._chained: set[tuple[str, str]] = set()
        self._bindings: deque[_HeldUse] = deque(maxlen=_AHEAD)

    def see(self, chain: Chain) -> None:
        node = chain[-1].node
        if not node.is_named:
            return
        if node.type in self._grammar.constants:
            self._constant(node)
        if node.type in self._grammar.tolerance.branches:
            self._asked(chain)
        looked = False
        for lookup in self._grammar.look_ups(chain):
            looked = True
            self._use(lookup, chain)
        if not looked and node.type in self._grammar.calls:
            self._call(chain)

    def reading(self) -> Reading:
        uses = [
            Use(name, at, has_default)
            for named, is_literal, at, has_default in self._uses
            if _NAME.fullmatch(name := named if is_literal else self._constants.get(named, ""))
        ]
        uses += [
            use._replace(has_default=use.has_default or self._wrappers[called])
            for called, use in self._calls
            if called in self._wrappers
        ]
        calls = [(called, use) for called, use in self._calls if _is_about(called) and called not in self._wrappers]
        return Reading(
            tuple(uses),
            wrappers=tuple(sorted((name, default) for name, default in self._wrappers.items() if _is_about(name))),
            calls=tuple(calls),
            chained=tuple(sorted(self._chained)),
        )

    def _constant(self, node: "Node") -> None:
        if not node.named_child_count:
            return
        name_field, value_field = self._grammar.constants[node.type]
        value = node.child_by_field_name(value_field)
        if value is None:
            value = node.named_child(node.named_child_count - 1)
        if value.type == "expression_list" and value.named_child_count == 1:
            value = value.named_child(0)
        name = text(node.child_by_field_name(name_field) or node.named_child(0))
        content = self._grammar.string(value)
        if _EXPORTED.fullmatch(content):
            self._constants[name] = content

    def _use(self, lookup: Lookup, chain: Chain) -> None:
        name, is_literal = lookup.name, True
        if lookup.argument is not None:
            name = self._grammar.string(lookup.argument)
            if not name:
                name, is_literal = text(lookup.argument).rpartition(".")[2], False
                if self._wrap(chain, name):
                    return
        has_default = lookup.has_default
        if has_default is None:
            judged = tolerates(self._grammar.tolerance, _near(chain), name)
            if judged is None:
                return  # it is written there
            has_default = judged
        self._uses.append((name, is_literal, lookup.line or line(chain[-1].node), has_default))
        variables, block = variables_of(self._grammar.tolerance, _near(chain))
        if variables:
            self._bindings.append(_HeldUse(variables, block, len(self._uses) - 1))

    def _wrap(self, chain: Chain, parameter: str) -> bool:
        """True if the name is a parameter of the function around: then its callers say which name is read."""
        named = self._function_of(chain, parameter)
        if named:
            name, has_default = named
            self._wrappers[name] = has_default
        return bool(named)

    def _function_of(self, chain: Chain, parameter: str) -> tuple[str, bool] | None:
        """The function around that has this as its first parameter, and whether it has a further one for a default."""
        for step in reversed(chain[-_REACH:]):
            if step.node.type in self._grammar.functions:
                parameters = step.node.child_by_field_name("parameters")
                given = (
                    [child for child in parameters.named_children if "comment" not in child.type] if parameters else []
                )
                first = text(given[0]) if given else ""
                if not re.search(rf"(?<![\w$]){re.escape(parameter)}(?!\w)", first):
                    return None
                # Go writes `key, fallback string` as one parameter.
                return text(step.node.child_by_field_name("name")), len(given) > 1 or "," in first
        return None

    def _call(self, chain: Chain) -> None:
        called, arguments = self._grammar.called(chain[-1].node)
        if not called or not arguments:
            return
        name = self._grammar.string(arguments[0])
        if not name and _is_about(called):
            outer = self._function_of(chain, text(arguments[0]))
            if outer:
                self._chained.add((outer[0], called))
        if _EXPORTED.fullmatch(name):
            has_default = len(arguments) > 1 or tolerates(self._grammar.tolerance, _near(chain), name) is True
            self._calls.append((called, Use(name, line(chain[-1].node), has_default)))

    def _asked(self, chain: Chain) -> None:
        """See an `if`. After `x = getenv("X")`, an `if` about x goes on without X, unless it asks in order to refuse."""
        branch = chain[-1].node
        condition = text(branch.child_by_field_name("condition"))
        for bound in [bound for bound in self._bindings if any(step.node.id == bound.block for step in chain[-4:-1])]:
            if any(re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", condition) for name in bound.variables):
                self._bindings.remove(bound)
                name, is_literal, at, _ = self._uses[bound.number]
                self._uses[bound.number] = name, is_literal, at, not is_refused(branch)


def _is_about(function: str) -> bool:
    return "env" in function.lower()


def _near(chain: Chain) -> Chain:
    """The last nodes of a chain: to copy whole chains would be quadratic in a deeply nested file."""
    return chain[-_REACH:]
