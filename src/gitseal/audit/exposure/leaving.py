"""Everything that has to be looked at when somebody leaves, or when a key is lost."""

from gitseal.audit.exposure.exposed import Changed, ExposedName, Reason, exposed_names
from gitseal.audit.exposure.machines import MachineInReach, machines_in_reach
from gitseal.audit.exposure.people import KeyHolder, person, with_recipient
from gitseal.audit.exposure.timeline import Timeline
from gitseal.audit.exposure.tips import OpenedTip, opened_tips
from gitseal.project.project import Project
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.records import NamedTuple


class Leaving(NamedTuple):
    """What somebody knows, and where they still open something. `is_complete` is False if history is cut off."""

    holder: KeyHolder
    values: tuple[ExposedName, ...]
    machines: tuple[MachineInReach, ...]
    tips: tuple[OpenedTip, ...]
    is_complete: bool

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

    Raises Error if neither policy nor history knows the name or the key, or if Git cannot show all versions.
    """
    timeline = Timeline(project)
    holder = person(project, timeline, name)
    if key:
        holder = with_recipient(timeline, recipient_id(parse_recipient(key).canonical), name)
    return Leaving(
        holder,
        tuple(exposed_names(project, timeline, holder)),
        tuple(machines_in_reach(timeline, holder)),
        tuple(opened_tips(project.git(), timeline, holder)),
        timeline.is_complete,
    )
