"""The machines whose identities somebody may have had in their hands, as far as the policy shows."""

from gitseal.audit.exposure.people import KeyHolder, policies
from gitseal.audit.exposure.timeline import Timeline
from gitseal.policy.policy import MACHINE
from gitseal.recipients.cloud_text import is_cloud_key, place_of
from gitseal.records import NamedTuple


class MachineInReach(NamedTuple):
    """A machine that opens what somebody opened too, or that stands in a group of the policy with them.

    `environments` are those that it can open, or could; `groups` are those that it shares with them. `cloud_keys` are where the
    private halves of its keys are that a key service keeps: what somebody may do there, no policy of ours says.
    """

    name: str
    environments: tuple[str, ...]
    groups: tuple[str, ...]
    cloud_keys: tuple[str, ...]


def machines_in_reach(timeline: Timeline, holder: KeyHolder) -> list[MachineInReach]:
    """The machines of any version of the policy, sorted. No policy says who has a machine's identity, so this is a guess."""
    machines: set[str] = set()
    shared: dict[str, set[str]] = {}
    places: dict[str, set[str]] = {}
    for policy in policies(timeline):
        machines |= {name for name, principal in policy.recipients.items() if principal.kind == MACHINE}
        for name, principal in policy.recipients.items():
            places.setdefault(name, set()).update(place_of(key) for key in principal.keys if is_cloud_key(key))
        for group, members in policy.groups.items():
            if holder.names.intersection(members):
                for member in members:
                    shared.setdefault(member, set()).add(group)
    environments: dict[str, set[str]] = {}
    beside: set[str] = set()
    for key_id, key in timeline.keys.items():
        names = {name for name, _recipient in key.stanzas}
        beside |= names if key_id in holder.keys else set()
        for name in names:
            environments.setdefault(name, set()).update(filter(None, [key.environment]))
    return [
        MachineInReach(
            name,
            tuple(sorted(environments.get(name, ()))),
            tuple(sorted(shared.get(name, ()))),
            tuple(sorted(places.get(name, ()))),
        )
        for name in sorted(machines & (beside | shared.keys()) - holder.names)
    ]
