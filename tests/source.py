"""The code of gitseal as syntax trees, parsed once for all tests that look at it."""

import ast
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
PACKAGE = SOURCE / "gitseal"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module by its path from the package's folder, in order."""
    # The collector of garbage would look at each of a million nodes several times, and takes half of the time.
    gc.disable()
    try:
        return dict(map(_parsed, sorted(PACKAGE.rglob("*.py"))))
    finally:
        gc.enable()


def _parsed(path: Path) -> tuple[str, ast.Module]:
    return str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes(name: str) -> tuple[ast.AST, ...]:
    """Every node of a module, as `ast.walk` gives them, which takes three times as long."""
    found = [*_children(modules()[name])]
    for node in found:
        found += _children(node)
    return tuple(found)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for value in vars(node).values():
        if isinstance(value, list):
            yield from (child for child in value if isinstance(child, ast.AST))
        elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context | ast.operator | ast.cmpop):
            yield value
