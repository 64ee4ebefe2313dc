"""Keys in key services as identities: at hand if a stanza is for one of them, and tried when nothing on this machine opens it.

Nobody has their private halves, so none of them says whose machine this is: `Keyring.identities` leaves them out.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cached_property

from gitseal.errors import Error
from gitseal.recipients.dialogue import Dialogue
from gitseal.recipients.ids import recipient_id
from gitseal.records import NamedTuple, Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gitseal.recipients.clouds.asking import Asker
    from gitseal.recipients.kms import KmsIdentity, KmsRecipient


class CloudKey(NamedTuple):
    """A recipient whose private half a key service keeps, in its canonical text, and whose it is by the policy."""

    recipient: str
    name: str


class CloudKeys(Protocol):
    """The cloud keys of a project, and which of them this clone believes."""

    def all(self) -> "Sequence[CloudKey]":
        """Those of the policy."""
        raise NotImplementedError

    def refusal(self, key: CloudKey) -> Error | None:
        """Why no key service is asked for a key without a yes; None if it may be asked."""
        raise NotImplementedError

    def steered(self, key: CloudKey) -> Error | None:
        """The error for a file that says who we are to its service, and is committed; no yes helps. None if there is none."""
        raise NotImplementedError

    def believe(self, key: CloudKey) -> None:
        """Takes a person's yes to a key, and remembers it."""
        raise NotImplementedError


class CloudPlace:
    """One cloud key of the policy as a place: its identity, what came of it, and the failure if it did not serve."""

    explicit = False

    def __init__(self, key: CloudKey, identity: "KmsIdentity") -> None:
        self.key = key
        self.identity = identity
        self.outcome = ""
        self.failure: Error | None = None

    def __repr__(self) -> str:
        return f"CloudPlace({self.identity!r}, {self.outcome!r})"


class CloudSource:
    """The cloud keys of one command, and the way to their services. See `reach_key_services`."""

    def __init__(
        self,
        environ: "Mapping[str, str]",
        wait: "Callable[[float], object]",
        keys: "Callable[[], CloudKeys | None]",
        dialogue: Dialogue,
    ) -> None:
        self._find_keys = keys
        self._environ = environ
        self._wait = wait
        self._dialogue = dialogue
        # By recipient: whether it may be asked for.
        self._answers: dict[str, bool] = {}

    def places_of(self, ids: Collection[str]) -> Iterator[CloudPlace]:
        """The keys with one of these recipient ids that may be asked for. A person may be asked whether one is."""
        return (place for place in self._places if recipient_id(place.key.recipient) in ids and self._may_ask(place))

    def at_hand(self) -> "list[KmsIdentity]":
        """See `Keyring.cloud_identities`."""
        return [place.identity for place in self._places if self._credentials(place) and not self._refusal(place)]

    def report(self) -> list[tuple[str, str]]:
        """Every key of the policy, and what came of it."""
        return [(place.identity.label, self._outcome(place)) for place in self._places]

    def failure(self) -> Error | None:
        """The first failure of a key that may be one's own: of one that nothing here signs in for, none is."""
        return next((place.failure for place in self._places if place.failure is not None and self._knows(place)), None)

    def lacks(self) -> list[Error]:
        """The failures of keys that were tried, and for which nothing here signs in."""
        return [place.failure for place in self._places if place.failure is not None and _is_strange(place.failure)]

    @cached_property
    def _keys(self) -> "CloudKeys | None":
        return self._find_keys()

    @cached_property
    def _recipients(self) -> "tuple[tuple[CloudKey, KmsRecipient], ...]":
        keys = self._keys.all() if self._keys is not None else ()
        if not keys:
            return ()
        from gitseal.recipients import kms

        recipients = []
        for key in keys:
            # `check` tells of a key that cannot be read, or that is of a later gitseal.
            with suppress(Error):
                recipients.append((key, kms.parse(key.recipient)))
        return tuple(recipients)

    @cached_property
    def _places(self) -> tuple[CloudPlace, ...]:
        if not self._recipients:
            return ()
        from gitseal.recipients import kms
        from gitseal.recipients.clouds.locators import PROVIDERS

        places = [CloudPlace(key, kms.KmsIdentity(recipient, self._asker)) for key, recipient in self._recipients]
        # Nobody is asked for a PIN if a key without one serves.
        return tuple(sorted(places, key=lambda place: PROVIDERS[place.identity.provider].asks))

    @cached_property
    def _asker(self) -> "Asker":
        from gitseal.recipients.clouds.asking import Asker

        # Those that are not believed as well: their token may be here, and the PIN of a variable may be meant for it.
        known = [(recipient.provider, recipient.locator) for _key, recipient in self._recipients]
        return Asker(self._environ, self._wait, self._dialogue.ask, known)

    def _may_ask(self, place: CloudPlace) -> bool:
        """Asks a person at most once for each key."""
        if place.key.recipient not in self._answers:
            place.failure = self._unconfirmed(place)
            self._answers[place.key.recipient] = place.failure is None
        return self._answers[place.key.recipient]

    def _unconfirmed(self, place: CloudPlace) -> Error | None:
        """The refusal of a key, unless a person says yes to it now."""
        refusal, confirm = self._refusal(place), self._dialogue.confirm
        if refusal is None or confirm is None or not self._credentials(place):
            return refusal
        if self._keys is None or self._keys.steered(place.key) is not None:
            return refusal
        if not confirm(refusal.message, "Ask it all the same", None):
            return refusal
        self._keys.believe(place.key)
        return None

    def _refusal(self, place: CloudPlace) -> Error | None:
        return self._keys.refusal(place.key) if self._keys is not None else None

    def _knows(self, place: CloudPlace) -> bool:
        """True if the service knows us, or would: what an instance's role allows shows only when it is asked."""
        from gitseal.remote.failure import RemoteError  # most commands never come here

        # A key that is not believed fails otherwise.
        is_known = isinstance(place.failure, RemoteError) and not _is_strange(place.failure)
        return is_known or bool(self._credentials(place))

    def _credentials(self, place: CloudPlace) -> str:
        return self._asker.credentials(place.identity.provider)

    def _outcome(self, place: CloudPlace) -> str:
        credentials = self._credentials(place)
        if place.identity.has_opened:
            return f"opens, by {credentials or 'what its library found'}"
        if place.failure is not None:
            return place.failure.reason
        return place.outcome or (f"not tried, with {credentials} at hand" if credentials else "nothing to sign in with")


def _is_strange(failure: Error) -> bool:
    """True if so fails whoever has nothing to do with the service: without credentials, or without its library."""
    from gitseal.remote.failure import RemoteError, RemoteFailure

    strangers = {RemoteFailure.UNKNOWN_TO_IT, RemoteFailure.NO_LIBRARY}
    return isinstance(failure, RemoteError) and failure.kind in strangers
