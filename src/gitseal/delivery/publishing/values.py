"""The values that a target gets of one environment in one commit, each with the data key that its mark is made with."""

from collections.abc import Iterator

from gitseal.delivery.outgoing import Outgoing, outgoing, refuse_steering
from gitseal.delivery.publishing.planning import Desired
from gitseal.delivery.publishing.source import Source
from gitseal.delivery.request import Request
from gitseal.document.value import ValueType
from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.states import at_commit
from gitseal.records import NamedTuple
from gitseal.yamltext.tree import NamePath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.datakey import DataKey
    from gitseal.resolve.services import View


class Wanted(NamedTuple):
    """The values by their names in the store; what of the environment does not go out is in `going`.

    `files` are those of the service, which stay here.
    """

    values: dict[str, Desired]
    going: Outgoing
    file_id: str
    files: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Wanted(…)"


def wanted(source: Source, environment: str, keyring: Keyring) -> Wanted:
    """The values of an environment for a target. Raises Error as `outgoing` does, and for names that steer loaders and shells.

    No variable of the machine counts: what is published follows from the commit alone. A null value does not go out.
    """
    opened = OpenedEnvironment(source.project, environment, keyring)
    request = Request(service=source.target.service, has_except=False)
    going = outgoing(opened, request, with_sections=False)
    entries = [entry for entry in going.entries if entry.value.kind is not ValueType.NULL]
    refuse_steering(opened, source.target.service, [entry.path[0] for entry in entries])
    keys = _Keys(opened, source)
    values = {
        entry.path[0]: Desired(SecretBytes(entry.value.reveal()), keys.of(entry.path) if entry.sealed else None)
        for entry in entries
    }
    service = source.project.manifest.services.get(source.target.service)
    files = tuple("/".join(file.path) for file in service.files) if service is not None else ()
    return Wanted(values, going, opened.documents[environment].header.id, files)


class _Keys:
    """Finds the data key of a value by the name that it goes out as."""

    def __init__(self, opened: OpenedEnvironment, source: Source) -> None:
        self._opened = opened
        self._view: View | None = None
        if source.target.service:
            from gitseal.resolve import services

            self._view = services.view(opened.project.manifest, source.target.service, opened.entries)

    def of(self, path: NamePath) -> "DataKey | None":
        """The key of the value's own file and group; of a composed text, that of the first sealed name in it."""
        return next(filter(None, map(self._opened.key_of, self._stored(path))), None)

    def _stored(self, path: NamePath) -> Iterator[NamePath]:
        composed = self._view[path] if self._view is not None else None
        if composed is None or composed.template is None:
            yield composed.path if composed is not None else path
            return
        from gitseal.resolve.references import Resolver

        resolver = Resolver(self._opened.look_up)
        resolver.text(composed.template.reveal().decode(), "")
        yield from resolver.sealed()


class KeysAt:
    """The data keys of past commits, by their ids; each commit is read once."""

    def __init__(self, source: Source, environment: str, keyring: Keyring) -> None:
        self._source = source
        self._chain = source.project.policy.chain(environment)
        self._keyring = keyring
        self._known: dict[str, dict[str, tuple[Keys, str]]] = {}

    def __call__(self, commit: str, key: str) -> "DataKey | None":
        """See `planning.KeyAt`."""
        if commit not in self._known:
            self._known[commit] = dict(self._read(commit))
        keys, group = self._known[commit].get(key, (None, ""))
        try:
            return keys.get(group) if keys is not None else None
        except Error:
            return None  # damaged there: it proves nothing

    def _read(self, commit: str) -> Iterator[tuple[str, tuple[Keys, str]]]:
        repository = self._source.repository
        if repository.commit(commit) != commit:
            return
        project = at_commit(repository, self._source.project.root, commit)
        for name in self._chain:
            try:
                header = project.read(name).header
            except Error:
                continue  # it was not there yet, or was damaged
            else:
                keys = Keys(header, self._keyring)
                for group, access in header.access.items():
                    yield access.key_id, (keys, group)
