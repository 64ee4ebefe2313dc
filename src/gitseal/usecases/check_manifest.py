"""The part of `check` that holds the manifest against the environments: what must exist, and what services refer to."""

from collections.abc import Iterable, Iterator

from gitseal.document.value import Kind
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.policy.manifest import Manifest
from gitseal.project.project import Project
from gitseal.project.reading import Layered
from gitseal.report.findings import WARNING, Finding
from gitseal.resolve import requirements, services, templates
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def check_manifest(project: Project, environments: Iterable[str]) -> list[Finding]:
    """What the environments lack of what the manifest asks. Needs no identity: only names are looked at.

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
            view = Layered(project, environment, Keyring(()), local=False).entries
        except Error:
            # Told of the file itself already.
            continue
        names.update(view)
        hint = f"set it with: gitseal set NAME -e {environment}"
        for problem in requirements.problems(manifest, environment, dict.fromkeys(view)):
            line = manifest.secrets[tuple(problem.name.split("/"))].line
            findings.append(Finding("required", path, line, problem.sentence, hint.replace("NAME", problem.name)))
        findings += _views(manifest, path, environment, view)
    if names:
        findings += _services(manifest, path, names)
    return findings


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
            if template.kind is Kind.TEXT:
                parsed = templates.parse(template.reveal().decode())
                for reason in parsed.problems:
                    yield Finding("reference", path, service.line, f'env of service "{name}" {reason}')
                wanted += [(secret, service.line) for secret in parsed.secrets()]
        for secret, line in wanted:
            if secret not in names:
                message = f'service "{name}" refers to "{path_text(secret)}", which no environment has'
                yield Finding("reference", path, line, message, f"set it with: gitseal set {path_text(secret)}")
