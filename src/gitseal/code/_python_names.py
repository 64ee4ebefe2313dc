"""The names that a Python module has for things that read names: imports, aliases, instances, and functions around them."""

import ast
import re
from collections.abc import Iterable
from typing import NamedTuple

from gitseal.code.uses import NameSource

_DEFAULT = re.compile(r"default|fallback")
_READERS = {"environs", "environ", "decouple", "starlette.config", "gitseal"}
# The variable that django-environ and environs read for a URL if the call gives no name.
_OWN_NAMES = {"db": "DATABASE_URL", "db_url": "DATABASE_URL", "cache": "CACHE_URL", "cache_url": "CACHE_URL",
              "email_url": "EMAIL_URL", "email": "EMAIL_URL", "search_url": "SEARCH_URL"}  # fmt: skip
_METHODS = {"get", "pop", "setdefault"}


class Reader(NamedTuple):
    """A function's way to read names: its first argument is the name, or `name` if the call gives none.

    A call with more than `required` positional arguments brings a default.
    """

    required: int = 1
    kind: NameSource = NameSource.VARIABLE
    name: str = ""
    has_default: bool = False


class Names:
    """The names of one module by what they stand for. Scopes are ignored: modules rarely use one name for two such things.

    `imported` maps local names to dotted ones, `constants` to texts, `settings` the classes to their prefixes.
    """

    def __init__(self) -> None:
        self.imported: dict[str, str] = {}
        self.environs: set[str] = set()
        self.loaded: set[str] = set()
        self.instances: dict[str, str] = {}
        self.wrappers: dict[str, Reader] = {}
        self.constants: dict[str, str] = {}
        self.settings: dict[str, str] = {}

    def text(self, node: ast.expr) -> str:
        """The secret's name that an expression gives: a literal, or a constant of this module. Empty for anything else."""
        if isinstance(node, ast.Constant):
            value = node.value if isinstance(node.value, str) else ""
        else:
            value = self.constants.get(node.id, "") if isinstance(node, ast.Name) else ""
        return value if value.replace("/", "_").isidentifier() and value.isascii() else ""

    def dotted(self, node: ast.expr) -> str:
        """The dotted name of `a` or `a.b`, with `a` replaced by what it was imported as. Empty for other expressions."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return f"{self.imported.get(node.value.id, node.value.id)}.{node.attr}"
        return self.imported.get(node.id, node.id) if isinstance(node, ast.Name) else ""

    def is_environ(self, node: ast.expr) -> bool:
        """True if an expression is the process environment."""
        if isinstance(node, ast.Name) and node.id in self.environs:
            return True
        return self.dotted(node) == "os.environ"

    def is_loaded(self, node: ast.expr) -> bool:
        """True if an expression is the result of `gitseal.load`."""
        if isinstance(node, ast.Call):
            return self.dotted(node.func) == "gitseal.load"
        return isinstance(node, ast.Name) and node.id in self.loaded

    def reader(self, function: ast.expr) -> Reader | None:
        """The called function's way to read a name, or None if it reads none as far as this module shows."""
        dotted = self.dotted(function)
        if dotted == "os.getenv":
            return Reader()
        if dotted == "gitseal.secret":
            return Reader(kind=NameSource.SECRET)
        if dotted == "decouple.config":
            return Reader()
        if isinstance(function, ast.Attribute):
            return self._method(function)
        if isinstance(function, ast.Name):
            return Reader() if function.id in self.instances else self.wrappers.get(function.id)
        return None

    def _method(self, function: ast.Attribute) -> Reader | None:
        if function.attr in _METHODS and self.is_environ(function.value):
            return Reader(has_default=function.attr == "setdefault")
        if function.attr == "get" and self.is_loaded(function.value):
            return Reader(kind=NameSource.SECRET)
        is_env = isinstance(function.value, ast.Name) and self.instances.get(function.value.id) == "Env"
        # django-environ and environs have a method for each type (`env.int`, `env.url`); these few read no variable.
        if not is_env or function.attr.startswith(("read", "prefixed", "seal", "_")):
            return None
        return Reader(name=_OWN_NAMES.get(function.attr, ""))


def collect(nodes: Iterable[ast.AST]) -> Names:
    """Collect the names of a module from all its nodes, outer ones first, so that an alias is known before it is used."""
    names = Names()
    nodes = list(nodes)
    for node in nodes:
        if isinstance(node, ast.Import):
            names.imported |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.imported |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in nodes:
        variable = target(node)
        if variable and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            _assigned(names, variable, node.value)
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            _wrapper(names, node)
    return names


def target(node: ast.AST) -> str:
    """The variable that a statement assigns to, if it is a single plain one, else an empty text."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return node.target.id if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else ""


def _assigned(names: Names, target: str, value: ast.expr) -> None:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        names.constants[target] = value.value
    elif names.is_environ(value):
        names.environs.add(target)
    elif names.is_loaded(value):
        names.loaded.add(target)
    elif isinstance(value, ast.Call):
        module, _, made = names.dotted(value.func).rpartition(".")
        if module in _READERS and made in {"Env", "FileAwareEnv", "Config", "AutoConfig"}:
            names.instances[target] = "Env" if made.endswith("Env") else "Config"


def _wrapper(names: Names, node: ast.FunctionDef) -> None:
    """Note a function that looks up its first parameter: each call of it reads the name that it is called with."""
    parameters = [argument.arg for argument in node.args.args]
    # A method's name says too little: `get(self, name)` is everywhere.
    if not parameters or parameters[0] in {"self", "cls"}:
        return
    for inner in ast.walk(node):
        arguments: list[ast.expr] = []
        if isinstance(inner, ast.Call) and names.reader(inner.func):
            arguments = inner.args
        elif isinstance(inner, ast.Subscript) and names.is_environ(inner.value):
            arguments = [inner.slice]
        if arguments and isinstance(arguments[0], ast.Name) and arguments[0].id == parameters[0]:
            own_default = len(arguments) > 1 and not isinstance(arguments[1], ast.Name)
            required = max(1, len(parameters) - len(node.args.defaults))
            # get_bool(name, default_value): a default by its name, though the function insists on it
            required = next(
                (at for at, parameter in enumerate(parameters) if at and _DEFAULT.search(parameter)), required
            )
            names.wrappers[node.name] = Reader(required, has_default=own_default)
            return
