"""The part of `check` that looks at values: those that are plain, and those that an identity at hand opens."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gitseal.document import bulk, document
from gitseal.document.document import Document, Entry
from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Damaged, Error, Malformed, UnknownVersion
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment
from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.hints import YOU, advice, command, decision
from gitseal.report.sentences import literal
from gitseal.resolve.references import Resolved, Resolver
from gitseal.yamltext.tree import NamePath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.datakey import DataKey

DAMAGED = FindingRule(
    "damaged", ERROR, "a value or a data key does not open, though it is made for an identity at hand"
)
REFERENCE = FindingRule("reference", ERROR, "something refers to a name that cannot be had there")

Values = Mapping[str, Mapping[NamePath, TypedValue]]

_SEALED = Resolved(TypedValue(ValueType.TEXT, b""), is_plain=False)


class Readable(NamedTuple):
    """The values that can be read, by environment and name, and what does not open though the group's key is at hand."""

    values: Values
    findings: list[Finding]

    def __repr__(self) -> str:
        return "Readable(…)"


def read(project: Project, environments: Iterable[str], keyring: Keyring) -> Readable:
    """The readable values of the environments and of those that they extend; files that do not parse are left out."""
    values: dict[str, Mapping[NamePath, TypedValue]] = {}
    findings: list[Finding] = []
    for environment in dict.fromkeys(layer for name in environments for layer in project.policy.chain(name)):
        try:
            file = project.read(environment)
        except Error:
            # The file itself has a finding.
            continue
        path = project.relative(project.file(environment))
        keys, broken = _keys(file, keyring)
        findings += [DAMAGED.at(path, 0, literal(error.message), advice(error.hint)) for error in broken]
        values[environment], damaged = _values(file, keys)
        findings += [
            DAMAGED.at(path, entry.line, literal(error.message), advice(error.hint)) for entry, error in damaged
        ]
    return Readable(values, findings)


def references(project: Project, environments: Iterable[str], values: Values, *, bases: bool) -> Iterator[Finding]:
    """The findings for references in plain values that cannot be resolved. Needs no identity: a sealed name is refused unopened.

    Environments that others extend are looked at only with `bases`, or if they are protected: what they lack may come from
    those that extend them.
    """
    rules = project.policy.environments
    extended = {rule.extends for rule in rules.values() if not bases}
    for environment in environments:
        if environment in extended and not rules[environment].protected:
            continue
        try:
            effective = EffectiveEnvironment(project, environment)
        except Error:
            continue
        # Rows are sealed, and only plain values refer to others.
        if any(file.rows is None for file in effective.documents.values()):
            yield from _references(project, environment, effective.entries, values)


def _keys(file: Document, keyring: Keyring) -> "tuple[Mapping[str, DataKey], list[Damaged]]":
    """The data keys that open, and the errors of those that do not though they are made for an identity at hand."""
    keys = Keys(file.header, keyring)
    opened: dict[str, DataKey] = {}
    broken: list[Damaged] = []
    for group, access in file.header.access.items():
        try:
            key = keys.get(group)
            if key is None and keyring.is_named_by(recipient for recipient, _ in access.by_recipient()):
                broken.append(_unopened(group, file.header.environment))
        except Damaged as error:
            broken.append(error)
        except Error:
            # check needs no identity, so one that does not work is no finding.
            continue
        else:
            opened |= {group: key} if key is not None else {}
    return opened, broken


def _unopened(group: str, environment: str) -> Damaged:
    """The error of a stanza for an identity at hand that this does not open: it was made for another key, or of nothing."""
    return Damaged(
        f'the stanza of access group "{group}" in {environment} does not open, though it is for an identity at hand',
        f"see who changed it: git log -p -- .secrets/{environment}.yaml",
    )


def _values(
    file: Document, keys: "Mapping[str, DataKey]"
) -> tuple[dict[NamePath, TypedValue], list[tuple[Entry, Error]]]:
    if file.rows is not None and not keys:
        return {}, []  # all of it is sealed, which needs no look at each
    values = bulk.open_rows(file.header, file.rows, keys) if file.rows is not None else None
    if values is not None:
        return values, []
    values = {}
    damaged: list[tuple[Entry, Error]] = []
    for path, entry in file.entries.items():
        if entry.token is not None and entry.token.group not in keys:
            continue
        try:
            values[path] = document.open_entry(file, entry, keys)
        except (Damaged, Malformed, UnknownVersion) as error:
            damaged.append((entry, error))
        except Error:
            continue
    return values, damaged


def _references(
    project: Project, environment: str, view: Mapping[NamePath, tuple[str, Entry]], values: Values
) -> Iterator[Finding]:
    def look_up(path: NamePath) -> Resolved | None:
        if path not in view:
            return None
        layer, entry = view[path]
        value = values.get(layer, {}).get(path)
        return Resolved(value, is_plain=True) if entry.token is None and value is not None else _SEALED

    for path, (layer, entry) in view.items():
        if entry.token is not None:
            continue
        value = values.get(layer, {}).get(path)
        if value is None or value.kind is not ValueType.TEXT or b"${" not in value.reveal():
            continue
        resolver = Resolver(look_up)
        resolver.name(path)
        for problem in resolver.problems:
            file = project.relative(project.file(layer))
            look = command("gitseal explain {} -e {}", entry.name, environment)
            hint = decision(YOU, "set what it refers to, or take it out; see where a value comes from", look)
            yield REFERENCE.at(file, entry.line, problem.sentence, hint)
