"""Everything that has to be looked at when somebody leaves, or when a key is lost."""

from collections.abc import Mapping

from gitseal.audit.exposure.exposed import Changed, ExposedName, Reason, exposed_names
from gitseal.audit.exposure.machines import MachineInReach, machines_in_reach
from gitseal.audit.exposure.past import Name
from gitseal.audit.exposure.people import KeyHolder, UnknownHolder, nobody, person, with_recipient
from gitseal.audit.exposure.stores import PublishedNames, StoreOfName
from gitseal.audit.exposure.timeline import Timeline
from gitseal.audit.exposure.tips import OpenedTip, opened_tips
from gitseal.errors import Error
from gitseal.git.partial import objects_here
from gitseal.project.project import Project
from gitseal.recipients.kinds import recipient_id_of
from gitseal.records import NamedTuple


class Leaving(NamedTuple):
    """What somebody knows, and where they still open something.

    `is_complete` is False if some of history is not here: it is cut off (`is_shallow`), or (`is_partial`) Git could not fetch
    what a partial clone left out, or other folders have files of this project: `beside`, from the repository's top.
    `stores` are the places that `publish` brings each name to, by today's policy; none of them was asked.
    """

    holder: KeyHolder
    values: tuple[ExposedName, ...]
    machines: tuple[MachineInReach, ...]
    tips: tuple[OpenedTip, ...]
    is_complete: bool
    is_shallow: bool
    is_partial: bool
    beside: tuple[str, ...]
    stores: Mapping[Name, tuple[StoreOfName, ...]]

    @property
    def to_publish(self) -> dict[StoreOfName, list[ExposedName]]:
        """The places that `publish` brings names to that need a new value, each with these."""
        places: dict[StoreOfName, list[ExposedName]] = {}
        for value in self.to_change:
            for store in self.stores[value.environment, value.name]:
                places.setdefault(store, []).append(value)
        return places

    @property
    def to_change(self) -> list[ExposedName]:
        """The names that need a new value: those they opened or set, and whose value is not known to be another one."""
        return [value for value in self.values if value.changed is not Changed.YES and value.reasons != (Reason.PLAIN,)]

    @property
    def changed(self) -> list[ExposedName]:
        """The names that have another value since."""
        return [value for value in self.values if value.changed is Changed.YES and value.reasons != (Reason.PLAIN,)]

    @property
    def plain(self) -> list[ExposedName]:
        """The names that they know only because everybody with the repository reads them."""
        return [value for value in self.values if value.reasons == (Reason.PLAIN,)]


def leaving(project: Project, name: str, key: str = "") -> Leaving:
    """The report on a person or machine, or on one of their keys alone. Needs no identity.

    In a shallow clone somebody who is unknown has an empty report, which is not complete.
    Raises Error if neither policy nor history knows the name or the key, or if Git cannot show all versions.
    """
    timeline = walked(project)
    try:
        holder = leaver(project, timeline, name, key)
    except UnknownHolder:
        if not timeline.is_shallow:
            raise
        holder = nobody(name)
    return report_on(project, timeline, holder)


def walked(project: Project) -> Timeline:
    """The history of a project; in a partial clone whose remote is out of reach, of what is here.

    Raises Error if Git cannot show all versions of a clone that is whole.
    """
    try:
        return Timeline(project)
    except Error:
        here = objects_here(project.git())
        if here is None:
            raise
        return Timeline(project, here=here)


def leaver(project: Project, timeline: Timeline, name: str, key: str = "") -> KeyHolder:
    """Whoever leaves, or one of their keys alone. Raises Error if neither policy nor history knows the name or the key."""
    if key:
        return with_recipient(timeline, recipient_id_of(key), name)
    return person(project, timeline, name)


def report_on(project: Project, timeline: Timeline, holder: KeyHolder) -> Leaving:
    """The report on somebody by a history that was walked already."""
    values = tuple(exposed_names(project, timeline, holder))
    published = PublishedNames(project, {**timeline.changes, **timeline.now})
    return Leaving(
        holder,
        values,
        tuple(machines_in_reach(timeline, holder)),
        tuple(opened_tips(project, timeline, holder)),
        timeline.is_complete and timeline.here is None,
        timeline.is_shallow,
        timeline.here is not None,
        timeline.beside,
        {(value.environment, value.name): published.stores((value.environment, value.name)) for value in values},
    )
