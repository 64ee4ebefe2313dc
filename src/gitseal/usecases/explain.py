"""`explain`: where a name's value comes from, layer by layer, and who gets it. Values are not opened."""

from typing import NamedTuple

from gitseal.document.document import Entry
from gitseal.project.names import missing, parse_name
from gitseal.project.reading import EffectiveEnvironment
from gitseal.resolve.origins import origins
from gitseal.resolve.receivers import Receiver, receivers
from gitseal.yamltext.reader import path_text


class NamePlace(NamedTuple):
    """One file that has the name: its stem, the line, the access group or `plain`, and the layer that hides it or nothing."""

    layer: str
    line: int
    access: str
    hidden_by: str


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
        tuple(receivers(project.manifest, layered.entries, path)),
        declared.description if declared else "",
        declared.is_required(environment) if declared else False,
    )


def _access(entry: Entry) -> str:
    return entry.token.group if entry.token else "plain"
