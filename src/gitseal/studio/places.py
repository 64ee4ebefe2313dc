"""One name in one environment, as its page shows it."""

from collections.abc import Iterable, Mapping, Sequence

from gitseal.audit.exposure.stores import PublishedNames, StoreOfName
from gitseal.audit.history.log import Event
from gitseal.document.document import Entry
from gitseal.policy.policy import REFUSE
from gitseal.project.names import parse_name
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment
from gitseal.project.seen import digest
from gitseal.records import NamedTuple
from gitseal.resolve.receivers import Receiver
from gitseal.studio import standing
from gitseal.studio.desk import Desk
from gitseal.usecases.access import access
from gitseal.usecases.explain import explain
from gitseal.usecases.matrix import CellState, MatrixCell
from gitseal.usecases.set_ import prospect
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class WaitingValue(NamedTuple):
    """A value that nobody vouches for: the environment whose file has it, what that file has, who committed it, if anybody did.

    `may_absorb` is false if nobody here opens it, or if the policy refuses such values for good.
    """

    layer: str
    seen: str
    event: Event | None
    may_absorb: bool


class Place(NamedTuple):
    """One environment on the page of a name.

    `seen` is what the file has (see `project/seen.py`), `refusal` why the value is not shown and `way_out` what helps, `prospect`
    what would become of one that is set. `openers` open the value that everybody has; `is_shared` is false if only this machine
    has one. `serves` are the environments that have the value from this one's file, `waiting` the value that
    waits to be absorbed.
    """

    environment: str
    cell: MatrixCell
    seen: str
    refusal: str
    way_out: str
    prospect: str
    receivers: tuple[Receiver, ...]
    openers: tuple[str, ...]
    is_shared: bool
    serves: tuple[str, ...]
    waiting: WaitingValue | None


def place(
    desk: Desk, environment: str, path: NamePath, cells: Mapping[str, MatrixCell], events: Sequence[Event]
) -> Place:
    """The name here. `cells` are its cells by environment, `events` what history has of it, the newest first."""
    project, cell = desk.with_overrides, cells[environment]
    layered = EffectiveEnvironment(project, environment)
    own = desk.project.read(environment).entries.get(path)
    refusal = standing.refusal(desk, layered, path)
    there = path in layered.entries
    receivers = explain(layered, path_text(path)).receivers if there else ()
    told = prospect(desk.workspace, environment, path)
    shared = EffectiveEnvironment(desk.project, environment).entries.get(path)
    openers = _openers(desk.project, shared, path)
    message, hint = (refusal.message, refusal.hint) if refusal is not None else ("", "")
    serves = tuple(name for name, other in cells.items() if other.layer == environment and name != environment)
    waiting = _waiting(desk.project, cell.layer, path, events) if cell.state is CellState.WAITING else None
    if refusal is not None and waiting is not None:
        waiting = waiting._replace(may_absorb=False)
    return Place(
        environment, cell, digest(own), message, hint, told, receivers, openers, shared is not None, serves, waiting
    )


def _waiting(project: Project, layer: str, path: NamePath, events: Sequence[Event]) -> WaitingValue:
    name = path_text(path)
    # The newest comes first.
    event = next((one for one in events if (one.environment, one.name) == (layer, name)), None)
    may_absorb = project.policy.environment(layer).write_only != REFUSE
    return WaitingValue(layer, digest(project.read(layer).entries.get(path)), event, may_absorb)


def published(project: Project, environments: Iterable[str], name: str) -> list[StoreOfName]:
    """Where `publish` brings the name, from whichever environment's file its value comes."""
    entries = {environment: project.read(environment).entries for environment in environments}
    names = PublishedNames(
        project, ((environment, path_text(path)) for environment, all_ in entries.items() for path in all_)
    )
    layers = [environment for environment, own in entries.items() if parse_name(name) in own]
    return [*dict.fromkeys(store for environment in layers for store in names.stores((environment, name)))]


def _openers(project: Project, shared: tuple[str, Entry] | None, path: NamePath) -> tuple[str, ...]:
    """Who opens the value that everybody has, by the file that it comes from."""
    if shared is None:
        return ()
    if shared[1].token is None:
        return ("everybody",)
    groups = access(project, (shared[0],), (path_text(path),))
    return tuple(one.name for group in groups for one in group.people if one.opens)
