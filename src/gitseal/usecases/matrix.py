"""The matrix: all names down, environments across, and what can be said of each cell without opening it."""

from collections.abc import Iterable, Mapping, Sequence

from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document.document import Entry
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.policy.layers import LOCAL
from gitseal.policy.manifest import Declaration, Manifest
from gitseal.project.reading import EffectiveEnvironment, OpenedEnvironment
from gitseal.project.workspace import Workspace
from gitseal.records import Enum, NamedTuple
from gitseal.resolve.receivers import received
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class CellState(Enum):
    """The state of a name in an environment; the value is the word for people."""

    SEALED = "sealed"
    PLAIN = "plain"
    INHERITED = "inherited"
    OVERRIDES = "overrides its base"
    EQUAL = "equal to its base"
    LOCAL = "overridden on this machine"
    WAITING = "waits to be absorbed"
    REQUIRED = "required, missing"
    MISSING = "missing"


class MatrixCell(NamedTuple):
    """One name in one environment. `access` is its access group, `plain` or empty; `layer` the file that it comes from."""

    state: CellState
    access: str = ""
    layer: str = ""


class MatrixRow(NamedTuple):
    """One name: `declared` is what the manifest says of it, None if nothing; a cell for each environment of the matrix."""

    path: NamePath
    name: str
    declared: Declaration | None
    services: tuple[str, ...]
    cells: tuple[MatrixCell, ...]


class NameMatrix(NamedTuple):
    """The whole. `broken` says by environment why it could not be read; its cells are empty then."""

    environments: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    broken: Mapping[str, Error]


def matrix(workspace: Workspace, environments: Sequence[str]) -> NameMatrix:
    """The matrix of these environments, names sorted.

    Values are opened only to compare them with a base's, by identities that ask nobody; without one, a name that overrides its
    base is told as that.
    """
    project, keyring = workspace.project.fixed(), workspace.keyring.unattended()
    opened: dict[str, OpenedEnvironment] = {}
    broken: dict[str, Error] = {}
    for environment in environments:
        try:
            opened[environment] = OpenedEnvironment(project, environment, keyring)
            _ = opened[environment].entries
        except Error as error:
            opened.pop(environment, None)
            broken[environment] = error
    manifest = project.manifest
    paths = sorted({path for layered in opened.values() for path in layered.entries} | set(manifest.secrets))
    services = _services(manifest, opened.values())
    columns = {environment: _column(layered, keyring, manifest, paths) for environment, layered in opened.items()}
    empty = [MatrixCell(CellState.MISSING)] * len(paths)
    cells = zip(*(columns.get(environment, empty) for environment in environments), strict=True) if environments else ()
    rows = [
        MatrixRow(path, path_text(path), manifest.secrets.get(path), services.get(path, ()), row)
        for path, row in zip(paths, cells, strict=True)
    ]
    return NameMatrix(tuple(environments), tuple(rows), broken)


def _column(
    layered: OpenedEnvironment, keyring: Keyring, manifest: Manifest, paths: Sequence[NamePath]
) -> list[MatrixCell]:
    # All at once: one by one, each would be made anew.
    environment, entries = layered.environment, dict(layered.entries.items())
    bases = _Bases(layered, keyring)
    column = []
    for path in paths:
        found = entries.get(path)
        if found is None:
            declared = manifest.secrets.get(path)
            is_required = declared is not None and declared.is_required(environment)
            column.append(MatrixCell(CellState.REQUIRED if is_required else CellState.MISSING))
        else:
            layer, entry = found
            access = entry.token.group if entry.token is not None else "plain"
            column.append(MatrixCell(_state(layered, layer, entry, bases), access, layer))
    return column


def _state(layered: OpenedEnvironment, layer: str, entry: Entry, bases: "_Bases") -> CellState:
    if entry.token is not None and entry.token.kind == WRITE_ONLY and layered.is_pending(entry.path):
        return CellState.WAITING
    if layer.endswith(LOCAL):
        return CellState.LOCAL
    if layer != layered.environment:
        return CellState.INHERITED
    base = bases.of(entry.path)
    if base is not None:
        return CellState.EQUAL if _is_equal(layered, base, entry.path) else CellState.OVERRIDES
    return CellState.PLAIN if entry.token is None else CellState.SEALED


class _Bases:
    """The environments that one extends, opened when a name in both is first compared."""

    def __init__(self, layered: OpenedEnvironment, keyring: Keyring) -> None:
        own = {layered.environment, layered.environment + LOCAL}
        # Its own overrides on this machine are nothing that the other inherits.
        self._project, self._keyring = layered.project.shared(), keyring
        self._files = {name: file for name, file in layered.documents.items() if name not in own}
        self._opened: dict[str, OpenedEnvironment] = {}

    def of(self, path: NamePath) -> OpenedEnvironment | None:
        """The nearest that has the name, None if none has."""
        for name, file in self._files.items():
            if path in file.entries and not name.endswith(LOCAL):
                if name not in self._opened:
                    self._opened[name] = OpenedEnvironment(self._project, name, self._keyring)
                return self._opened[name]
        return None


def _is_equal(layered: OpenedEnvironment, base: OpenedEnvironment, path: NamePath) -> bool:
    try:
        return path in base.entries and base.open(path) == layered.open(path)
    except Error:
        return False


def _services(manifest: Manifest, opened: Iterable[EffectiveEnvironment]) -> dict[NamePath, tuple[str, ...]]:
    """The services that get a name in some environment."""
    found: dict[NamePath, dict[str, None]] = {}
    for layered in opened:
        for service in manifest.services:
            for path in received(manifest, service, layered.entries):
                found.setdefault(path, {})[service] = None
    return {path: tuple(names) for path, names in found.items()}
