"""docs/reference/manifest.md tells what the parser, the checks and the references do."""

import re
from pathlib import Path

from gitseal.policy import manifest_parser, manifest_pattern, manifest_pattern_syntax
from gitseal.policy.manifest import TYPES
from gitseal.policy.schema import manifest as manifest_schema
from gitseal.resolve import references, templates

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs/reference/manifest.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    found = re.search(rf"^##+ {title}$(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def rows(title: str) -> list[str]:
    return re.findall(r"^\| `(.+?)` \|", section(title), re.MULTILINE)


def test_the_examples_are_manifests() -> None:
    examples = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

    assert len(examples) == 2
    parsed = [manifest_parser.parse(example.encode()) for example in examples]
    assert ("api", "TOKEN") in parsed[0].secrets
    assert parsed[0].services["api"].files


def test_every_field_is_told() -> None:
    schema = manifest_schema()
    service = schema["properties"]["services"]["additionalProperties"]["properties"]

    assert rows("secrets") == list(schema["$defs"]["secret"]["properties"])
    assert rows("services") == list(service)
    assert rows("files") == list(service["files"]["items"]["properties"])


def test_the_schema_has_the_fields_of_the_parser() -> None:
    source = Path(manifest_parser.__file__).read_text(encoding="utf-8")
    calls = re.findall(r"mapping\(.*?_FILE,(.*?)\)", source, re.DOTALL)
    fields = {name for call in calls for name in re.findall(r'"(\w+)"', call)}
    schema = manifest_schema()
    service = schema["properties"]["services"]["additionalProperties"]["properties"]
    told = {
        *schema["properties"],
        *schema["$defs"]["secret"]["properties"],
        *service,
        *service["files"]["items"]["properties"],
    }

    assert fields == told


def test_every_type_is_told() -> None:
    assert rows("Types") == list(TYPES)


def test_every_filter_is_told() -> None:
    assert [row.removeprefix("\\|") for row in rows("References") if row.startswith("\\|")] == list(templates.FILTERS)


def test_the_limits_are_those_of_the_code() -> None:
    assert f"{manifest_pattern.MAX_TEXT:,} characters" in section("Patterns")
    assert f"{manifest_pattern_syntax.MAX_PATTERN} characters" in " ".join(section("Patterns").split())
    assert f"{manifest_pattern_syntax.MAX_STATES} steps" in section("Patterns")
    assert f"more than {references.MAX_DEPTH} steps" in section("References")
    assert templates.MAX_FILTERS == 8
