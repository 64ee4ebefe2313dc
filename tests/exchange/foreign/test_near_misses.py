"""A file that is nearly what a tool prints is refused by the tool's name: as it stands, its structure would become values."""

import json
from collections.abc import Mapping

import pytest

from gitseal.errors import Error
from gitseal.exchange import foreign
from gitseal.exchange.foreign import ForeignSource, Opened, ToolKeys

DOPPLER = {"computed": "hush", "computedVisibility": "masked", "note": ""}
INFISICAL = {"key": "A", "value": "hush", "type": "shared", "secretPath": "/"}
LISTED = {"secretKey": "A", "secretValue": "hush"}
FIELD = {"id": "f", "type": "CONCEALED", "label": "A", "value": "hush", "reference": "op://v/i/f"}
ITEM = {"id": "i", "title": "shop", "category": "LOGIN", "vault": {"id": "v"}}
ANSWER = {"request_id": "r", "lease_id": "", "lease_duration": 0, "renewable": False}
ARN = "arn:aws:secretsmanager:eu-west-1:1:secret:shop"
SECRET = {"ARN": ARN, "Name": "shop", "SecretString": "hush"}
PARAMETER = {"Name": "/shop/A", "Type": "SecureString", "Value": "hush", "Version": 1}
VARIABLE = {"key": "A", "type": "plain", "value": "hush", "target": ["production"]}
MANIFEST = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shop"}, "data": {"A": "hush"}}


def read(tree: object, form: str = "") -> Opened | None:
    return foreign.read(json.dumps(tree).encode(), ForeignSource("f", form, ToolKeys()))


def without(tree: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in tree.items() if name not in names}


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"A": DOPPLER, "B": {"note": "hush"}}, 'what Doppler prints, but "B" has no "computed"'),
        ({"A": DOPPLER, "B": "hush"}, 'what Doppler prints, but "B" has no "computed"'),
        ([INFISICAL, without(INFISICAL, "value")], "what Infisical prints, but a secret in it has no key or no value"),
        ({"secrets": [LISTED, without(LISTED, "secretValue")]}, "has no secretKey or no secretValue"),
        (ITEM, "what op item get prints, but an item in it has no fields"),
        ([{**ITEM, "fields": [FIELD]}, ITEM], "what op item get prints, but an item in it has no fields"),
        ([FIELD, {"label": "B", "value": "hush"}], "a field in it has no id or no type"),
        ({**ANSWER, "data": None}, 'the file has no value of "data"'),
        ({**ANSWER, "auth": {"client_token": "hush"}}, 'the file has no value of "data"'),
        ({"SecretValues": [SECRET, without(SECRET, "SecretString")]}, "a secret in it has no SecretString"),
        ({"SecretValues": [SECRET, without(SECRET, "Name")]}, "no ARN or no Name"),
        ({**without(SECRET, "SecretString"), "VersionIdsToStages": {"v": ["AWSCURRENT"]}}, "has no SecretString"),
        ({"SecretList": [without(SECRET, "SecretString")]}, "list-secrets gives no values"),
        ({"Parameters": [PARAMETER, without(PARAMETER, "Value")]}, "a parameter in it has no Value"),
        ([without(PARAMETER, "Value")], "a parameter in it has no Value"),
        ({"envs": [VARIABLE, without(VARIABLE, "type")]}, "a variable in it has no key or no type"),
        (MANIFEST, "it has no Secret of Kubernetes: ConfigMap"),
        ({"apiVersion": "v1", "kind": "List", "items": []}, "it has no Secret of Kubernetes: List"),
        (without({**MANIFEST, "kind": "Secret"}, "apiVersion"), "a Secret of Kubernetes without apiVersion"),
        ({"apiVersion": "v1", "type": "Opaque", "stringData": {"A": "hush"}}, "a Secret of Kubernetes without kind"),
        ({**MANIFEST, "kind": "Secret", "data": "hush"}, "data of a Secret is no mapping"),
        ({**MANIFEST, "kind": "Secret", "stringData": ["hush"]}, "stringData of a Secret is no mapping"),
    ],
)
def test_a_near_miss_is_refused_by_name(tree: object, words: str) -> None:
    with pytest.raises(Error) as caught:
        read(tree)
    assert words in caught.value.message
    assert "hush" not in caught.value.message + caught.value.hint
    assert read(tree, "json") is None


@pytest.mark.parametrize(
    "tree",
    [
        {"A": DOPPLER, "B": {"computed": "hush", "note": ""}},
        {"A": {"computed": "hush", "note": ""}},
        {"A": {**DOPPLER, "note": "mine"}},
        [INFISICAL, {"key": "B", "value": "hush"}],
        {**without(ANSWER, "request_id"), "data": {"A": "hush"}},
        [PARAMETER],
        PARAMETER,
        {"envs": [without(VARIABLE, "target"), VARIABLE | {"key": "B"}]},
    ],
)
def test_what_has_all_that_counts_comes_in(tree: object) -> None:
    opened = read(tree)
    assert opened is not None
    assert {item.value.reveal() for item in opened.imported.items} == {b"hush"}


MORE = {"B": "lost"}


@pytest.mark.parametrize(
    ("tree", "form", "strange"),
    [
        ({"A": {**DOPPLER, **MORE}}, "doppler", "B"),
        ({"secrets": {"A": DOPPLER}, **MORE}, "doppler", "B"),
        ({"A": {"computed": "hush", "note": "lost"}}, "doppler", "note"),
        ([{**INFISICAL, **MORE}], "infisical", "B"),
        ({"secrets": [{**LISTED, "type": "shared"}], **MORE}, "infisical", "B"),
        ({**ITEM, "fields": [FIELD], **MORE}, "1password", "B"),
        ([{**FIELD, **MORE}], "1password", "B"),
        ({**ANSWER, "data": {"A": "hush"}, **MORE}, "vault", "B"),
        ({**SECRET, **MORE}, "aws-secretsmanager", "B"),
        ({"SecretValues": [SECRET], **MORE}, "aws-secretsmanager", "B"),
        ({**PARAMETER, **MORE}, "aws-ssm", "B"),
        ({**PARAMETER, "Parameters": {"A": "lost"}}, "aws-ssm", "Parameters"),
        ({"Parameters": [PARAMETER], **MORE}, "aws-ssm", "B"),
        ({"Parameter": {**PARAMETER, **MORE}}, "aws-ssm", "B"),
        ({"envs": [{**VARIABLE, **MORE}]}, "vercel", "B"),
        ({"envs": [VARIABLE], **MORE}, "vercel", "B"),
        ({**MANIFEST, "kind": "Secret", "data": {"A": "aHVzaA=="}, **MORE}, "kubernetes", "B"),
    ],
)
def test_what_would_be_lost_is_refused_by_its_name(tree: object, form: str, strange: str) -> None:
    with pytest.raises(Error) as caught:
        read(tree)
    assert caught.value.message.endswith(f'prints, but has "{strange}" too')
    assert f"--format {form};" in caught.value.hint
    asked = read(tree, form)
    assert asked is not None, "a person may say that it goes"
    assert {item.value.reveal() for item in asked.imported.items} == {b"hush"}
    assert read(tree, "json") is None


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({**SECRET, "ARN": "arn:aws:iam::1:role/x"}, "an ARN in it is none of Secrets Manager"),
        ({**SECRET, "SecretBinary": "aHVzaA=="}, "has a SecretString and a SecretBinary"),
        ({"SecretValues": [SECRET], "NextToken": "hush"}, "only a part of the values"),
        ({"Parameters": [PARAMETER], "NextToken": "hush"}, "only a part of the values"),
        ({"envs": [VARIABLE], "pagination": {"count": 1, "next": 17, "prev": None}}, "only a part of the values"),
        ({"secrets": [{**LISTED, "type": "shared"}], "imports": [{"secrets": [LISTED]}]}, "secrets under imports"),
        ([{**FIELD, "value": 5}], 'the file has no value of "A"'),
    ],
)
def test_values_that_would_be_lost_are_told(tree: object, words: str) -> None:
    with pytest.raises(Error) as caught:
        read(tree)
    assert words in caught.value.message
    assert "hush" not in caught.value.message + caught.value.hint


def test_a_note_of_doppler_is_told() -> None:
    opened = read({"A": {**DOPPLER, "note": "hush"}, "B": DOPPLER})
    assert opened is not None
    assert opened.notes == ("1 note of Doppler left out, beside the values of A",)


def test_a_secret_of_the_first_engine_may_have_the_names_of_the_second() -> None:
    opened = read({**ANSWER, "data": {"data": {"A": "hush"}, "metadata": "mine"}})
    assert opened is not None
    assert ["/".join(item.path) for item in opened.imported.items] == ["data/A", "metadata"]
