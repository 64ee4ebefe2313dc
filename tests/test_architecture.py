"""What import-linter does not see: circles inside a floor, imports inside functions and under TYPE_CHECKING, names used twice."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter

import pytest

from tests import source

# A class name that stands for two things, and why.
TWICE: dict[str, str] = {}
# A folder that imports from the folder around it and is imported there, and why.
BOTH_WAYS: dict[str, str] = {}

Graph = dict[str, set[str]]


@cache
def modules() -> dict[str, tuple[ast.AST, ...]]:
    """The nodes of every module of gitseal, by its dotted name; a package's own code is named `package.__init__`."""
    return {f"gitseal.{path.removesuffix('.py').replace('/', '.')}": source.nodes(path) for path in source.modules()}


def imports(nodes: tuple[ast.AST, ...], known: set[str]) -> Iterator[str]:
    """The modules of gitseal that a module imports, wherever in it the import stands."""

    def module(name: str) -> str:
        return name if name in known else f"{name}.__init__"

    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from package import name` is of the module `package.name` if there is one, else of the package's own code.
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if {name, f"{name}.__init__"} & known else node.module for name in inner]
        else:
            continue
        yield from (module(name) for name in names if name.split(".")[0] == "gitseal")


@pytest.fixture(scope="module")
def graph() -> Graph:
    found = modules()
    edges = {name: set(imports(nodes, set(found))) - {name} for name, nodes in found.items()}
    assert all(target in found for targets in edges.values() for target in targets)
    # An import that is found nowhere would make every law here hold.
    assert sum(map(len, edges.values())) > len(edges)
    return edges


def circle(edges: Graph) -> list[str]:
    """One circle in the graph, or nothing."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        # graphlib follows the edges backwards.
        return list(reversed(error.args[1]))
    return []


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})
    assert not circle({"a": {"b", "c"}, "b": {"c"}})


def test_relative_imports_are_not_used() -> None:
    """They would be passed over here, and by whoever searches for a module's name."""
    relative = [
        name for name, nodes in modules().items() for node in nodes if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_no_modules_import_each_other_in_a_circle(graph: Graph) -> None:
    assert circle(graph) == []


def test_no_folders_import_each_other_in_a_circle(graph: Graph) -> None:
    """At every depth: what lies in one folder, modules and folders, can be put in an order in which imports lead downwards."""
    for folder in sorted({name.rpartition(".")[0] for name in graph}):
        depth = folder.count(".") + 2

        def part(module: str, depth: int = depth) -> str:
            return ".".join(module.split(".")[:depth])

        within = {name: targets for name, targets in graph.items() if name.startswith(f"{folder}.")}
        edges: Graph = defaultdict(set)
        for name, targets in within.items():
            edges[part(name)] |= {part(target) for target in targets if target in within} - {part(name)}
        assert circle(edges) == [], folder


def test_a_folder_and_a_folder_in_it_do_not_import_each_other(graph: Graph) -> None:
    """A folder's own modules count as one thing here. Those of gitseal itself are floors, which import-linter orders."""
    for folder in sorted({name.rpartition(".")[0] for name in graph} - {"gitseal"}):
        depth = folder.count(".") + 2

        def part(module: str, folder: str = folder, depth: int = depth) -> str:
            name = ".".join(module.split(".")[:depth])
            return folder if module.count(".") < depth or name in BOTH_WAYS else name

        within = {name: targets for name, targets in graph.items() if name.startswith(f"{folder}.")}
        edges: Graph = defaultdict(set)
        for name, targets in within.items():
            edges[part(name)] |= {part(target) for target in targets if target in within} - {part(name)}
        assert circle(edges) == [], folder


def test_a_class_name_stands_for_one_thing() -> None:
    homes = defaultdict(list)
    for name, nodes in modules().items():
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(name)
    twice = {name: places for name, places in homes.items() if len(places) > 1}

    assert {name: places for name, places in twice.items() if name not in TWICE} == {}
    assert [name for name in TWICE if name not in twice] == [], "no longer twice: leave it out of TWICE"
