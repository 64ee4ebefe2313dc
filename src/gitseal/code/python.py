"""Python, by its own parser: `os.environ`, `os.getenv`, pydantic settings, environs, decouple, `gitseal.secret`.

A file that this Python cannot parse (Python 2, a newer syntax, a template) is searched for the plain forms.
"""

import ast
import re
import warnings
from collections.abc import Iterable

from gitseal.code import _python_names, _python_settings
from gitseal.code._python_names import Names
from gitseal.code.uses import NameSource, Reading, Use

UNPARSED = "is not the Python that this one parses: only os.environ and os.getenv with a literal name were looked for"
_WORDS = re.compile(
    rb"environ|getenv|[eE][nN][vV]\w{0,64}\s{0,9}[(.]|BaseSettings|decouple|starlette\.config|gitseal|envvar"
)
_EXPORTED = re.compile(r"[A-Z][A-Z0-9_]*+")
_REACH = 16  # how far out a condition around a use is looked for
_PLAIN = re.compile(
    r"""\b(?:environ\s*\[\s*|environ\.get\(\s*|getenv\(\s*)["']([A-Za-z_][A-Za-z0-9_]*+)["']\s*([\],)])"""
)


def read(_path: str, content: bytes) -> Reading:
    """Read the names in a module. A name that is put together at run time is not found."""
    if not _WORDS.search(content):
        return Reading(())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the file's own string escapes
            tree = ast.parse(content)
        return _reading(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Reading(tuple(_plain(content.decode("utf-8", "replace"))), (UNPARSED,))


def _plain(text: str) -> list[Use]:
    uses, line, at = [], 1, 0
    for match in _PLAIN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        uses.append(Use(match[1], line, match[2] == ","))
    return uses


def _reading(tree: ast.Module) -> Reading:
    parents: dict[ast.AST, ast.AST] = {}
    # Breadth first, in a list that grows while it is read: deep code would exhaust a recursion, and ast has no parents.
    nodes: list[ast.AST] = [tree]
    for node in nodes:
        for child in ast.iter_child_nodes(node):
            parents[child] = node
            nodes.append(child)
    names = _python_names.collect(nodes)
    asked = _asked(nodes)
    uses: list[Use] = []
    calls: list[tuple[str, Use]] = []
    for node in nodes:
        if isinstance(node, ast.Subscript | ast.Compare):
            uses += _lookup(node, names, parents)
        elif isinstance(node, ast.Call):
            read_here = [_forgiven(use, node, asked, parents) for use in _call(node, names, parents)]
            uses += read_here
            perhaps = [] if read_here else _perhaps(node, names, parents)
            calls += [(function, _forgiven(use, node, asked, parents)) for function, use in perhaps]
        elif isinstance(node, ast.ClassDef):
            uses += _python_settings.fields(node, names)
    wrappers = tuple((name, reader.has_default) for name, reader in names.wrappers.items())
    return Reading(tuple(uses), wrappers=wrappers, calls=tuple(calls))


def _asked(nodes: Iterable[ast.AST]) -> set[ast.stmt]:
    """Assignments whose variable one of the next two statements asks about, and not to refuse: `x = getenv("X")`, `if x: ...`."""
    asked: set[ast.stmt] = set()
    for node in nodes:
        for block in (getattr(node, "body", None), getattr(node, "orelse", None)):
            statements = block if isinstance(block, list) else []
            for statement, *following in zip(statements, statements[1:], [*statements[2:], None], strict=False):
                variable = _python_names.target(statement)
                if variable and any(
                    isinstance(follower, ast.If) and _asks(follower, variable) for follower in following
                ):
                    asked.add(statement)
    return asked


def _asks(branch: ast.If, variable: str) -> bool:
    shallow = [branch.test, *ast.iter_child_nodes(branch.test)]
    is_about = any(isinstance(node, ast.Name) and node.id == variable for node in shallow)
    return is_about and not isinstance(branch.body[-1], ast.Raise)


def _forgiven(use: Use, node: ast.AST, asked: set[ast.stmt], parents: dict[ast.AST, ast.AST]) -> Use:
    statement = parents.get(node)
    return use._replace(has_default=True) if isinstance(statement, ast.stmt) and statement in asked else use


def _perhaps(node: ast.Call, names: Names, parents: dict[ast.AST, ast.AST]) -> list[tuple[str, Use]]:
    """A call such as `get_env("NAME")`, which is a use if another file defines that function around the environment."""
    function = names.dotted(node.func).rpartition(".")[2]
    name = names.text(node.args[0]) if node.args else ""
    if "env" not in function.lower() or not _EXPORTED.fullmatch(name):
        return []
    has_default = len(node.args) > 1 or _keyword(node, "default") is not None or _is_tolerant(node, parents)
    return [(function, Use(name, node.lineno, has_default))]


def _lookup(node: ast.Subscript | ast.Compare, names: Names, parents: dict[ast.AST, ast.AST]) -> list[Use]:
    """Uses by `environ["X"]`, unless it is assigned or deleted, `"X" in environ`, and `load(...)["X"]`."""
    if isinstance(node, ast.Compare):
        name = names.text(node.left)
        is_asked = isinstance(node.ops[0], ast.In | ast.NotIn) and names.is_environ(node.comparators[0])
        return [Use(name, node.lineno, has_default=True)] if name and is_asked else []
    name = names.text(node.slice)
    if not name or not isinstance(node.ctx, ast.Load):
        return []
    if names.is_environ(node.value):
        return [Use(name, node.lineno, _is_guarded(node, name, parents))]
    return [Use(name, node.lineno, kind=NameSource.SECRET)] if names.is_loaded(node.value) else []


def _call(node: ast.Call, names: Names, parents: dict[ast.AST, ast.AST]) -> list[Use]:
    uses = [
        Use(name, node.lineno, has_default=True)
        for keyword in node.keywords
        if keyword.arg == "envvar" and (name := names.text(keyword.value))  # click and typer
    ]
    reader = names.reader(node.func)
    if reader is None:
        return uses
    argument = node.args[0] if node.args else _keyword(node, "key", "name", "var", "var_name")
    name = names.text(argument) if argument else reader.name
    has_default = (
        reader.has_default
        or len(node.args) > reader.required
        or _keyword(node, "default") is not None
        or _is_tolerant(node, parents)
        or _is_guarded(node, name, parents)
    )
    return [*uses, Use(name, node.lineno, has_default, reader.kind)] if name else uses


def _keyword(node: ast.Call, *names: str) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg in names), None)


def _is_tolerant(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """True if the value is only asked about or has a default behind it: `X or "d"`, `not X`, `if X:`, `X == "1"`."""
    parent = parents.get(node)
    if isinstance(parent, ast.NamedExpr):
        return _is_tolerant(parent, parents)
    if isinstance(parent, ast.BoolOp):
        return parent.values[-1] is not node or _is_tolerant(parent, parents)
    if isinstance(parent, ast.If | ast.While | ast.IfExp):
        return parent.test is node
    if isinstance(parent, ast.Compare) or (isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)):
        branch = parents.get(parent)
        # `if not X: raise` asks for X more loudly than a plain use does.
        return not (isinstance(branch, ast.If) and branch.test is parent and isinstance(branch.body[-1], ast.Raise))
    return False


def _is_guarded(node: ast.AST, name: str, parents: dict[ast.AST, ast.AST]) -> bool:
    """True if the place is reached only if the name is set, or a KeyError is caught there."""
    child: ast.AST = node
    for _ in range(_REACH):
        parent = parents.get(child)
        if parent is None:
            return False
        if isinstance(parent, ast.If) and child in parent.body and _mentions(parent.test, name):
            return True
        if isinstance(parent, ast.IfExp) and child is parent.body and _mentions(parent.test, name):
            return True
        if isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.And) and child is not parent.values[0]:
            return _mentions(parent.values[0], name)
        if isinstance(parent, ast.Try) and child in parent.body and any(map(_catches, parent.handlers)):
            return True
        child = parent
    return False


def _mentions(test: ast.expr, name: str) -> bool:
    """True if a condition asks for the name to be set; a negated one asks for the opposite."""
    if isinstance(test, ast.UnaryOp) or (isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotIn)):
        return False
    # Two levels are enough for `"X" in os.environ` and `os.environ.get("X")`. A deep walk at every use would be quadratic.
    shallow = [test, *ast.iter_child_nodes(test)]
    shallow += [below for node in shallow[1:] for below in ast.iter_child_nodes(node)]
    return any(isinstance(node, ast.Constant) and node.value == name for node in shallow)


def _catches(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    is_key_error = any(isinstance(node, ast.Name) and node.id == "KeyError" for node in caught)
    return is_key_error and not isinstance(handler.body[-1], ast.Raise)
