"""The services that get a name's value, by the manifest alone."""

from collections.abc import Collection
from typing import NamedTuple

from gitseal.document.value import TypedValue, ValueType
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


def received(manifest: Manifest, service: str, available: Collection[NamePath]) -> set[NamePath]:
    """The names that a service gets in any way, of the paths that an environment has. Raises Error as `services.view`."""
    paths = {file.secret for file in manifest.services[service].files}
    for source in services.view(manifest, service, available).values():
        paths |= {source.path} if source.template is None else _in_template(source.template)
    return paths


def receivers(manifest: Manifest, available: Collection[NamePath], path: NamePath) -> list[Receiver]:
    """The services that get the name at `path`, given the paths that an environment has. Raises Error as `services.view`."""
    told = []
    for service, declared in manifest.services.items():
        for variable, source in services.view(manifest, service, available).items():
            takes = source.path == path
            if source.template is not None:
                takes = path in _in_template(source.template)
            if takes:
                level = source.level if source.service == service else "import"
                told.append(Receiver(service, path_text(variable), level))
        told += [Receiver(service, "/".join(file.path), "files") for file in declared.files if file.secret == path]
    return told


def _in_template(template: TypedValue) -> set[NamePath]:
    """The names that an `env` of a service refers to."""
    return set(templates.parse(template.reveal().decode()).secrets()) if template.kind is ValueType.TEXT else set()
