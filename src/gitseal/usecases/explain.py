"""`explain`: where a name's value comes from, layer by layer, and who gets it. Values are not opened."""

from typing import NamedTuple

from gitseal.document.document import Entry
from gitseal.document.value import ValueType
from gitseal.project.names import missing, parse_name
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment
from gitseal.resolve import services, templates
from gitseal.resolve.origins import origins
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class NamePlace(NamedTuple):
    """One file that has the name: its stem, the line, the access group or `plain`, and the layer that hides it or nothing."""

    layer: str
    line: int
    access: str
    hidden_by: str


class Receiver(NamedTuple):
    """A service that gets the value: under which name, and by what of its declaration.

    That is env, section, include, import, or files, where the name is the path of the file.
    """

    service: str
    variable: str
    level: str


class Explained(NamedTuple):
    """The places of a name, the nearest first; the services that get it; what the manifest says of it."""

    places: tuple[NamePlace, ...]
    receivers: tuple[Receiver, ...]
    description: str
    is_required: bool


def explain(layered: EffectiveEnvironment, name: str) -> Explained:
    """The places and receivers of a name. Needs no identity. Raises Error if no layer has the name."""
    project, environment = layered.project, layered.environment
    path = parse_name(name)
    layers = origins(layered.layers, path)
    if not layers:
        raise missing(path, environment, layered.entries)
    places = tuple(
        NamePlace(
            origin.layer,
            origin.entry.line,
            _access(origin.entry),
            f"{origin.hidden_by} {path_text(origin.hidden_at)}".strip(),
        )
        for origin in layers
    )
    declared = project.manifest.secrets.get(path)
    return Explained(
        places,
        tuple(_receivers(project, layered, path)),
        declared.description if declared else "",
        declared.is_required(environment) if declared else False,
    )


def _access(entry: Entry) -> str:
    return entry.token.group if entry.token else "plain"


def _receivers(project: Project, layered: EffectiveEnvironment, path: NamePath) -> list[Receiver]:
    receivers = []
    for service, declared in project.manifest.services.items():
        for variable, source in services.view(project.manifest, service, layered.entries).items():
            takes = source.path == path
            if source.template is not None and source.template.kind is ValueType.TEXT:
                takes = path in templates.parse(source.template.reveal().decode()).secrets()
            if takes:
                level = source.level if source.service == service else "import"
                receivers.append(Receiver(service, path_text(variable), level))
        receivers += [Receiver(service, "/".join(file.path), "files") for file in declared.files if file.secret == path]
    return receivers
