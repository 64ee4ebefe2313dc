"""Go, by tree-sitter's grammar: `os.Getenv`, `os.LookupEnv`, struct tags of env libraries, `cli.EnvVars`, `viper.BindEnv`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitseal.code import _lookups
from gitseal.code._lookups import Grammar, Lookup
from gitseal.code._tolerance import Tolerance
from gitseal.code._walk import Chain, given, text
from gitseal.code.uses import Reading

if TYPE_CHECKING:
    from tree_sitter import Node

# caarlos0/env and sethvargo/go-envconfig write `env:"X,required"`, kelseyhightower `envconfig:"X" required:"true"`, ff and
# cleanenv `env:"X" env-default:"1"`.
_TAG = re.compile(r'\b(env|envconfig|envvar)\s*:\s*"([A-Za-z_][A-Za-z0-9_]*)([^"]*)"')
_REQUIRED = re.compile(r"\b(?:required|notEmpty)\b")
_DEFAULT = re.compile(r"\b(?:envDefault|default|env-default)\s*[:=]")
# The second value of LookupEnv is asked, as a rule: an `if` that refuses says that the name is needed.
_FUNCTIONS = {"os.Getenv": None, "os.LookupEnv": True, "syscall.Getenv": True}
_VARIABLES = re.compile(r"(?:EnvVars?|EnvVar)")


def read(_path: str, content: bytes) -> Reading:
    """Read the variables that a Go file uses."""
    return _lookups.read(_GRAMMAR, content)


def _string(node: "Node | None") -> str:
    if node is None or node.type not in {"interpreted_string_literal", "raw_string_literal"}:
        return ""
    written = text(node)
    return "" if "\\" in written else written[1:-1]


def _look_ups(chain: Chain) -> Iterator[Lookup]:
    node = chain[-1].node
    if node.type == "field_declaration":
        yield from _tagged(text(node.child_by_field_name("tag")))
    elif node.type == "keyed_element" and node.named_child_count > 1:
        yield from _of_flag(chain)
    elif node.type == "call_expression":
        called, arguments = _called(node)
        function = text(node.child_by_field_name("function"))
        if function in _FUNCTIONS and arguments:
            yield Lookup(argument=arguments[0], has_default=_FUNCTIONS[function])
        elif called == "BindEnv":
            yield from (Lookup(_string(argument), has_default=True) for argument in arguments[1:])
        elif called == "EnvVars" and function.endswith(".EnvVars"):
            has_default = not _is_required_flag(chain)
            yield from (Lookup(argument=argument, has_default=has_default) for argument in arguments)


def _tagged(tag: str) -> Iterator[Lookup]:
    for _, name, options in _TAG.findall(tag):
        is_required = bool(_REQUIRED.search(options) or re.search(r'\b(?:env-)?required\s*:\s*"true"', tag))
        yield Lookup(name, has_default=not is_required or bool(_DEFAULT.search(tag) or _DEFAULT.search(options)))


def _of_flag(chain: Chain) -> Iterator[Lookup]:
    """`EnvVars: []string{"X", "Y"}` and `EnvVar: "X"` of urfave/cli, and the like of others."""
    key, value = chain[-1].node.named_child(0), chain[-1].node.named_child(1)
    if not _VARIABLES.fullmatch(text(key)) or value is None:
        return
    written = text(value)
    if not re.fullmatch(r'(?:\[\]string)?\s*\{?[\s"A-Z0-9_,]*\}?', written):
        return
    has_default = not _is_required_flag(chain)
    for name in re.findall(r'"([A-Z][A-Z0-9_]*)"', written):
        yield Lookup(name, has_default=has_default)


def _is_required_flag(chain: Chain) -> bool:
    """True if the literal around has `Required: true`."""
    around = next((step.node for step in reversed(chain[-8:-1]) if step.node.type == "literal_value"), None)
    return bool(re.search(r"\bRequired:\s*true\b", text(around)))


def _called(node: "Node") -> "tuple[str, list[Node]]":
    return text(node.child_by_field_name("function")).rpartition(".")[2], given(node)


_GRAMMAR = Grammar(
    parser="go",
    word=re.compile(rb"[eE]nv|ENV"),
    string=_string,
    look_ups=_look_ups,
    calls=frozenset({"call_expression"}),
    called=_called,
    functions=frozenset({"function_declaration", "method_declaration"}),
    constants={
        "const_spec": ("name", "value"),
        "var_spec": ("name", "value"),
        "short_var_declaration": ("left", "right"),
    },
    tolerance=Tolerance(
        passing=frozenset({"parenthesized_expression", "expression_list"}),
        branches=frozenset({"if_statement", "expression_switch_statement"}),
        members=frozenset({"selector_expression"}),
        calls=frozenset({"call_expression"}),
        bindings={"short_var_declaration": "left", "assignment_statement": "left", "var_spec": "name"},
        methods=re.compile(r"$^"),
        functions=re.compile(r"^(?:len|cmp\.Or|\w*[dD]efault\w*|\w*[oO]r[A-Z]\w*)$"),
        through=re.compile(r"TrimSpace|ToLower|ToUpper|TrimSuffix|TrimPrefix|Trim|string"),
    ),
)
