"""Which keys in key services this clone asks for: a call goes to a server with somebody's token, and a branch must not choose it.

A key counts if the trusted ref's policy has it too, or if a person typed or confirmed it in this clone. Without a trusted ref,
as in a checkout of one commit in CI, the policy that was checked out counts.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property

from gitseal.errors import Error
from gitseal.identities.cloud_source import CloudKey
from gitseal.policy.policy import Policy
from gitseal.project.belief import configured
from gitseal.project.project import Project
from gitseal.recipients.cloud_text import is_cloud_key, place_of
from gitseal.recipients.ids import recipient_id
from gitseal.report.hints import command

# Most projects have no such key, and are asked for them by everybody whom a value does not open to.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.project.belief.known import Known
    from gitseal.project.belief.trusted import TrustedState


class ProjectCloudKeys:
    """The keys in key services that a project's policy has. `environ` says who we are to them."""

    def __init__(self, project: Project, environ: Mapping[str, str]) -> None:
        self._project = project
        self._environ = environ

    def all(self) -> tuple[CloudKey, ...]:
        """See `CloudKeys.all`. Empty if the policy cannot be read: the command comes to it, and says so."""
        try:
            return _cloud_keys(self._project.policy)
        except Error:
            return ()

    def refusal(self, key: CloudKey) -> Error | None:
        """See `CloudKeys.refusal`. The hint is the command that confirms it for this clone."""
        committed = self.steered(key)
        if committed is not None:
            return committed
        if self._project.repository is None or not self._trusted.ref or key.recipient in self._of_trusted:
            return None
        if self._known.has_met(recipient_id(key.recipient), key.name):
            return None
        message = f"the policy of {self._trusted.name} lacks this key of {key.name}, so no key service is asked"
        confirm = command("gitseal recipient add {} {}", key.name, key.recipient).as_text()
        return Error(message, f"if it is right to ask for it: {confirm}", place=place_of(key.recipient))

    def steered(self, key: CloudKey) -> Error | None:
        """See `CloudKeys.steered`."""
        service = place_of(key.recipient).partition(":")[0]
        return configured.refusal(self._project.repository, service, self._environ)

    def believe(self, key: CloudKey) -> None:
        """See `CloudKeys.believe`. If the clone cannot be written to, the next command asks again."""
        self._known.meet(recipient_id(key.recipient), key.name)
        with suppress(Error, OSError):
            self._known.save()

    @cached_property
    def _of_trusted(self) -> frozenset[str]:
        policy = self._trusted.policy
        return frozenset(key.recipient for key in _cloud_keys(policy)) if policy is not None else frozenset()

    @cached_property
    def _trusted(self) -> "TrustedState":
        from gitseal.project.belief.trusted import TrustedState

        return TrustedState(self._project)

    @cached_property
    def _known(self) -> "Known":
        from gitseal.project.belief.known import known_in

        return known_in(self._project.git())


def _cloud_keys(policy: Policy) -> tuple[CloudKey, ...]:
    return tuple(
        dict.fromkeys(
            CloudKey(key, name)
            for name, principal in policy.recipients.items()
            for key in principal.keys
            if is_cloud_key(key)
        )
    )
