"""The data keys of values, by the names that they go out as: what marks and revisions are made with."""

from collections.abc import Sequence
from functools import cached_property

from gitseal.crypto.composed_key import mark_key
from gitseal.document.value import ValueType
from gitseal.policy.policy import DEFAULT
from gitseal.project.reading import EffectiveEnvironment, OpenedEnvironment
from gitseal.yamltext.tree import NamePath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.composed_key import MarkKey
    from gitseal.resolve.services import View


class StoredNames:
    """The stored names behind those that go out, of an environment or of a service (empty: of none). It opens nothing."""

    def __init__(self, there: EffectiveEnvironment, service: str) -> None:
        self._there = there
        self._view: View | None = None
        if service:
            from gitseal.resolve import services

            self._view = services.view(there.project.manifest, service, there.entries)

    def of(self, path: NamePath) -> Sequence[NamePath] | None:
        """The name that a name goes out for, or those that a composed text refers to; None if none goes out so.

        A plain value that it refers to may refer to others in turn, and never to a sealed one: no more sealed names are in it.
        """
        if self._view is None:
            return (path,) if path in self._there.entries else None
        variable = self._view.get(path)
        if variable is None or variable.template is None:
            return (variable.path,) if variable is not None else None
        if variable.template.kind is not ValueType.TEXT:
            return ()
        from gitseal.resolve import templates

        secrets = templates.parse(variable.template.reveal().decode()).secrets()
        return [stored for stored in secrets if stored in self._there.entries]


class ValueKeys:
    """Finds the data key of a value by the name that it goes out as, of the environment or of a service (empty: of none)."""

    def __init__(self, opened: OpenedEnvironment, service: str) -> None:
        self._opened = opened
        self._stored = StoredNames(opened, service)

    def of(self, path: NamePath) -> "MarkKey | None":
        """The key of the value's own file and group; of a composed text, one that takes the keys of all sealed names in it."""
        return mark_key(filter(None, map(self._opened.key_of, self._stored.of(path) or ())))

    @cached_property
    def of_plain(self) -> "MarkKey | None":
        """The key for plain values, which proves who put them there: the default group's, or the first other that opens."""
        own = self._opened.own_keys
        return own.get(DEFAULT) or next((own[group] for group in sorted(own)), None)
