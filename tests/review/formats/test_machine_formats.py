"""What machines read: JSON by its schema, SARIF, code quality, annotations."""

import json
import re

import pytest
from hypothesis import given

from gitseal.review.acts.telling import told
from gitseal.review.formats import github, json_, schema, table
from gitseal.review.formats.fields import tree
from gitseal.review.model import Counts, EnvironmentReview, NameChange, Review, Span, ValueInsight
from tests.conftest import TOP
from tests.review.models import ALICE, FEWER, RISK, SEALED, reviews, usual

EMPTY = Review(Span("b" * 40, "", "origin/main", "the working tree"), Counts())
SCHEMA = TOP / "docs/schema/review.schema.json"
COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)


@pytest.mark.fuzz
@given(reviews)
@FEWER
def test_json_is_ascii_and_by_its_schema_says_everything_and_steers_nothing(review: Review) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    text = json_.write(review)
    read = json.loads(text)

    jsonschema.Draft202012Validator(schema.schema()).validate(read)
    assert text.isascii()
    assert not COMMAND.search(text)
    assert read.pop("version") == json_.VERSION
    assert list(read) == list(Review._fields)
    assert all({"severity", "sentence", "who", "commits", "signed", "findings"} <= set(act) for act in read["acts"])
    assert read == json_._fields(review)


def test_the_schema_lies_in_the_documentation() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == schema.schema(), "tools/schemas writes it"


def test_json_keeps_texts_and_values_as_they_are() -> None:
    opened = ValueInsight(before="-----BEGIN\n\u202eß\n", after="x")
    change = NameChange("ß\udcff", "changed", SEALED, SEALED, (ALICE,), opened=opened)
    found = EnvironmentReview("", "e", "e.yaml", "changed", protected=True, names=(change,))

    (read,) = json.loads(json_.write(EMPTY._replace(environments=(found,))))["environments"][0]["names"]

    assert read["name"] == "ß\\xff"
    assert read["opened"]["before"] == "-----BEGIN\n\u202eß\n"
    assert read["by"][0]["signers"] == ["alice"]


def test_json_of_the_usual_is_its_tree() -> None:
    review = usual()

    assert json.loads(json_.write(review)) == {"version": 1, **json.loads(json.dumps(tree(review)))}


def test_annotations_begin_with_what_happened() -> None:
    first, *rest = github.write(usual(risks=12)).splitlines()

    assert first.startswith('::notice title=gitseal review::"bob" did the thing 0; "bob" did the thing 1; ')
    assert len(rest) == 12
    assert all(line.startswith("::error file=.secrets/policy.yaml,line=4,title=gitseal%3A rule-") for line in rest)


def test_sarif_and_code_quality_have_the_risks() -> None:
    review = EMPTY._replace(risks=(RISK,))

    (result,) = json.loads(table.FORMATS["sarif"](review))["runs"][0]["results"]
    (issue,) = json.loads(table.FORMATS["gitlab"](review))

    assert result["ruleId"] == "recipient-key-added"
    assert issue["check_name"] == "gitseal/recipient-key-added"
    assert json.loads(table.FORMATS["gitlab"](EMPTY)) == []


@pytest.mark.parametrize("form", table.FORMATS)
def test_every_format_of_the_table_writes_lines(form: str) -> None:
    assert table.FORMATS[form](usual()).endswith("\n")


@pytest.mark.fuzz
@given(reviews)
@FEWER
def test_every_format_writes_any_review_and_steers_no_workflow(review: Review) -> None:
    for form, write in table.FORMATS.items():
        lines = write(review).splitlines()
        # Annotations are commands, each of them ours.
        ours = re.compile(r"::(notice|warning|error) (title=|file=)")
        assert not any(COMMAND.search(line) for line in lines if not (form == "github" and ours.match(line))), form


def test_a_value_on_a_page_begins_no_line() -> None:
    opened = ValueInsight(before="::set-output name=a::b", after="a\n::error::b")
    change = NameChange("N", "changed", SEALED, SEALED, (ALICE,), opened=opened)
    page = table.FORMATS["html"](
        told(
            EMPTY._replace(
                environments=(EnvironmentReview("", "e", "e.yaml", "changed", protected=False, names=(change,)),)
            )
        )
    )

    assert "::error::b" in page
    assert not COMMAND.search(page)


def test_what_the_runner_takes_for_a_command_in_the_middle_of_a_line_is_none() -> None:
    """actions/runner, ActionCommand.TryParse: `##[` wherever it stands."""
    text = table.FORMATS["text"](told(EMPTY._replace(risks=(RISK._replace(path="a ##[add-mask]b"),))))

    assert "a ##\\x5badd-mask]b:4" in text
