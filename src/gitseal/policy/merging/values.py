"""The content of a policy or manifest, in a form in which two files that mean the same are equal.

Lists of texts are sets there: of people, patterns, keys, aliases. Lists of mappings go by what identifies each item: a rule by
its names and environments, a file of a service by its path. The order of rules means something, for the first match wins.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from gitseal.yamltext import scalars
from gitseal.yamltext.tree import Node, NodeKind

Path = tuple[str, ...]
# A type's name, and the value; a number as it is spelled, for 1.50 and 1.5 are not the same setting.
Atom: TypeAlias = tuple[str, str]


class Members(dict[str, Atom]):
    """A list whose order means nothing, each item by its source text."""


class Listed(dict[str, "Value"]):
    """A list of mappings, each by its identity. Two in another order are not equal."""

    __hash__ = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Listed) and list(self.items()) == list(other.items())

    def __ne__(self, other: object) -> bool:
        return not self == other


class Contested:
    """Stands for a value on which the sides do not agree."""


CONTESTED = Contested()
Value: TypeAlias = Atom | Members | Listed | dict[str, "Value"] | Contested


def of(node: Node) -> Value:
    """The value of a node."""
    if node.kind is NodeKind.MAPPING:
        return {name: of(child) for name, child in node.children.items()}
    if node.kind is NodeKind.SCALAR:
        return _atom(node)
    if all(item.kind is NodeKind.SCALAR for item in node.items):
        return Members({flow(_atom(item)): _atom(item) for item in node.items})
    items = [of(item) for item in node.items]
    keys = [identity(item) for item in items]
    if all(keys):
        return Listed(zip(numbered(keys), items, strict=True))
    return "list", repr(node.plain())


def _atom(node: Node) -> Atom:
    return type(node.value).__name__, node.value if isinstance(node.value, str) else node.source


def identity(item: Value) -> str:
    """The part that tells an item of a list from the others; empty if nothing does."""
    if not isinstance(item, dict):
        return ""
    names, environments, path = item.get("names"), item.get("environments", Members()), item.get("path")
    if isinstance(names, Members) and isinstance(environments, Members):
        return rule_key(*([text for _type, text in part.values()] for part in (names, environments)))
    return flow(path) if isinstance(path, tuple) else ""


def rule_key(names: Iterable[str], environments: Sequence[str]) -> str:
    """The identity of a rule, as a person reads it: `[A, B] in [production]`."""
    where = f" in {_texts(environments)}" if environments else ""
    return _texts(names) + where


def _texts(texts: Iterable[str]) -> str:
    return f"[{', '.join(sorted({flow(('str', text)) for text in texts}))}]"


def numbered(keys: Iterable[str]) -> list[str]:
    """The keys, those after the first of several equal ones with a number: each item needs a key of its own."""
    count: dict[str, int] = {}
    made = []
    for key in keys:
        count[key] = count.get(key, 0) + 1
        made.append(key if count[key] == 1 else f"{key} #{count[key]}")
    return made


# Some could be plain; people quote patterns and keys.
_QUOTED_IN_BRACKETS = frozenset(",[]{}\"'* ")


def flow(value: Value) -> str:
    """The value on one line, as it can stand in brackets."""
    if isinstance(value, Listed | Members):
        return f"[{', '.join(map(flow, value.values()))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalars.serialise_name(name)}: {flow(child)}" for name, child in value.items()) + "}"
    if isinstance(value, Contested) or value[0] != "str":
        return "null" if isinstance(value, Contested) else value[1]
    return scalars.quoted(value[1]) if _QUOTED_IN_BRACKETS & set(value[1]) else scalars.serialise(value[1])
