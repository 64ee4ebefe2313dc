"""The part of `check` that holds the manifest against the environments: what must exist, and what services refer to."""

from collections.abc import Iterable, Iterator, Mapping

from gitseal.audit.check.values import Values
from gitseal.document.document import Entry
from gitseal.document.value import ValueType
from gitseal.errors import Error
from gitseal.policy.manifest import Manifest
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment
from gitseal.report.findings import WARNING, Finding
from gitseal.resolve import requirements, services, templates
from gitseal.resolve.problems import REQUIRED, Problem
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def check_manifest(project: Project, environments: Iterable[str], values: Values) -> list[Finding]:
    """What the environments lack of what the manifest asks. Names are enough; `values` are those that can be read.

    Raises Error where the manifest itself does not hold together.
    """
    manifest = project.manifest
    path = project.relative(project.manifest_path)
    findings = []
    for name, declaration in manifest.environments():
        if name not in project.policy.environments:
            message = f'"{path_text(declaration.path)}" is required in {name}, which is no environment'
            findings.append(Finding("unknown-environment", path, declaration.line, message))
    names: set[NamePath] = set()
    for environment in environments:
        try:
            view = EffectiveEnvironment(project, environment, local=False).entries
        except Error:
            # Told of the file itself already.
            continue
        names.update(view)
        readable = {name: values.get(layer, {}).get(name) for name, (layer, _) in view.items()}
        problems = requirements.problems(manifest, environment, readable)
        findings += [_unmet(project, environment, view, problem) for problem in problems]
        findings += _views(manifest, path, environment, view)
    if names:
        findings += _services(manifest, path, names)
    return findings


def _unmet(project: Project, environment: str, view: Mapping[NamePath, tuple[str, Entry]], problem: Problem) -> Finding:
    """What is missing is told of the manifest, what is wrong of the file that has it."""
    name = tuple(problem.name.split("/"))
    path, line = project.relative(project.manifest_path), project.manifest.secrets[name].line
    owner = environment
    if problem.kind != REQUIRED:
        owner, entry = view[name]
        path, line = project.relative(project.path(owner)), entry.line
    hint = f"set it {'with' if problem.kind == REQUIRED else 'anew'}: gitseal set {problem.name} -e {owner}"
    return Finding(problem.kind, path, line, problem.sentence, hint)


def _views(manifest: Manifest, path: str, environment: str, view: Iterable[NamePath]) -> Iterator[Finding]:
    """Imports of a service that differ in this environment."""
    for name, service in manifest.services.items():
        try:
            services.view(manifest, name, list(view))
        except Error as error:
            yield Finding("service", path, service.line, f"{environment}: {error.message}", error.hint)


def _services(manifest: Manifest, path: str, names: set[NamePath]) -> Iterator[Finding]:
    """What services name and no environment has."""
    for name, service in manifest.services.items():
        for pattern in services.unmatched(service, names):
            yield Finding(
                "service", path, service.line, f'service "{name}" includes "{pattern}", which no name matches'
            )
        for pattern, paths in services.from_others(manifest, name, names).items():
            message = (
                f'service "{name}" gets {path_text(min(paths))} too, of another service: "{pattern}" holds at any depth'
            )
            hint = f'if only the name outside sections is meant: "/{pattern}"'
            yield Finding("include", path, service.line, message, hint, WARNING)
        wanted = [(file.secret, file.line) for file in service.files]
        for template in service.env.values():
            if template.kind is ValueType.TEXT:
                parsed = templates.parse(template.reveal().decode())
                for reason in parsed.problems:
                    yield Finding("reference", path, service.line, f'env of service "{name}" {reason}')
                wanted += [(secret, service.line) for secret in parsed.secrets()]
        for secret, line in wanted:
            if secret not in names:
                message = f'service "{name}" refers to "{path_text(secret)}", which no environment has'
                yield Finding("reference", path, line, message, f"set it with: gitseal set {path_text(secret)}")
