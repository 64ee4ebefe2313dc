"""The schemas against the parsers: what a parser takes, its schema takes; what it refuses, the schema refuses where it can."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Error
from gitseal.policy import fields as policy_fields
from gitseal.policy import manifest_parser, parser, publishing, schema
from gitseal.yamltext import reader
from gitseal.yamltext.tree import Node
from tests.policy import test_manifest as manifests
from tests.policy import test_parser as policies

jsonschema = pytest.importorskip("jsonschema")

TOP = Path(__file__).resolve().parent.parent.parent
POLICY, MANIFEST = schema.schemas().values()
# What no schema can say: it concerns several parts of the file, or the grammar.
BETWEEN_PARTS = {
    "unknown group in open",
    "unknown person in a group",
    "unknown environment in a rule",
    "unknown base",
    "unknown group in change",
    "a forge that opens",
    "a forge in a group that opens",
    "extends itself",
    "a group called like a person",
    "an access group called like a person",
    "one access group for two sets",
    "an alias that is taken",
}
GRAMMAR = {"a name twice"}
EVERY_PART = b"""version: 1
recipients:
  alice:
    kind: person
policy:
  change: {by: [alice]}
environments:
  dev:
    open: [alice]
rules:
  - {names: [A], plain: true}
hook:
  block: []
server:
  judged: []
publish:
  shop: {environments: [dev], to: "vault:secret/shop"}
"""
NO_SCHEMA_SAYS = (
    "65536",
    "no room",
    "no service",
    "import each other",
    "taken",
    "linear time",
    "not closed",
)


def is_valid(text: str, against: schema.Schema) -> bool:
    """As an editor sees the file."""
    instance: Any = reader.parse(text.encode(), policy=True).root.plain()
    found: bool = jsonschema.Draft202012Validator(against).is_valid(instance)
    return found


def is_taken(text: str, parse: Callable[[bytes], object]) -> bool:
    try:
        parse(text.encode())
    except Error:
        return False
    return True


@pytest.mark.parametrize("name", schema.schemas())
def test_the_files_are_current(name: str) -> None:
    text = (TOP / "docs/schema" / name).read_text(encoding="utf-8")

    assert text == schema.serialise(schema.schemas()[name]), "run tools/schemas"
    jsonschema.Draft202012Validator.check_schema(json.loads(text))


def fields(part: object) -> Iterator[str]:
    """The names of all fields in a schema."""
    if isinstance(part, dict):
        yield from part.get("properties", {})
        for inner in part.values():
            yield from fields(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from fields(inner)


def test_the_schema_of_a_policy_has_the_fields_of_its_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()

    def mapping(node: Node, of: str, *known: str) -> dict[str, Node]:
        read.update(known)
        return policy_fields.mapping(node, of, *known)

    for reading in (parser, publishing):
        monkeypatch.setattr(reading, "mapping", mapping)
    parser.parse(EVERY_PART)

    assert read == set(fields(POLICY))


def test_the_examples_are_valid() -> None:
    assert is_valid(policies.WHOLE, POLICY)
    assert is_valid(manifests.WHOLE, MANIFEST)
    assert is_valid("version: 1\n", POLICY)
    assert is_valid("version: 1\n", MANIFEST)


@pytest.mark.parametrize("case", [case for case in policies.REFUSED if case not in GRAMMAR])
def test_a_policy_that_is_refused(case: str) -> None:
    old, new = policies.REFUSED[case][:2]
    assert is_valid(policies.WHOLE.replace(old, new, 1), POLICY) is (case in BETWEEN_PARTS)


@pytest.mark.parametrize(("field", "words"), [*manifests.SECRET, *manifests.SERVICE])
def test_a_manifest_that_is_refused(field: str, words: str) -> None:
    above = "secrets:\n  A:" if (field, words) in manifests.SECRET else "services:\n  a:"
    text = f"version: 1\n{above}\n    {field}\n"

    assert not is_valid(text, MANIFEST) or any(part in words for part in NO_SCHEMA_SAYS)


@pytest.mark.parametrize("path", manifests.PATHS)
def test_a_path_that_is_refused(path: str) -> None:
    assert not is_valid(f'version: 1\nservices:\n  a:\n    files:\n      - {{path: "{path}", secret: K}}\n', MANIFEST)


LINES = st.lists(st.integers(0, 60), max_size=6)


@pytest.mark.fuzz
@given(LINES)
def test_the_schema_takes_the_policies_that_the_parser_takes(out: list[int]) -> None:
    text = "".join(line for at, line in enumerate(policies.WHOLE.splitlines(keepends=True)) if at not in out)
    assert not is_taken(text, parser.parse) or is_valid(text, POLICY)


FRAGMENTS = [
    "secrets:\n  A: {required: true}\n",
    "secrets:\n  A:\n  B: {}\n  s:\n    C: {type: url, description: x}\n    t:\n      D: {}\n",
    "secrets: {A: {required: false}, B: {required: [x]}, description: {pattern: {}}}\n",
    "secrets:\n",
    'secrets: {A: {pattern: "^a{2,3}$", rotate: 12w, owner: "", generate: uuid}}\n',
    "services:\n  a:\n  b: {}\n",
    'services:\n  a: {include: ["*", "s/*"], import: [b], env: {A: 1, B: true, C: 1.5, D: ""}}\n  b: {env: {}}\n',
    'services:\n  a: {files: [{path: ".env", secret: s/K, decode: base64, mode: "640"}, {path: a/b-c.d, secret: K}]}\n',
    "services:\n  a: {include: null, import: null, env: null, files: null}\n",
    'services:\n  a: {files: [{path: "a b/c..d", secret: K, mode: "0444"}, {path: "x@+=,-", secret: K}]}\n',
    "services: {}\n",
]


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_the_schema_takes_the_manifests_that_the_parser_takes(fragment: str) -> None:
    text = f"version: 1\n{fragment}"

    assert is_taken(text, manifest_parser.parse)
    assert is_valid(text, MANIFEST)


@pytest.mark.fuzz
@given(LINES)
def test_the_schema_takes_what_is_left_of_a_manifest(out: list[int]) -> None:
    text = "".join(line for at, line in enumerate(manifests.WHOLE.splitlines(keepends=True)) if at not in out)
    assert not is_taken(text, manifest_parser.parse) or is_valid(text, MANIFEST)


@pytest.mark.fuzz
@given(st.text(st.sampled_from("ab.- /gitsecr\\:GI"), max_size=8))
def test_the_schema_and_the_parser_agree_on_paths(path: str) -> None:
    text = f"version: 1\nservices:\n  a:\n    files:\n      - {{path: {json.dumps(path)}, secret: K}}\n"

    assert is_taken(text, manifest_parser.parse) is is_valid(text, MANIFEST)
