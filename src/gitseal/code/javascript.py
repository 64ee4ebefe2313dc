"""JavaScript and TypeScript, by tree-sitter's grammars: `process.env`, `import.meta.env`, and schemas that parse them.

In Vue, Svelte and Astro files only the scripts are read.

The environment goes by many names: `const env = process.env` makes an alias, `const {X} = process.env` takes it apart, and a
function around it reads whatever it is called with. So a file is walked twice: first for what it reads and which functions
it wraps around the environment, then for the calls of those functions.
"""

import re
from bisect import bisect_left
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from gitseal.code import _grammars, _javascript_context, _javascript_schemas
from gitseal.code._walk import Chain, everything, line, text
from gitseal.code.uses import Reading, Use

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_GRAMMARS = {"ts": "typescript", "mts": "typescript", "cts": "typescript", "tsx": "tsx"}
_WORD = re.compile(rb"[eE]nv|ENV")  # no file without it reads the environment, and most have none
_EXPORTED = re.compile(r"[A-Z][A-Z0-9_]*+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+")
_REACH = 32  # how many nodes outward anyone looks from a use
_METHODS = {"hasOwnProperty", "toString", "valueOf", "toObject", "get", "set", "has", "delete"}
# `import.meta.env` has these from Vite itself (vite.dev, "Env Variables and Modes").
_VITE = {"MODE", "BASE_URL", "PROD", "DEV", "SSR"}
_AROUND = {"non_null_expression", "parenthesized_expression", "as_expression", "satisfies_expression"}
_NEXT_CONFIG = re.compile(r"(?:^|/)next\.config\.[cm]?[jt]s$")
_SCRIPT = re.compile(rb"<script\b[^>]{0,1000}>|</script\s{0,9}>", re.IGNORECASE)


def read(path: str, content: bytes) -> Reading:
    """Read the variables that a module uses. A name that is put together at run time is not found."""
    if not _WORD.search(content):
        return Reading(())
    suffix = path.rpartition(".")[2].lower()
    if suffix in {"vue", "svelte", "astro"}:
        suffix, content = "ts", _scripts(content)
    grammar = _GRAMMARS.get(suffix, "javascript")
    tree = _grammars.parse(grammar, content)
    if tree is None:
        return Reading((), (_grammars.absent(grammar),))
    module = _Module(tree, content)
    module.read()
    wrappers = tuple((name, False) for name in sorted(module.wrappers))
    given = _javascript_schemas.next_env(tree) if _NEXT_CONFIG.search(path) else frozenset()
    return Reading(
        tuple(module.uses),
        given=given,
        is_for_all=bool(given),
        wrappers=wrappers,
        calls=tuple(module.calls),
        chained=tuple(sorted(module.chained)),
    )


def _scripts(content: bytes) -> bytes:
    """The text between script tags, and between Astro's `---` at the top. Every line keeps its number."""
    kept, at, is_inside = bytearray(), 0, False
    # Everything else becomes empty lines: so the parser sees scripts alone, and the numbers of lines stay true.
    if content.startswith(b"---\n") and b"\n---" in content[3:]:
        end = content.index(b"\n---", 3)
        kept, at = bytearray(b"   " + content[3:end]), end
    for tag in _SCRIPT.finditer(content, at):
        between = content[at : tag.start()]
        kept += between if is_inside else b"\n" * between.count(b"\n")
        kept += b"\n" * tag[0].count(b"\n")
        is_inside = not tag[0].startswith(b"</")
        at = tag.end()
    return bytes(kept)


class _Binding(NamedTuple):
    """A variable that holds the value of a use. An `if` about it that soon follows shows whether it may be missing."""

    variable: str
    block: int
    called: str
    use: Use


class _Module:
    """One file: the names it has for the environment, and what it reads from it."""

    def __init__(self, tree: "Tree", content: bytes) -> None:
        self._tree = tree
        self.uses: list[Use] = []
        self._aliases: set[str] = set()
        self.wrappers: set[str] = set()
        self.calls: list[tuple[str, Use]] = []
        self._forgiven: set[tuple[str, Use]] = set()
        self.chained: set[tuple[str, str]] = set()
        # Only a few: an `if` that belongs to a declaration stands right behind it.
        self._bindings: deque[_Binding] = deque(maxlen=8)
        # Nodes without one of these places in them are not entered.
        self._places = [match.start() for match in _WORD.finditer(content)]
        # Set by an alias that has no `env` in its name: then uses may stand at other places too.
        self._is_anywhere = False
        # The id of a block, and a name without which the block is left early: what follows there has the name.
        self._guards: set[tuple[int, str]] = set()

    def read(self) -> None:
        """Walk the file twice and fill `uses`, `wrappers`, `calls` and `chained`."""
        for chain in everything(self._tree, self._is_wanted):
            node = chain[-1].node
            if node.type == "import_statement":
                self._import(node)
            elif node.type == "if_statement":
                self._asked(chain)
                self._guards |= {(chain[-2].node.id, name) for name in _javascript_context.left_without(node)}
            elif self._is_environment(chain):
                self._environment(chain)
        self._bindings.clear()
        # A wrapper may be called anything, so its calls are looked for everywhere.
        for chain in everything(self._tree, None if self.wrappers else self._is_wanted):
            self._wrapped(chain)
        # Only now: the `if` that forgives a use stands behind it.
        self.uses = [self._settled("", use) for use in self.uses]
        self.calls = [(called, self._settled(called, use)) for called, use in self.calls]

    def _settled(self, called: str, use: Use) -> Use:
        return use._replace(has_default=True) if (called, use) in self._forgiven else use

    def _is_wanted(self, start: int, end: int) -> bool:
        at = bisect_left(self._places, start)
        return self._is_anywhere or (at < len(self._places) and self._places[at] < end)

    def _alias(self, name: str) -> None:
        self._aliases.add(name)
        self._is_anywhere = self._is_anywhere or "env" not in name

    def _import(self, node: "Node") -> None:
        """Note what an import brings: `{X} from "$env/static/private"` (SvelteKit) is a use, `{env} from "process"` an alias."""
        source = _string(node.child_by_field_name("source"))
        if not source.startswith("$env/") and source not in {"process", "node:process"}:
            return
        clause = next((child for child in node.children if child.type == "import_clause"), None)
        specifiers = [node for group in (clause.named_children if clause else ()) for node in group.named_children]
        for specifier in specifiers:
            name = text(specifier.child_by_field_name("name"))
            if name == "env" and not source.startswith("$env/static"):
                self._alias(text(specifier.child_by_field_name("alias")) or name)
            elif source.startswith("$env/static"):
                self._add(name, specifier)

    def _is_environment(self, chain: Chain) -> bool:
        """True if the node at the chain's end is the environment: an alias of it, `process.env`, `globalThis.process.env`."""
        node = chain[-1].node
        if node.type == "identifier" and len(chain) > 1:
            # As a `name` it is being declared, and not used.
            return chain[-1].field != "name" and text(node) in self._aliases
        if node.type != "member_expression" or text(node.child_by_field_name("property")) != "env":
            return False
        owner = node.child_by_field_name("object")
        if owner is None:
            return False
        if owner.type == "member_expression":
            owner = owner.child_by_field_name("property")
        return owner is not None and (owner.type == "meta_property" or text(owner) in {"process", "Bun", "Deno"})

    def _environment(self, chain: Chain) -> None:
        """See what is done with the environment: a name is looked up, it gets an alias, is taken apart, or goes to a schema."""
        at = len(chain) - 2
        while at > 0 and chain[at].node.type in _AROUND:
            at -= 1
        if at < 0:
            return
        parent, field = chain[at].node, chain[at + 1].field
        if parent.type == "member_expression" and field == "object":
            self._member(chain, at, is_meta="import.meta" in text(chain[-1].node))
        elif parent.type == "subscript_expression" and field == "object":
            self._subscript(chain, at)
        elif parent.type == "variable_declarator" and field == "value":
            self._bound(parent.child_by_field_name("name"))
        elif parent.type in {"assignment_expression", "assignment_pattern"} and field == "right":
            self._bound(parent.child_by_field_name("left"))
        elif parent.type == "binary_expression" and field == "right":
            name = _string(parent.child_by_field_name("left"))
            if text(parent.child_by_field_name("operator")) == "in" and name:
                self._add(name, parent, has_default=True)
        else:
            for name, node, has_default in _javascript_schemas.keys(_near(chain, at + 2), self._tree):
                self._add(name, node, has_default=has_default)

    def _member(self, chain: Chain, at: int, *, is_meta: bool) -> None:
        node = chain[at].node
        name = text(node.child_by_field_name("property"))
        # `Deno.env.get("X")` reads X; the methods themselves are no variables.
        if name in _METHODS:
            call = chain[at - 1].node if at else None
            arguments = (
                call.child_by_field_name("arguments") if call is not None and call.type == "call_expression" else None
            )
            first = _string(arguments.named_child(0)) if arguments is not None and arguments.named_child_count else ""
            if name in {"get", "has", "hasOwnProperty"} and first:
                self._use(first, _near(chain, at))
        elif not (is_meta and name in _VITE):
            self._use(name, _near(chain, at + 1))

    def _subscript(self, chain: Chain, at: int) -> None:
        index = chain[at].node.child_by_field_name("index")
        name = _string(index)
        if name:
            self._use(name, _near(chain, at + 1))
        elif index is not None and index.type == "identifier":
            # `process.env[name]` in a function whose first parameter is `name`: its callers say which one.
            self.wrappers |= _javascript_context.function_of(chain, text(index))

    def _use(self, name: str, chain: Chain) -> None:
        has_default = _javascript_context.has_default(chain, name)
        if has_default is not None:
            has_default = has_default or any((step.node.id, name) in self._guards for step in chain)
            self._add(name, chain[-1].node, has_default=has_default)
            if self.uses:
                self._bind(chain, "", self.uses[-1])

    def _bound(self, left: "Node | None") -> None:
        """Note what the environment is assigned to: a variable becomes an alias, a pattern `{X, Y = d, Z: z}` reads its names."""
        if left is not None and left.type == "identifier":
            self._alias(text(left))
        for child in left.named_children if left is not None and left.type == "object_pattern" else ():
            if child.type == "shorthand_property_identifier_pattern":
                self._add(text(child), child)
            elif child.type == "object_assignment_pattern":
                self._add(text(child.child_by_field_name("left")), child, has_default=True)
            elif child.type == "pair_pattern":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                has_default = value is not None and value.type == "assignment_pattern"
                self._add(_string(key) or text(key), child, has_default=has_default)

    def _wrapped(self, chain: Chain) -> None:
        """See a call: of a function here that looks up its argument, or of one that may, by its name, in another file."""
        node = chain[-1].node
        if node.type == "if_statement":
            self._asked(chain)
        if node.type != "call_expression":
            return
        function, arguments = text(node.child_by_field_name("function"))[-80:], node.child_by_field_name("arguments")
        called = function.rpartition(".")[2]
        if arguments is None or not arguments.named_child_count:
            return
        first = arguments.named_child(0)
        name = _string(first)
        if first.type == "identifier" and "env" in called.lower():
            self.chained |= {(outer, called) for outer in _javascript_context.function_of(chain, text(first))}
        has_default = arguments.named_child_count > 1 or _javascript_context.has_default(chain, name) is True
        if name and called in self.wrappers:
            self._add(name, node, has_default=has_default)
            self._bind(chain, "", self.uses[-1])
        elif "env" in called.lower() and _EXPORTED.fullmatch(name):
            self.calls.append((called, Use(name, line(node), has_default)))
            self._bind(chain, *self.calls[-1])

    def _bind(self, chain: Chain, called: str, use: Use) -> None:
        variable, block = _javascript_context.variable_of(chain)
        if variable and not use.has_default:
            self._bindings.append(_Binding(variable, block, called, use))

    def _asked(self, chain: Chain) -> None:
        """See an `if`. After `const x = process.env.X`, `if (x) ...` goes on without X, unless it asks in order to refuse."""
        asked = [bound for bound in self._bindings if _javascript_context.is_asked(chain, bound.variable, bound.block)]
        for bound in asked:
            self._bindings.remove(bound)
            self._forgiven.add((bound.called, bound.use))

    def _add(self, name: str, node: "Node", *, has_default: bool = False) -> None:
        if _NAME.fullmatch(name):
            self.uses.append(Use(name, line(node), has_default))


def _near(chain: Chain, end: int) -> Chain:
    """The last nodes of the chain up to `end`. To copy whole chains would be quadratic in a deeply nested file."""
    return chain[max(0, end - _REACH) : end]


def _string(node: "Node | None") -> str:
    """The text of a string literal without escapes and substitutions; empty for everything else."""
    if node is None or node.type not in {"string", "template_string"}:
        return ""
    parts = node.named_children
    return text(parts[0]) if len(parts) == 1 and parts[0].type == "string_fragment" else ""
