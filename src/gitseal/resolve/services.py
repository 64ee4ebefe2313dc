"""The names that a service gets. Nearest first: its `env`, its own section, what it includes, what it imports."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from gitseal.document.value import TypedValue
from gitseal.errors import Error
from gitseal.policy.companions import is_companion
from gitseal.policy.fields import nearest
from gitseal.policy.layers import overlay
from gitseal.policy.manifest import Manifest, Service
from gitseal.policy.patterns import matches
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

ENV, SECTION, INCLUDE = "env", "section", "include"


class VariableSource(NamedTuple):
    """The source of a variable's value: the secret at `path`, or the `template` of an `env`, with an empty path.

    `service` is the service that declares it (another one, if it is imported), `level` is ENV, SECTION or INCLUDE.
    """

    service: str
    level: str
    path: NamePath
    template: TypedValue | None = None

    def is_same(self, other: "VariableSource") -> bool:
        """True if both give the same value, whichever service declares it."""
        return self.path == other.path and self.template == other.template

    def __str__(self) -> str:
        """Words for messages. Never the template: people write passwords into `env:` that should have been secrets."""
        return path_text(self.path) if self.path else f"env of {self.service}"


View = dict[NamePath, VariableSource]


def find(manifest: Manifest, service: str) -> Service:
    """The service of that name. Raises Error, with the nearest name as a hint, if the manifest declares none."""
    declared = manifest.services.get(service)
    if declared is None:
        hint = nearest(service, manifest.services) or "declare it under services: in .secrets/manifest.yaml"
        raise Error(f'the manifest declares no service "{service}"', hint)
    return declared


def view(manifest: Manifest, service: str, available: Collection[NamePath]) -> View:
    """The variables of a service, of the `available` paths of an environment.

    Names of its own section lose the section; included ones keep their whole path. Raises Error for a service that is not
    declared. If two imports give different values for names, and no nearer level decides, the Error tells all those names.
    """
    find(manifest, service)
    return _view(manifest, service, available, {})


def unmatched(service: Service, available: Collection[NamePath]) -> tuple[str, ...]:
    """The patterns of `include` that match none of the available paths: probably misspelled."""
    return tuple(pattern for pattern in service.include if not any(matches(pattern, path) for path in available))


def from_others(manifest: Manifest, service: str, available: Collection[NamePath]) -> dict[str, list[NamePath]]:
    """The names of other services' own sections that patterns of `include` take in, by pattern.

    A pattern without `/` matches at any depth, so `DB_*` also takes `other/DB_PASSWORD`, which is seldom meant.
    """
    others = [path for path in available if len(path) > 1 and path[0] != service and path[0] in manifest.services]
    patterns = [pattern for pattern in manifest.services[service].include if "/" not in pattern]
    taken = {pattern: [path for path in others if matches(pattern, path)] for pattern in patterns}
    return {pattern: paths for pattern, paths in taken.items() if paths}


def _view(manifest: Manifest, name: str, available: Collection[NamePath], known: dict[str, View]) -> View:
    """`known` keeps each service from being computed twice. The recursion ends: the parser refuses cycles and long chains."""
    if name not in known:
        nearer = _flat(overlay(_own(manifest, name, available)))
        # A service that is imported twice gives the same values twice: only the first counts.
        imports = dict.fromkeys(manifest.services[name].imports)
        imported = [(other, _view(manifest, other, available, known)) for other in imports]
        _refuse_differing(name, nearer, imported)
        known[name] = _flat(overlay([("", nearer), *imported]))
    return known[name]


def _flat(layered: Mapping[NamePath, tuple[str, VariableSource]]) -> View:
    return {path: source for path, (_, source) in layered.items()}


def _own(manifest: Manifest, name: str, available: Collection[NamePath]) -> list[tuple[str, View]]:
    service = manifest.services[name]
    env: View = {(variable,): VariableSource(name, ENV, (), template) for variable, template in service.env.items()}
    section: View = {
        path[1:]: VariableSource(name, SECTION, path) for path in available if path[0] == name and len(path) > 1
    }
    # Without names of the section, which came in without the section's name already.
    included: View = {
        path: VariableSource(name, INCLUDE, path)
        for path in available
        if (path[0] != name or len(path) == 1) and _includes(manifest, service, path, available)
    }
    # Nearest first, as `overlay` wants its layers.
    return [(ENV, env), (SECTION, section), (INCLUDE, included)]


def _includes(manifest: Manifest, service: Service, path: NamePath, available: Collection[NamePath]) -> bool:
    """True if a pattern of `include` takes a name in. What belongs to another name has to be named itself, with no `*`."""
    taking = [pattern for pattern in service.include if matches(pattern, path)]
    if any("*" not in pattern for pattern in taking):
        return True
    return bool(taking) and not is_companion(path, manifest, available)


def _refuse_differing(name: str, nearer: View, imported: list[tuple[str, View]]) -> None:
    """Raise Error for names that two imports give different values, unless something nearer decides."""
    claims: dict[NamePath, tuple[str, VariableSource]] = {}
    sections: dict[NamePath, NamePath] = {}
    differing: dict[str, str] = {}
    for other, entries in imported:
        # Only what the nearer levels leave visible can be in dispute; those have an empty layer name.
        visible = {p: source for p, (layer, source) in overlay([("", nearer), (other, entries)]).items() if layer}
        for path, source in visible.items():
            rival = _rival(path, source, claims, sections)
            if rival is not None:
                theirs, their_source = claims[rival]
                differing[path_text(path)] = f"is {their_source} in {theirs} and {source} in {other}"
        # After all names of this import were compared: one import does not dispute with itself.
        for path, source in visible.items():
            claims.setdefault(path, (other, source))
            sections.update({path[:depth]: path for depth in range(1, len(path))})
    if differing:
        told = ", ".join(f'"{path}" {words}' for path, words in differing.items())
        raise Error(
            f'the imports of service "{name}" differ: {told}',
            f"decide under services: {name}: env: in .secrets/manifest.yaml",
        )


def _rival(
    path: NamePath,
    source: VariableSource,
    claims: dict[NamePath, tuple[str, VariableSource]],
    sections: dict[NamePath, NamePath],
) -> NamePath | None:
    """The path in an earlier import that clashes with `path`, if any: another value, one above it, or names below it."""
    if path in claims:
        return None if claims[path][1].is_same(source) else path
    around = next((path[:depth] for depth in range(1, len(path)) if path[:depth] in claims), None)
    return around or sections.get(path)
