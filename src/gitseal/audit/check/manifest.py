"""The part of `check` about the manifest: whether environments have what it asks for, and what services refer to."""

from collections.abc import Iterable, Iterator, Mapping

from gitseal.audit.check.values import REFERENCE, Values
from gitseal.document.document import Entry
from gitseal.document.value import ValueType
from gitseal.errors import Error
from gitseal.policy.manifest import Manifest
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment
from gitseal.report.findings import ERROR, WARNING, Finding, FindingRule
from gitseal.report.hints import YOU, advice, command, decision, give_value
from gitseal.report.sentences import literal, ours, sentence
from gitseal.resolve import requirements, services, templates
from gitseal.resolve.problems import PATTERN, REQUIRED, TYPE, Problem
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

UNKNOWN_ENVIRONMENT = FindingRule(
    "unknown-environment", ERROR, "the manifest requires a name in an environment that the policy does not have"
)
NAME_REQUIRED = FindingRule(REQUIRED, ERROR, "a name is required in an environment that has no value for it")
OTHER_TYPE = FindingRule(TYPE, ERROR, "a value is not of the type that the manifest declares")
OTHER_PATTERN = FindingRule(PATTERN, ERROR, "a value does not match the pattern that the manifest declares")
SERVICE = FindingRule("service", ERROR, "a service names something that it cannot get")
INCLUDE = FindingRule("include", WARNING, "a service's pattern takes in names of another service")
_OWNERS = sentence("whoever may change the manifest")
_UNMET = {rule.id: rule for rule in (NAME_REQUIRED, OTHER_TYPE, OTHER_PATTERN)}


def check_manifest(project: Project, environments: Iterable[str], values: Values) -> list[Finding]:
    """The findings for what the manifest asks for and environments lack. Names are enough; `values` are those that can be read.

    Raises Error if the manifest contradicts itself.
    """
    manifest = project.manifest
    path = project.relative(project.manifest_path)
    findings = []
    for name, declaration in manifest.environments():
        if name not in project.policy.environments:
            message = sentence('"{}" is required in {}, which is no environment', path_text(declaration.path), name)
            add = command("gitseal env add {}", name)
            hint = decision(_OWNERS, "take the environment out of it, unless it is to be one", add)
            findings.append(UNKNOWN_ENVIRONMENT.at(path, declaration.line, message, hint))
    names: set[NamePath] = set()
    for environment in environments:
        try:
            view = EffectiveEnvironment(project, environment).entries
        except Error:
            # The file itself has a finding.
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
    """A missing name is a finding about the manifest, a wrong value one about the file that has it."""
    name = tuple(problem.name.split("/"))
    path, line = project.relative(project.manifest_path), project.manifest.secrets[name].line
    owner = environment
    if problem.kind != REQUIRED:
        owner, entry = view[name]
        path, line = project.relative(project.file(owner)), entry.line
    how = ours("with" if problem.kind == REQUIRED else "anew")
    hint = give_value(problem.name, owner, sentence("set it {}", how))
    return _UNMET[problem.kind].at(path, line, problem.sentence, hint)


def _views(manifest: Manifest, path: str, environment: str, view: Iterable[NamePath]) -> Iterator[Finding]:
    """Imports of a service that differ in this environment."""
    for name, service in manifest.services.items():
        try:
            services.view(manifest, name, list(view))
        except Error as error:
            message = sentence("{}: {}", environment, literal(error.message))
            yield SERVICE.at(path, service.line, message, advice(error.hint))


def _services(manifest: Manifest, path: str, names: set[NamePath]) -> Iterator[Finding]:
    """Names and patterns of services that match nothing in any environment."""
    for name, service in manifest.services.items():
        for pattern in services.unmatched(service, names):
            message = sentence('service "{}" includes "{}", which no name matches', name, pattern)
            hint = decision(_OWNERS, "take it out, or set a name that it matches")
            yield SERVICE.at(path, service.line, message, hint)
        for pattern, paths in services.from_others(manifest, name, names).items():
            template = 'service "{}" gets {} too, of another service: "{}" holds at any depth'
            message = sentence(template, name, path_text(min(paths)), pattern)
            hint = decision(YOU, sentence('if only the name outside sections is meant: "/{}"', pattern))
            yield INCLUDE.at(path, service.line, message, hint)
        wanted = [(file.secret, file.line) for file in service.files]
        for text in service.env.values():
            if text.kind is ValueType.TEXT:
                parsed = templates.parse(text.reveal().decode())
                for reason in parsed.problems:
                    message = sentence('env of service "{}" {}', name, literal(reason))
                    hint = decision(_OWNERS, "mend the reference, or write $${ for a literal ${")
                    yield REFERENCE.at(path, service.line, message, hint)
                wanted += [(secret, service.line) for secret in parsed.secrets()]
        for secret, line in wanted:
            if secret not in names:
                message = sentence('service "{}" refers to "{}", which no environment has', name, path_text(secret))
                yield REFERENCE.at(path, line, message, give_value(path_text(secret), ""))
