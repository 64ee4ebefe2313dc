"""The data keys of values, by the names that they go out as: what marks and revisions are made with."""

from collections.abc import Iterator
from functools import cached_property

from gitseal.crypto.composed_key import mark_key
from gitseal.policy.policy import DEFAULT
from gitseal.project.reading import OpenedEnvironment
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.composed_key import MarkKey
    from gitseal.resolve.services import View


class ValueKeys:
    """Finds the data key of a value by the name that it goes out as, of the environment or of a service (empty: of none)."""

    def __init__(self, opened: OpenedEnvironment, service: str) -> None:
        self._opened = opened
        self._view: View | None = None
        if service:
            from gitseal.resolve import services

            self._view = services.view(opened.project.manifest, service, opened.entries)

    def of(self, path: NamePath) -> "MarkKey | None":
        """The key of the value's own file and group; of a composed text, one that takes the keys of all sealed names in it."""
        return mark_key(filter(None, map(self._opened.key_of, self._stored(path))))

    @cached_property
    def of_plain(self) -> "MarkKey | None":
        """The key for plain values, which proves who put them there: the default group's, or the first other that opens."""
        own = self._opened.own_keys
        return own.get(DEFAULT) or next((own[group] for group in sorted(own)), None)

    def _stored(self, path: NamePath) -> Iterator[NamePath]:
        composed = self._view[path] if self._view is not None else None
        if composed is None or composed.template is None:
            yield composed.path if composed is not None else path
            return
        from gitseal.resolve.references import Resolver

        # Which sealed names are in it is all that is asked: a variable of this machine has no key, and is left out.
        resolver = Resolver(self._opened.look_up)
        resolver.text(composed.template.reveal().decode(), path_text(path))
        yield from resolver.sealed()
