"""The one home of tree-sitter and its parsers, which come with the extra `code`."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from gitseal.installation import remedy

if TYPE_CHECKING:
    from tree_sitter import Parser, Tree

_GRAMMARS = {
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "bash": ("tree_sitter_bash", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "go": ("tree_sitter_go", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "java": ("tree_sitter_java", "language"),
    "csharp": ("tree_sitter_c_sharp", "language"),
    "rust": ("tree_sitter_rust", "language"),
}


def absent(grammar: str) -> str:
    """The note for a file whose parser is not installed, with the command that installs it."""
    package = _GRAMMARS[grammar][0].replace("_", "-")
    return f"was not looked at: its parser is missing; {remedy('tree-sitter', package, extra='code')}"


def parse(grammar: str, content: bytes) -> "Tree | None":
    """Parse a text. What breaks the grammar becomes error nodes in the tree; None means that the parser is not installed."""
    parser = _parser(grammar)
    return parser.parse(content) if parser else None


@cache
def _parser(grammar: str) -> "Parser | None":
    package, function = _GRAMMARS[grammar]
    try:
        from tree_sitter import Language, Parser

        return Parser(Language(getattr(import_module(package), function)()))
    except ImportError:
        return None
