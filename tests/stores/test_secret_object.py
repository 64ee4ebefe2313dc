"""What is applied to a Secret, from what is there: which names stay, go and are never in it. A real one: test_kubernetes.py."""

import json
from typing import Any

import pytest

from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError
from gitseal.stores import secret_object, table
from gitseal.stores.protocol import Edit


def there(
    owned: dict[str, dict[str, str]], marks: dict[str, str] | None = None, operation: str = "Apply"
) -> dict[str, Any]:
    """A Secret as a server gives it: the values that each manager has, and the marks."""
    fields = [
        {"manager": manager, "operation": operation, "fieldsV1": {"f:data": {f"f:{name}": {} for name in data}}}
        for manager, data in owned.items()
    ]
    annotations = {"gitseal": json.dumps(marks)} if marks is not None else {}
    metadata = {"resourceVersion": "7", "uid": "u", "managedFields": fields, "annotations": annotations}
    return {"metadata": metadata, "data": {name: text for data in owned.values() for name, text in data.items()}}


def applied(secret: dict[str, Any], **edits: bytes | None) -> tuple[dict[str, str], dict[str, str]]:
    """The values and the marks that are applied."""
    given = [
        Edit(name, SecretBytes(value) if value is not None else None, f"mark of {name}", "7")
        for name, value in edits.items()
    ]
    made = secret_object.applied(secret, given)
    annotations = made["metadata"].get("annotations", {})
    return made["data"], json.loads(annotations.get("gitseal", "{}"))


def test_a_new_secret_has_the_edits_and_a_version_that_none_has() -> None:
    made = secret_object.applied({}, [Edit("A", SecretBytes(b"\xff"), "m", "")])
    assert made == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"annotations": {"gitseal": '{"A":"m"}'}, "resourceVersion": "1"},
        "data": {"A": "/w=="},
    }


def test_what_is_ours_stays_and_what_is_of_others_is_never_applied() -> None:
    secret = there({"gitseal": {"A": "MQ==", "B": "Mg=="}, "helm": {"H": "Mw=="}}, {"A": "a", "B": "b"})
    assert applied(secret, A=b"new") == ({"A": "bmV3", "B": "Mg=="}, {"A": "mark of A", "B": "b"})
    assert applied(secret, A=None) == ({"B": "Mg=="}, {"B": "b"})
    assert secret_object.applied(secret, [])["metadata"]["resourceVersion"] == "7"
    assert secret_object.applied(secret, [])["metadata"]["uid"] == "u"


def test_a_name_that_somebody_took_from_us_keeps_its_mark_and_is_not_applied() -> None:
    secret = there({"gitseal": {"A": "MQ=="}, "kubectl-edit": {"B": "Mg=="}}, {"A": "a", "B": "b"})
    assert applied(secret, A=b"1") == ({"A": "MQ=="}, {"A": "mark of A", "B": "b"})
    assert applied(secret, B=b"2") == ({"A": "MQ==", "B": "Mg=="}, {"A": "a", "B": "mark of B"})


def test_marks_of_names_that_are_gone_go_and_what_is_no_mark_counts_for_none() -> None:
    secret = there({"gitseal": {"A": "MQ=="}}, {"A": "a", "GONE": "g"})
    assert applied(secret, A=b"1")[1] == {"A": "mark of A"}
    for text in ("hush", "[]", '{"A": 1}', "[" * 100_000):
        secret["metadata"]["annotations"]["gitseal"] = text
        assert secret_object.live_values(secret)["A"].mark == ""


def test_somebody_else_with_our_managers_name_is_somebody_else() -> None:
    assert secret_object.owners_of(there({"gitseal": {"A": ""}}, operation="Update"), "A") == {"gitseal (Update)"}
    assert secret_object.owners_of(there({"gitseal": {"A": ""}, "helm": {"A": ""}}), "A") == {"gitseal", "helm"}
    assert secret_object.owners_of({"metadata": {"managedFields": [None, {"fieldsV1": 1}, {}]}}, "A") == set()


def test_a_value_that_is_no_base64_is_told_without_it() -> None:
    with pytest.raises(RemoteError) as refused:
        secret_object.live_values({"data": {"A": "hush!"}})
    assert "hush" not in f"{refused.value} {refused.value.hint}"


def test_what_a_secret_cannot_carry_is_refused() -> None:
    def refused(values: dict[str, bytes]) -> list[str]:
        given = {name: SecretBytes(value) for name, value in values.items()}
        return [one.name for one in table.refusals("kubernetes:shop/env", given)]

    assert refused({"A": b"\xff", "a.b-C_1": b"", "..x": b"", "a/b": b"", "a" * 254: b""}) == ["..x", "a/b", "a" * 254]
    assert refused({"A": b"x" * 1_048_576}) == []
    assert refused({"A": b"x" * 1_048_576, "B": b"x"}) == [""]
    assert refused({f"NAME_{number:04}": b"" for number in range(2_000)}) == [""]
    assert refused({f"NAME_{number:04}": b"" for number in range(900)}) == []
