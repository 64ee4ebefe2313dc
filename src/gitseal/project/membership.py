"""What a person is to a project: whose the identities at hand are, what they open, and who can let them in."""

from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.policy.policy import PERSON, Policy
from gitseal.policy.who_may_change import changers
from gitseal.project.key_holders import names_by_recipient
from gitseal.project.project import Project
from gitseal.recipients.ids import recipient_id
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_POLICY = "policy"


class Membership(NamedTuple):
    """`recipient`: the public key of an identity at hand, if possible one that the policy names; empty if none is known.

    `is_known`: some identity is at hand, perhaps one that only shows its public key when it is opened. `name`: whose key it
    is in the policy. `opens` are the environments that are sealed to it already, `waits` those that the policy opens to it and
    whose files do not follow yet. `admits`: whoever can change that, as `alice <alice@example.com>`.
    """

    recipient: str
    is_known: bool
    name: str
    opens: tuple[str, ...]
    waits: tuple[str, ...]
    admits: tuple[str, ...]


def membership(project: Project, keyring: Keyring) -> Membership:
    """What whoever runs this is to the project. No passphrase is asked for. Raises Error for a broken policy or identity."""
    policy = project.policy
    # In a deploy job nothing but a key service may say who somebody is.
    identities = list(keyring.everywhere()) or list(keyring.cloud_identities())
    recipients = [identity.recipient for identity in identities if identity.recipient is not None]
    names = names_by_recipient(policy)
    own = next((recipient for recipient in recipients if recipient in names), recipients[0] if recipients else "")
    name = names.get(own, "")
    sealed = _sealed_to(project, {recipient_id(recipient) for recipient in recipients})
    allowed = [environment for environment in policy.environments if name and _may_open(policy, environment, name)]
    waits = _without_hidden(project, [environment for environment in allowed if environment not in sealed])
    return Membership(own, bool(identities), name, sealed, waits, _admitting(policy, name))


def _without_hidden(project: Project, environments: "Sequence[str]") -> tuple[str, ...]:
    """Those whose files the working tree does not keep from view: of the others nobody knows here whom they are sealed to."""
    if set(environments) <= set(project.environments):
        return tuple(environments)
    from gitseal.project.unseen import hidden  # in most clones all files are there

    paths = {one.path for one in hidden(project)}
    return tuple(name for name in environments if project.relative(project.file(name)) not in paths)


def group_to_join(policy: Policy) -> str:
    """The one group that opens anything: a newcomer's place. Nothing if there are several, or none."""
    opened = {name for environment in policy.environments.values() for name in environment.open}
    groups = opened & policy.groups.keys()
    return groups.pop() if len(groups) == 1 else ""


def _sealed_to(project: Project, ids: set[str]) -> tuple[str, ...]:
    opened = []
    for environment in project.environments:
        try:
            access = project.read(environment).header.access
        except Error:
            continue  # whoever reads it says so
        if any(recipient in ids for group in access.values() for _, recipient in group.wrapped()):
            opened.append(environment)
    return tuple(opened)


def _may_open(policy: Policy, environment: str, name: str) -> bool:
    sets = [policy.environments[environment].open, *(rule.open for rule in policy.rules if rule.holds_in(environment))]
    return any(name in policy.members(names) for names in sets)


def _admitting(policy: Policy, name: str) -> tuple[str, ...]:
    """The people who may change the policy; without any rule about it, those whom it lets open something."""
    listed = changers(policy, _POLICY)
    if not listed:
        opened = {member for value in policy.environments.values() for member in policy.members(value.open)}
        listed = frozenset(member for member in opened if policy.recipients[member].kind == PERSON)
    return tuple(_addressed(policy, person) for person in sorted(listed - {name}) if person in policy.recipients)


def _addressed(policy: Policy, name: str) -> str:
    email = policy.recipients[name].email
    return f"{name} <{email}>" if email else name
