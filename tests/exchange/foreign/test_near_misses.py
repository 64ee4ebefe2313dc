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
SECRET = {"ARN": "arn:x", "Name": "shop", "SecretString": "hush"}
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


def test_a_secret_of_the_first_engine_may_have_the_names_of_the_second() -> None:
    opened = read({**ANSWER, "data": {"data": {"A": "hush"}, "metadata": "mine"}})
    assert opened is not None
    assert ["/".join(item.path) for item in opened.imported.items] == ["data/A", "metadata"]
