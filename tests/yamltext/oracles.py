"""Three YAML parsers that are not ours, one of YAML 1.1 among them, and what it means that they read the same tree."""

from typing import Any

import yaml  # type: ignore[import-untyped]
import yaml12
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from gitseal.yamltext import reader


def ruamel(data: bytes) -> Any:
    """The data as ruamel.yaml reads it: pure Python, YAML 1.2."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    return yaml.load(data.decode())


def second(data: bytes) -> Any:
    """The data as py-yaml12 reads it."""
    return yaml12.parse_yaml(data.decode())


def first(data: bytes) -> Any:
    """The data as PyYAML reads it: YAML 1.1, as most tools that check a policy beside us do."""
    return yaml.safe_load(data.decode())


def same(ours: object, theirs: object) -> bool:
    """Equality of value and of type at every depth; the order of names counts."""
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return list(ours) == list(theirs) and all(same(ours[name], theirs[name]) for name in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return ours == theirs


def assert_alike(data: bytes, *, policy: bool) -> None:
    """Parse the data, which has to be of the grammar, and hold both oracles to the tree."""
    tree = reader.parse(data, policy=policy)
    assert tree.serialise() == data
    # A file without a name is an empty mapping to us and nothing to YAML.
    ours = tree.root.plain() or None
    for oracle in (ruamel, second, first):
        try:
            theirs = oracle(data)
        except (YAMLError, yaml.YAMLError, ValueError) as error:
            raise AssertionError(f"{oracle.__name__} refuses {data!r}: {error}") from None
        assert same(ours, theirs), f"{data!r} is {ours!r} to us and {theirs!r} to {oracle.__name__}"
