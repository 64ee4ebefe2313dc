"""The services that get a name's value, by the manifest alone."""

from collections.abc import Collection
from typing import NamedTuple

from gitseal.document.value import ValueType
from gitseal.policy.manifest import Manifest
from gitseal.resolve import services, templates
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class Receiver(NamedTuple):
    """A service that gets the value: under which name, and by what of its declaration.

    That is env, section, include, import, or files, where the name is the path of the file.
    """

    service: str
    variable: str
    level: str


def receivers(manifest: Manifest, available: Collection[NamePath], path: NamePath) -> list[Receiver]:
    """The services that get the name at `path`, given the paths that an environment has. Raises Error as `services.view`."""
    told = []
    for service, declared in manifest.services.items():
        for variable, source in services.view(manifest, service, available).items():
            takes = source.path == path
            if source.template is not None and source.template.kind is ValueType.TEXT:
                takes = path in templates.parse(source.template.reveal().decode()).secrets()
            if takes:
                level = source.level if source.service == service else "import"
                told.append(Receiver(service, path_text(variable), level))
        told += [Receiver(service, "/".join(file.path), "files") for file in declared.files if file.secret == path]
    return told
