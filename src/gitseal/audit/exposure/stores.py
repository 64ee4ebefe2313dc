"""Where `publish` brings which names, by today's policy and manifest. No store is asked."""

from collections.abc import Collection, Iterable

from gitseal.audit.exposure.past import Name
from gitseal.document.value import ValueType
from gitseal.errors import Error
from gitseal.policy.target import PublishTarget
from gitseal.project.project import Project
from gitseal.records import NamedTuple
from gitseal.resolve import services, templates
from gitseal.yamltext.tree import NamePath


class StoreOfName(NamedTuple):
    """One place that a name's value is published to."""

    target: str
    environment: str
    place: str


class PublishedNames:
    """The names of a project that targets take. `names` are all that ever were: a store may have one that is gone here."""

    def __init__(self, project: Project, names: Iterable[Name]) -> None:
        self._project = project
        self._targets = project.policy.publish
        self._names: dict[str, list[NamePath]] = {}
        for environment, text in names if self._targets else ():
            self._names.setdefault(environment, []).append(tuple(text.split("/")))
        self._taken: dict[tuple[str, str], Collection[NamePath] | None] = {}

    def stores(self, name: Name) -> tuple[StoreOfName, ...]:
        """The places that have a name's value once it is published, also by way of an environment that extends its own."""
        environment, text = name
        policy, path = self._project.policy, tuple(text.split("/"))
        return tuple(
            StoreOfName(target.name, goes, place)
            for target in self._targets
            for goes, place in target.places()
            if policy.inherits(goes, environment) and self._takes(target, goes, path)
        )

    def _takes(self, target: PublishTarget, environment: str, path: NamePath) -> bool:
        if not target.service:
            return len(path) == 1
        key = target.service, environment
        if key not in self._taken:
            self._taken[key] = self._taken_by(*key)
        taken = self._taken[key]
        return taken is None or path in taken

    def _taken_by(self, service: str, environment: str) -> Collection[NamePath] | None:
        """The stored names that a service gets, whole or in a text; None if the manifest does not say: then it may be any."""
        chain = self._project.policy.chain(environment)
        available = dict.fromkeys(path for layer in chain for path in self._names.get(layer, ()))
        try:
            view = services.view(self._project.manifest, service, available)
        except Error:
            return None
        taken: set[NamePath] = set()
        for source in view.values():
            if source.template is None:
                taken.add(source.path)
            elif source.template.kind is ValueType.TEXT:
                taken.update(templates.parse(source.template.reveal().decode()).secrets())
        return taken
