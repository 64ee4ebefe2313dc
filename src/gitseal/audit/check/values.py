"""The part of `check` that looks at values: those that stand plain, and those that an identity at hand opens."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gitseal.crypto.datakey import DataKey
from gitseal.document import document
from gitseal.document.document import Document, Entry
from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Damaged, Error, Malformed, UnknownVersion
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment
from gitseal.report.findings import Finding
from gitseal.resolve.references import Resolved, Resolver
from gitseal.yamltext.tree import NamePath

Values = Mapping[str, Mapping[NamePath, TypedValue]]

_SEALED = Resolved(TypedValue(ValueType.TEXT, b""), is_plain=False)


class Readable(NamedTuple):
    """The values that can be read, by environment and name, and what does not open though the group's key is at hand."""

    values: Values
    findings: list[Finding]

    def __repr__(self) -> str:
        return "Readable(…)"


def read(project: Project, environments: Iterable[str], keyring: Keyring) -> Readable:
    """What can be read of the environments and of those that they extend; those that do not parse are left out."""
    values: dict[str, Mapping[NamePath, TypedValue]] = {}
    findings: list[Finding] = []
    for environment in dict.fromkeys(each for name in environments for each in project.policy.chain(name)):
        try:
            found = project.read(environment)
        except Error:
            # Told of the file itself already.
            continue
        path = project.relative(project.path(environment))
        keys, broken = _keys(found, keyring)
        findings += [Finding("damaged", path, 0, each.message, each.hint) for each in broken]
        values[environment], damaged = _values(found, keys)
        findings += [Finding("damaged", path, entry.line, error.message, error.hint) for entry, error in damaged]
    return Readable(values, findings)


def references(project: Project, environments: Iterable[str], values: Values, *, bases: bool) -> Iterator[Finding]:
    """What plain values refer to and cannot have. Needs no identity: a sealed name is refused unopened.

    Environments that others extend are held against it only with `bases`, or where they are protected: what is incomplete
    there may be completed by those that extend them.
    """
    rules = project.policy.environments
    extended = {rule.extends for rule in rules.values() if not bases}
    for environment in environments:
        if environment in extended and not rules[environment].protected:
            continue
        try:
            view = EffectiveEnvironment(project, environment, local=False).entries
        except Error:
            continue
        yield from _references(project, environment, view, values)


def _keys(found: Document, keyring: Keyring) -> tuple[Mapping[str, DataKey], list[Damaged]]:
    """The data keys that open, and what is wrong with those that are made for an identity at hand and do not."""
    keys = Keys(found.header, keyring, genuine=True)
    opened: dict[str, DataKey] = {}
    broken: list[Damaged] = []
    for group in found.header.access:
        try:
            key = keys.get(group)
        except Damaged as error:
            broken.append(error)
        except Error:
            # An identity that does not serve is none: check needs no identity.
            continue
        else:
            opened |= {group: key} if key is not None else {}
    return opened, broken


def _values(
    found: Document, keys: Mapping[str, DataKey]
) -> tuple[dict[NamePath, TypedValue], list[tuple[Entry, Error]]]:
    values: dict[NamePath, TypedValue] = {}
    damaged: list[tuple[Entry, Error]] = []
    for path, entry in found.entries.items():
        if entry.token is not None and entry.token.group not in keys:
            continue
        try:
            values[path] = document.open_entry(found, entry, keys)
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
            file = project.relative(project.path(layer))
            hint = f"see where a value comes from: gitseal explain {entry.name} -e {environment}"
            yield Finding("reference", file, entry.line, problem.sentence, hint)
