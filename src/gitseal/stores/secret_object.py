"""The object of a Secret, as the cluster gives it and takes it: its values, the marks on it, and whose each key is."""

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping, Sequence
from typing import Any

from gitseal.hidden import SecretBytes, UnshownDict
from gitseal.remote.failure import RemoteError
from gitseal.remote.shapes import mapping, mappings
from gitseal.stores import fields
from gitseal.stores.protocol import Edit, Live

MANAGER = "gitseal"
ANNOTATION = "gitseal"
# No Secret ever has it. One that is not there is made all the same, and one that is there is refused.
_OF_NONE = "1"


def live_values(secret: Mapping[str, Any]) -> dict[str, Live]:
    """What is in it, by name; all have the version of the whole."""
    marks, version = _marks(secret), str(_metadata(secret).get("resourceVersion", ""))
    return {name: Live(version, marks.get(name, ""), _bytes(text)) for name, text in _data(secret).items()}


def why_not_ours(secret: Mapping[str, Any]) -> str:
    """Why a Secret is no place for values of ours, as the end of a sentence; empty if it is one."""
    metadata, kind = _metadata(secret), secret.get("type")
    owners = mappings(metadata.get("ownerReferences"))
    if kind not in {"Opaque", None}:
        return "is not of the type Opaque"
    if fields.are_others(mapping(metadata.get("annotations")).get(ANNOTATION)):
        return f'has an annotation "{ANNOTATION}" that is somebody else\'s'
    if secret.get("immutable"):
        return "is immutable"
    if metadata.get("deletionTimestamp"):
        return "is being deleted"
    if owners:
        return "has an owner (metadata.ownerReferences), which writes it"
    return ""


def applied(secret: Mapping[str, Any], edits: Sequence[Edit]) -> dict[str, Any]:
    """What is applied to a Secret: the edits, and everything else of ours as it is. Without it, it would go."""
    there = _data(secret)
    data = {name: text for name, text in there.items() if MANAGER in owners_of(secret, name)}
    marks = {name: mark for name, mark in _marks(secret).items() if name in there}
    for edit in edits:
        data.pop(edit.name, None)
        marks.pop(edit.name, None)
        if edit.value is not None:
            data[edit.name] = b2a_base64(edit.value.reveal(), newline=False).decode("ascii")
            marks[edit.name] = edit.mark
    metadata: dict[str, Any] = {"annotations": {ANNOTATION: marks_text(marks)}} if marks else {}
    if secret:
        # Both: a version says nothing about a Secret that was deleted, and would make it anew.
        metadata |= {key: _metadata(secret).get(key) for key in ("resourceVersion", "uid")}
    else:
        metadata["resourceVersion"] = _OF_NONE
    return UnshownDict({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": UnshownDict(data)})


def has(secret: Mapping[str, Any], edits: Sequence[Edit]) -> bool:
    """True if a Secret is as the edits want it, as far as they go."""
    there = {name: one.value for name, one in live_values(secret).items()}
    return all(there.get(edit.name) == edit.value for edit in edits)


def owners_of(secret: Mapping[str, Any], name: str) -> set[str]:
    """The managers that a Secret's key belongs to. An update by our own manager's name is somebody else's, who took the name."""
    owners = set()
    for entry in mappings(_metadata(secret).get("managedFields")):
        if f"f:{name}" in mapping(mapping(entry.get("fieldsV1")).get("f:data")):
            manager, operation = str(entry.get("manager")), entry.get("operation")
            owners.add(manager if manager != MANAGER or operation == "Apply" else f"{manager} ({operation})")
    return owners


def marks_text(marks: Mapping[str, str]) -> str:
    """The marks as the annotation has them."""
    return json.dumps(marks, sort_keys=True, separators=(",", ":"))


def _marks(secret: Mapping[str, Any]) -> dict[str, str]:
    return fields.marks_in(mapping(_metadata(secret).get("annotations")).get(ANNOTATION))


def _data(secret: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, text in mapping(secret.get("data")).items() if isinstance(text, str)}


def _bytes(text: str) -> SecretBytes:
    try:
        return SecretBytes(a2b_base64(text, strict_mode=True))
    except ValueError:
        raise RemoteError("the cluster gave a Secret that cannot be read") from None


def _metadata(secret: Mapping[str, Any]) -> dict[str, Any]:
    return mapping(secret.get("metadata"))
