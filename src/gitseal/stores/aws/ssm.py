"""AWS Systems Manager's Parameter Store: `aws-ssm:/PATH/`, a SecureString for each name, directly below the path.

The mark is the parameter's description: it is the one place that the call which writes a value always writes, too. Tags are
taken for a new parameter alone.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from gitseal.errors import Error, shell_quoted
from gitseal.hidden import SecretBytes
from gitseal.remote.aws import AwsService
from gitseal.remote.aws_failure import AwsRefusal
from gitseal.remote.failure import RemoteError
from gitseal.stores import carrying
from gitseal.stores.aws import place
from gitseal.stores.protocol import (
    Carries,
    Edit,
    Live,
    Outside,
    Overwritten,
    Raced,
    Store,
    StoreRefusal,
    Values,
    Whereabouts,
)

CARRIES = Carries(
    locator="`aws-ssm:/PATH/`, a parameter for each name below the path; then `?`, and joined by `&`, `region=eu-central-1`, "
    "`key=alias/shop` for a KMS key of your own, `tier=advanced` for values over 4,096 bytes",
    names="letters, digits and `_.-`; with the path at most 950 characters and 15 levels, not beginning with `/aws` or `/ssm`",
    values="UTF-8 text, not empty, without `{{…}}`; 4,096 bytes, or 8,192 with `tier=advanced`, which costs money and stays",
    mark="the parameter's description, written in the value's call",
    race="creating is compare-and-set; for a change or removal the version is read again right before, and a write that comes "
    "between is told afterwards: the parameter's history has it",
    removal="at once, with its history: Parameter Store has no recovery window",
)  # fmt: skip

_PART = r"[A-Za-z0-9_.-]+"
_LOCATOR = re.compile(rf"((?:/{_PART})+/)(?:\?(.+))?")
_OPTIONS = place.OPTIONS | {"tier": "advanced"}
_EXAMPLE = "aws-ssm:/shop/production/?tier=advanced"
_LEVELS = 15
# 1,011 with all that stands before it in the parameter's ARN, which names partition, region and account.
_NAME_LENGTH = 950
_STANDARD, _ADVANCED = 4096, 8192
_REFERENCE = re.compile(rb"\{\{.*\}\}", re.DOTALL)
_PAGE, _LISTED = 10, 50
_READS = 3
_MISSING = "ParameterNotFound"


def limits(locator: str, values: Values) -> Iterator[StoreRefusal]:
    """What parameters cannot carry. Raises Error for a locator that is no path."""
    path, options = _parts(locator)
    most = _ADVANCED if "tier" in options else _STANDARD
    for name, value in values.items():
        content = value.reveal()
        if not re.fullmatch(_PART, name):
            yield StoreRefusal(name, "it is no name of a parameter: letters, digits and _.- are")
        elif len(path + name) > _NAME_LENGTH:
            yield StoreRefusal(name, f"with its path it has more than {_NAME_LENGTH} characters")
        if not content:
            yield StoreRefusal(name, "it is empty, and a parameter has a value")
        if len(content) > most:
            more = (
                "" if "tier" in options else "; add ?tier=advanced to the target for up to 8,192, which AWS charges for"
            )
            yield StoreRefusal(name, f"it has more than {most:,} bytes{more}")
        if _REFERENCE.search(content):
            yield StoreRefusal(name, "it has {{…}}, which a parameter takes for a reference")
        yield from carrying.not_text(name, content)


def open_store(locator: str, outside: Outside) -> Store:
    """The parameters below a path. Raises Error if the SDK is not installed, or no region is named."""
    path, options = _parts(locator)
    service = place.way(options.get("region", ""), outside).service("ssm")
    return _Parameters(service, path, options.get("key", ""))


def whereabouts(locator: str, outside: Outside) -> Whereabouts:
    """The region. Raises Error if none is named."""
    return place.whereabouts("ssm", _parts(locator)[1].get("region", ""), outside)


def _parts(locator: str) -> tuple[str, dict[str, str]]:
    parts = _LOCATOR.fullmatch(locator)
    if parts is None or parts[1].count("/") > _LEVELS:
        hint = f"give a path of at most {_LEVELS - 1} levels that begins and ends with /, such as aws-ssm:/shop/production/"
        raise Error(f'"{locator}" is no path in Parameter Store', hint)
    if parts[1][1:4].lower() in {"aws", "ssm"}:
        raise Error(
            f'"{locator}" begins as only AWS\'s own parameters do', "give the path another name at its beginning"
        )
    return parts[1], place.options(parts[2] or "", _OPTIONS, _EXAMPLE)


class _Parameters:
    """See the module. `key` encrypts them; empty: the key that each has, for new ones AWS's own."""

    is_whole = False
    keeps_marks = True

    def __init__(self, service: AwsService, path: str, key: str) -> None:
        self._service, self._path, self._key = service, path, key
        self._described: dict[str, dict[str, Any]] = {}

    def read(self) -> dict[str, Live]:
        """See `Store`."""
        for _try in range(_READS):
            live, is_settled = self._read()
            if is_settled:
                break
        return live

    def _read(self) -> tuple[dict[str, Live], bool]:
        """What is there, and True if nobody wrote between the two lists: one has the values, the other the descriptions."""
        folder = self._path.rstrip("/")
        below = [{"Key": "Path", "Option": "OneLevel", "Values": [folder]}]
        what = f"list {self._path}"
        described = self._service.items("describe_parameters", what, ParameterFilters=below, MaxResults=_LISTED)
        self._described = {self._name(one): one for one in described}
        what, how = f"read {self._path}", {"WithDecryption": True, "MaxResults": _PAGE}
        live: dict[str, Live] = {}
        for parameter in self._service.items("get_parameters_by_path", what, Path=folder, **how):
            name, version = self._name(parameter), str(parameter["Version"])
            mark = str(self._described.get(name, {}).get("Description", ""))
            live[name] = Live(version, mark, SecretBytes(parameter["Value"].encode()))
        versions = {name: str(one.get("Version")) for name, one in self._described.items()}
        return live, versions == {name: one.version for name, one in live.items()}

    def write(self, edits: Sequence[Edit]) -> None:
        """See `Store`."""
        for edit in edits:
            if edit.value is None:
                self._remove(edit)
            elif edit.version:
                self._change(edit, edit.value)
            else:
                self._create(edit, edit.value)

    def _create(self, edit: Edit, value: SecretBytes) -> None:
        try:
            self._put(edit, value, Overwrite=False)
        except AwsRefusal as refused:
            if refused.code != "ParameterAlreadyExists":
                raise
            raise Raced(self._path + edit.name) from None

    def _change(self, edit: Edit, value: SecretBytes) -> None:
        kind = self._described.get(edit.name, {}).get("Type", _TYPE)
        if kind != _TYPE:
            message = f"the parameter {self._path}{edit.name} is no {_TYPE}, and becomes none as long as it is there"
            raise RemoteError(message, "remove it, if nobody needs it as it is; publishing makes it a SecureString")
        self._check_version(edit)
        if self._put(edit, value, Overwrite=True) != int(edit.version) + 1:
            message = f"somebody else wrote {self._path}{edit.name} at the same moment, and that was overwritten"
            raise Overwritten(message, f"its history has both: {self._history(edit.name)}")

    def _remove(self, edit: Edit) -> None:
        self._check_version(edit)
        name = self._path + edit.name
        self._service.write("delete_parameters", f"remove {name}", Names=[name])

    def _put(self, edit: Edit, value: SecretBytes, *, Overwrite: bool) -> int:  # noqa: N803 - AWS's word
        """Writes, and gives the version."""
        content = value.reveal()
        there = self._described.get(edit.name, {})
        # A parameter that is advanced stays so, and AWS refuses to make it less.
        is_advanced = len(content) > _STANDARD or there.get("Tier") == "Advanced"
        key = self._key or there.get("KeyId", "")
        name = self._path + edit.name
        answer = self._service.write(
            "put_parameter",
            f"write {name}",
            Name=name,
            Value=content.decode(),
            Description=edit.mark,
            Type=_TYPE,
            Tier="Advanced" if is_advanced else "Standard",
            Overwrite=Overwrite,
            **({"KeyId": key} if key else {}),
        )
        return int(answer["Version"])

    def _check_version(self, edit: Edit) -> None:
        name = self._path + edit.name
        try:
            answer = self._service.read("get_parameter", f"look at {name}", Name=name)
        except AwsRefusal as refused:
            if refused.code != _MISSING:
                raise
            raise Raced(self._path + edit.name) from None
        if str(answer["Parameter"].get("Version")) != edit.version:
            raise Raced(self._path + edit.name)

    def _history(self, name: str) -> str:
        return f"aws ssm get-parameter-history --name {shell_quoted(self._path + name)}"

    def _name(self, parameter: dict[str, Any]) -> str:
        return str(parameter["Name"]).removeprefix(self._path)


_TYPE = "SecureString"
