"""AWS Secrets Manager: `aws-secretsmanager:NAME`, one secret in JSON with a field for each name.

With a `/` at the end each name is a secret of its own below that prefix. The mark of such a secret is its description, which the
call that writes the value writes, too; in JSON the marks stand in a field.

A change of the one secret is compare-and-set: the new version is put there under a label of ours, and the label AWSCURRENT is
moved to it from the version that was read, which AWS refuses if that one has it no more.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from gitseal.errors import Error
from gitseal.hidden import SecretBytes, UnshownDict
from gitseal.remote.aws_failure import AwsRefusal, answered
from gitseal.remote.failure import RemoteError
from gitseal.remote.listing import bounded
from gitseal.stores import carrying, fields
from gitseal.stores.aws import place
from gitseal.stores.aws.secret import CURRENT, MISSING, NOT_NOW, AwsSecrets, current, deleted
from gitseal.stores.protocol import (
    MARK_LENGTH,
    Carries,
    Edit,
    Live,
    Outside,
    Raced,
    Store,
    StoreRefusal,
    Values,
    Whereabouts,
)

CARRIES = Carries(
    locator="`aws-secretsmanager:NAME`: one secret in JSON, a field for each name; `aws-secretsmanager:PREFIX/`: a secret for "
    "each name; then `?`, and joined by `&`, `region=eu-central-1`, `key=alias/shop` for a KMS key of your own in new secrets",
    names="in one secret any but `gitseal`, which holds the marks; as secrets letters, digits and `_+=.@-`, at most 512 "
    "characters with the prefix, and no `-` before the last six, which AWS takes for a part of an ARN",
    values="UTF-8 text, as secrets not empty; 65,536 bytes a secret, marks included",
    mark="the field `gitseal` of the one secret; the description of each secret; written in the value's call",
    race="in one secret compare-and-set; for each secret the version is read again right before",
    removal="in one secret a new version without the field; a whole secret is deleted with AWS's recovery window of 30 days, and "
    "publishing the name again restores it, if it was ours",
)  # fmt: skip

_PART = r"[A-Za-z0-9_+=.@-]+"
_LOCATOR = re.compile(rf"({_PART}(?:/{_PART})*/?)(?:\?(.+))?")
_EXAMPLE = "aws-secretsmanager:shop/production?region=eu-central-1"
_LIKE_AN_ARN = re.compile(r".*-[A-Za-z0-9]{6}")
_NAME_LENGTH = 512
_MOST_BYTES = 65_536
_MARK_BYTES = MARK_LENGTH + 16
_LISTED, _BATCH = 100, 20
_OURS = "GITSEAL"
_WRONG = "InvalidParameterException"


def limits(locator: str, values: Values) -> Iterator[StoreRefusal]:
    """What secrets cannot carry. Raises Error for a locator that is no name or prefix."""
    name, _options = _parts(locator)
    yield from _limits_of_each(name, values) if name.endswith("/") else _limits_of_one(values)


def _limits_of_one(values: Values) -> Iterator[StoreRefusal]:
    total = 0
    for name, value in values.items():
        if name == fields.FIELD:
            yield StoreRefusal(name, f'the name "{fields.FIELD}" is that of the marks')
        content = value.reveal()
        yield from carrying.not_text(name, content)
        total += len(json.dumps({name: content.decode(errors="replace")})) + len(name) + _MARK_BYTES
    yield from carrying.too_many_bytes("", total, _MOST_BYTES, "a secret, marks included")


def _limits_of_each(prefix: str, values: Values) -> Iterator[StoreRefusal]:
    for name, value in values.items():
        if not re.fullmatch(_PART, name) or _LIKE_AN_ARN.fullmatch(name):
            yield StoreRefusal(name, "it is no name of a secret there")
        elif len(prefix + name) > _NAME_LENGTH:
            yield StoreRefusal(name, f"with its prefix it has more than {_NAME_LENGTH} characters")
        content = value.reveal()
        if not content:
            yield StoreRefusal(name, "it is empty, and a secret has a value")
        yield from carrying.too_many_bytes(name, len(content), _MOST_BYTES, "a secret")
        yield from carrying.not_text(name, content)


def open_store(locator: str, outside: Outside) -> Store:
    """The secret, or the secrets below a prefix. Raises Error if the SDK is not installed, or no region is named."""
    name, options = _parts(locator)
    secrets = AwsSecrets(place.way(options.get("region", ""), outside), options.get("key", ""))
    return _EachSecret(secrets, name) if name.endswith("/") else _OneSecret(secrets, name)


def whereabouts(locator: str, outside: Outside) -> Whereabouts:
    """The region. Raises Error if none is named."""
    return place.whereabouts("secretsmanager", _parts(locator)[1].get("region", ""), outside)


def _parts(locator: str) -> tuple[str, dict[str, str]]:
    parts = _LOCATOR.fullmatch(locator)
    if parts is None or len(parts[1]) > _NAME_LENGTH or _LIKE_AN_ARN.fullmatch(parts[1]):
        hint = "give a name, such as aws-secretsmanager:shop/production, or a prefix with / at its end"
        raise Error(f'"{locator}" is no name of a secret in Secrets Manager', hint)
    return parts[1], place.options(parts[2] or "", place.OPTIONS, _EXAMPLE)


class _OneSecret:
    """One secret in JSON."""

    is_whole = True
    keeps_marks = True

    def __init__(self, secrets: AwsSecrets, name: str) -> None:
        self._secrets, self._name = secrets, name
        self._fields = UnshownDict()
        self._version = ""

    def read(self) -> dict[str, Live]:
        """See `Store`."""
        self._fields, self._version = UnshownDict(), ""
        try:
            answer = self._secrets.service.read("get_secret_value", f"read {self._name}", SecretId=self._name)
        except AwsRefusal as refused:
            if refused.code == NOT_NOW and self._secrets.is_deleted(self._name):
                # Our own last removal leaves the secret there, so somebody else deleted it.
                raise deleted(self._name) from None
            if refused.code == MISSING or (refused.code == NOT_NOW and not self._secrets.version(self._name)):
                return {}
            raise
        version = str(answer["VersionId"])
        try:
            found = json.loads(answer.get("SecretString", ""))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            message = f"the secret {self._name} is no JSON object, and gitseal did not put it there"
            raise RemoteError(message, "give the target a name of its own")
        fields.check(found.get(fields.FIELD), f"the secret {self._name}")
        self._fields, self._version = UnshownDict(found), version
        return fields.live(found, self._version)

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`."""
        text = json.dumps(fields.edited(self._fields, edits))
        if self._version:
            self._move_to(text, self._version)
            return
        if self._secrets.create(self._name, text):
            return
        described = self._secrets.describe(self._name)
        if not described or described.get("DeletedDate") or current(described.get("VersionIdsToStages")):
            raise self._raced()
        self._move_to(text, "")

    def _move_to(self, text: str, version: str) -> None:
        """Makes a new version the current one in place of that version, or of none."""
        service, what = self._secrets.service, f"write {self._name}"
        put = {"SecretId": self._name, "SecretString": text, "VersionStages": [_OURS]}
        made = service.write("put_secret_value", what, **put)["VersionId"]
        moved = {"SecretId": self._name, "VersionStage": CURRENT, "MoveToVersionId": made}
        if version:
            moved["RemoveFromVersionId"] = version
        try:
            service.write("update_secret_version_stage", what, **moved)
        except AwsRefusal as refused:
            if refused.code == MISSING or (refused.code == _WRONG and self._secrets.version(self._name) != version):
                raise self._raced() from None
            raise

    def _raced(self) -> Raced:
        return Raced(self._name, "nothing of ours is live")


class _EachSecret:
    """A secret for each name."""

    is_whole = False
    keeps_marks = True

    def __init__(self, secrets: AwsSecrets, prefix: str) -> None:
        self._secrets, self._prefix = secrets, prefix

    def read(self) -> dict[str, Live]:
        """See `Store`."""
        described = self._listed()
        names = list(described)
        live: dict[str, Live] = {}
        batches = (names[start : start + _BATCH] for start in range(0, len(names), _BATCH))
        for secret in bounded("AWS", map(self._values, batches)):
            name, version = str(secret["Name"]), str(secret["VersionId"])
            about = described[name]
            if current(about.get("SecretVersionsToStages")) != version:
                # The list may be minutes behind.
                about = self._secrets.describe(name)
            content = secret["SecretString"].encode() if "SecretString" in secret else secret.get("SecretBinary", b"")
            mark = str(about.get("Description", ""))
            live[name.removeprefix(self._prefix)] = Live(version, mark, SecretBytes(content))
        return live

    def _listed(self) -> dict[str, dict[str, Any]]:
        """What is known of each secret directly below the prefix, by its full name."""
        begin = [{"Key": "name", "Values": [self._prefix]}]
        found = self._secrets.service.items("list_secrets", f"list {self._prefix}", Filters=begin, MaxResults=_LISTED)
        listed = {str(one["Name"]): one for one in found}
        # The filter takes other cases and more than one level.
        return {
            name: one
            for name, one in listed.items()
            if name.startswith(self._prefix) and "/" not in name.removeprefix(self._prefix)
        }

    def _values(self, names: list[str]) -> list[dict[str, Any]]:
        operation, what = "batch_get_secret_value", f"read {self._prefix}"
        answer = self._secrets.service.read(operation, what, SecretIdList=names)
        for error in answer.get("Errors", ()):
            # Removed since they were listed.
            if error.get("ErrorCode") not in {MISSING, NOT_NOW}:
                raise answered(what, "GetSecretValue", {"Error": {"Code": error.get("ErrorCode")}})
        found: list[dict[str, Any]] = answer["SecretValues"]
        return found

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`."""
        for edit in edits:
            name = self._prefix + edit.name
            if edit.version and self._secrets.version(name) != edit.version:
                raise Raced(name)
            if edit.value is None:
                self._secrets.service.write("delete_secret", f"remove {name}", SecretId=name)
            elif edit.version:
                self._change(name, edit.value, edit.mark)
            elif not self._secrets.create(name, edit.value.reveal().decode(), Description=edit.mark):
                if not self._secrets.revive(name):
                    raise Raced(name)
                self._change(name, edit.value, edit.mark)

    def _change(self, name: str, value: SecretBytes, mark: str) -> None:
        put = {"SecretId": name, "SecretString": value.reveal().decode(), "Description": mark}
        self._secrets.service.write("update_secret", f"write {name}", **put)
