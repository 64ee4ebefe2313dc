"""`check --code`: whether environments have the names that source code reads. Needs no identity."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gitseal.audit.check import source_files
from gitseal.code import ambient
from gitseal.code.uses import NameSource, Use
from gitseal.document import document
from gitseal.document.document import Entry
from gitseal.document.value import ValueType as ValueKind
from gitseal.errors import Error
from gitseal.policy.layers import overlay
from gitseal.policy.manifest import EMPTY, Manifest
from gitseal.policy.patterns import matches
from gitseal.project.project import Project
from gitseal.report.findings import ERROR, NOTE, Finding, FindingRule
from gitseal.report.hints import YOU, command, decision, give_value
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, listed, ours, sentence, verb
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

MISSING = FindingRule("missing-name", ERROR, "code reads a name that an environment lacks")
UNREAD = FindingRule("unread-name", NOTE, "no code reads a name")
AT_GITHUB = FindingRule("github-name", NOTE, "a workflow reads a name from GitHub's own store that no environment has")
_GITHUB = (NameSource.GITHUB_SECRET, NameSource.GITHUB_VARIABLE)


class UsePlace(NamedTuple):
    """A use and the file it is in."""

    path: str
    use: Use


class CodeReport(NamedTuple):
    """Findings by rule; what could not be looked at, and how many files that is; how many files there are.

    MISSING has to be fixed. UNREAD (no code reads the name) and AT_GITHUB (a workflow reads it from GitHub's own store,
    and no environment has it) are for a person to judge: both can be intended.
    """

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    unseen: int
    files: int


class _Environment(NamedTuple):
    """The names of an environment: `entries` with those of its bases (and their file), `variables` as programs see them."""

    entries: Mapping[NamePath, tuple[str, Entry]]
    variables: frozenset[str]


def check_code(
    project: Project, folders: Sequence[Path], environments: Sequence[str] = (), excepted: Sequence[str] = ()
) -> CodeReport:
    """The names that the code in `folders` reads, against `environments` (none given: all but mere bases).

    Names that a pattern of `excepted` matches are not reported. An environment or manifest that cannot be read is left to
    `check`. Raises Error if one of `folders` is no folder.
    """
    manifest = _manifest(project)
    chosen = {
        name: _environment(project, manifest, name)
        for name in environments or _deployed(project)
        if _is_readable(project, name)
    }
    sources = source_files.read(project, folders)
    places = _grouped(sources.uses, excepted)
    findings = [*_missing(manifest, places, chosen)]
    # With a file left out nobody can say that a name is read nowhere.
    if not sources.unseen:
        findings += _unread(project, manifest, _read(manifest, sources.uses), chosen, excepted)
    return CodeReport(tuple(findings), sources.notes, sources.unseen, sources.files)


def _manifest(project: Project) -> Manifest:
    try:
        return project.manifest
    except Error:
        return EMPTY


def _is_readable(project: Project, environment: str) -> bool:
    try:
        for name in project.policy.chain(environment):
            project.read(name)
    except Error:
        return False
    return True


def _deployed(project: Project) -> tuple[str, ...]:
    """All environments but those that are there to be extended: nothing runs with them alone."""
    rules = project.policy.environments
    bases = {rule.extends for rule in rules.values() if rule.extends}
    return tuple(
        name for name in project.environments if name not in bases or (name in rules and rules[name].protected)
    )


def _environment(project: Project, manifest: Manifest, name: str) -> _Environment:
    layers = [(layer, project.read(layer).entries) for layer in project.policy.chain(name)]
    entries = overlay(layers, _is_null)
    variables = {path[0] for path in entries if len(path) == 1}
    for service, declared in manifest.services.items():
        variables |= declared.env.keys()
        variables |= {path[1] for path in entries if len(path) == len((service, "NAME")) and path[0] == service}
    return _Environment(entries, frozenset(variables))


def _is_null(entry: Entry) -> bool:
    return entry.token is None and document.plain_value(entry).kind is ValueKind.NULL


def _grouped(
    places: Sequence[tuple[str, Use]], excepted: Sequence[str]
) -> dict[tuple[str, NameSource], list[UsePlace]]:
    """Places by name and kind, in the order in which they were met; without names that are nobody's to set."""
    grouped: dict[tuple[str, NameSource], list[UsePlace]] = {}
    for path, use in places:
        name_path = tuple(use.name.split("/"))
        is_excepted = any(matches(pattern, name_path) for pattern in excepted)
        if not is_excepted and (use.kind is NameSource.SECRET or not ambient.reason(use.name)):
            grouped.setdefault((use.name, use.kind), []).append(UsePlace(path, use))
    return grouped


def _missing(
    manifest: Manifest, places: Mapping[tuple[str, NameSource], list[UsePlace]], chosen: Mapping[str, _Environment]
) -> Iterator[Finding]:
    for (name, kind), uses in places.items():
        first = next((place for place in uses if not place.use.has_default), None)
        lacking = [
            environment for environment, has in chosen.items() if not _has(manifest, environment, has, name, kind)
        ]
        if kind in _GITHUB and len(lacking) < len(chosen):
            continue  # it lies in GitHub's store; that one environment knows it is enough
        if first is not None and lacking:
            yield _finding(name, kind, first, len(uses) - 1, lacking)


def _has(manifest: Manifest, environment: str, has: _Environment, name: str, kind: NameSource) -> bool:
    """True if the environment has the name, or if the manifest says that it need not."""
    path = tuple(name.split("/"))
    declared = manifest.secrets.get(path)
    if declared is not None and not declared.is_required(environment):
        return True
    # A program that asks the Python API for what a service gets, or runs as that service, knows the service's own names.
    return name in has.variables or (kind is NameSource.SECRET and path in has.entries)


def _finding(name: str, kind: NameSource, place: UsePlace, further: int, lacking: Sequence[str]) -> Finding:
    more = ours(f" and in {plural(further, 'more place')}") if further else NOTHING
    if kind in _GITHUB:
        template = '"{}" is a {}, read here{}, and no environment has it'
        return AT_GITHUB.at(place.path, place.use.line, sentence(template, name, ours(kind.value), more))
    have = verb(len(lacking), "has", "have")
    message = sentence('"{}" is read here{}, and {} {} no such name', name, more, listed(lacking, "{}"), have)
    return MISSING.at(
        place.path,
        place.use.line,
        message,
        give_value(name, ",".join(lacking)),
    )


def _read(manifest: Manifest, places: Sequence[tuple[str, Use]]) -> Callable[[NamePath], bool]:
    """A test for names: true if code reads the name, or the manifest for a file of a service."""
    names = {use.name for _, use in places}
    paths = {file.secret for service in manifest.services.values() for file in service.files}
    services = manifest.services.keys()

    def is_read(path: NamePath) -> bool:
        if path_text(path) in names or path in paths:
            return True
        # Other sections are a matter of those who render them as a tree.
        return len(path) > 1 and (path[0] not in services or path[-1] in names)

    return is_read


def _unread(
    project: Project,
    manifest: Manifest,
    is_read: Callable[[NamePath], bool],
    chosen: Mapping[str, _Environment],
    excepted: Sequence[str],
) -> Iterator[Finding]:
    holders: dict[NamePath, list[tuple[str, int]]] = {}
    for environment in chosen.values():
        for path, (holder, entry) in environment.entries.items():
            if (holder, entry.line) not in holders.setdefault(path, []):
                holders[path].append((holder, entry.line))
    for path in sorted(holders.keys() | manifest.secrets.keys()):
        if is_read(path) or any(matches(pattern, path) for pattern in excepted):
            continue
        name, held = path_text(path), holders.get(path, [])
        message = sentence('"{}" is read nowhere in the code that was looked at', name)
        if held:
            environments = ",".join(holder for holder, _ in held)
            file = project.relative(project.file(held[0][0]))
            unset = command("gitseal unset {} -e {}", name, environments)
            hint = decision(YOU, "if nothing else reads it", unset)
            yield UNREAD.at(file, held[0][1], message, hint)
        else:
            file = project.relative(project.manifest_path)
            hint = decision(YOU, "if nothing else reads it, take it out there")
            yield UNREAD.at(file, manifest.secrets[path].line, message, hint)
