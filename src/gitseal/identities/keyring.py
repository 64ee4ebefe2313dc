"""All identities at hand, tried in order of what that costs, each on its own stanzas only."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice

from gitseal.errors import Damaged, Error, Malformed
from gitseal.identities.source import IdentitySource
from gitseal.recipients.dialogue import NOBODY, Dialogue
from gitseal.recipients.protocol import Identity, Tier, foresee

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.identities.cloud_source import CloudPlace, CloudSource

# An identity that does not know its own stanza, such as a plugin's, is tried on this many (docs/format.md).
MAX_BLIND = 64
# No program is handed more than this for one answer.
MAX_FORESEEN = 1024

Stanzas = Mapping[str, Iterable[bytes]]


class Keyring:
    """The sources of one run. Nothing is read before it is needed, and nobody is asked before nothing else serves."""

    def __init__(
        self,
        sources: Iterable[IdentitySource],
        dialogue: Dialogue = NOBODY,
        *,
        unattended: bool = False,
    ) -> None:
        self.sources = tuple(sources)
        # Makes `cloud`; None if key services are not to be asked.
        self.find_cloud: Callable[[], CloudSource] | None = None
        # For a plugin that asks something when it wraps.
        self.dialogue = dialogue
        self._unattended = unattended
        # Set by who knows that this command opens several files: gives the stanzas of an access group in all of them.
        self.coming: Callable[[str], Iterable[bytes]] | None = None

    @cached_property
    def cloud(self) -> "CloudSource | None":
        """The keys in key services, None if these are not to be asked."""
        return self.find_cloud() if self.find_cloud is not None else None

    def unattended(self) -> "Keyring":
        """The same, of which only what asks nobody is tried: no passphrase, no plugin, no key service."""
        return Keyring(self.sources, self.dialogue, unattended=True)

    def attended(self) -> list[str]:
        """The places whose identities `unattended` leaves out. Raises Error if an explicit one is broken."""
        return [
            source.place
            for source in self._near()
            if any(identity.tier is not Tier.PLAIN for identity in source.identities())
        ]

    def __repr__(self) -> str:
        return f"Keyring({[source.place for source in self.sources]})"

    @property
    def warnings(self) -> list[str]:
        """Warnings about the sources that were read so far, such as a file that others can read."""
        return [source.warning for source in self.sources if source.warning]

    @property
    def exposed(self) -> list[str]:
        """The paths of the files read so far that others than their owner can reach."""
        return [source.exposed for source in self.sources if source.exposed]

    def cache_keys(self, purpose: str) -> Iterator[bytes]:
        """32 bytes each that nobody has without the private keys at hand, for what is cached; none if there is nothing to read.

        The first is without the keychain, which is read for the second: it may have been sealed with either.
        """
        near = [content for source in self._near() if (content := source.content())]
        if near:
            yield _cache_key(near, purpose)
        last = [content for source in self.sources if source.is_last and (content := source.content())]
        if last:
            yield _cache_key([*near, *last], purpose)

    def cache_key(self, purpose: str) -> bytes | None:
        """The one of `cache_keys` to seal with, by what was read so far: of the keychain, only if it was asked.

        No identity is parsed for it. So it may follow from files that hold none, and from text that others know too.
        Whoever seals with it owes that some identity here has opened something without asking: that one's private key is then
        in it. None if a passphrase was given meanwhile: the bytes of an encrypted identity file are no private key.
        """
        if any(source.was_unlocked for source in self.sources):
            return None
        read = (source for source in self.sources if not source.is_last or source.was_read)
        contents = [content for source in read if (content := source.content())]
        return _cache_key(contents, purpose) if contents else None

    def identities(self) -> Iterator[Identity]:
        """The identities in the order of their places; the keychain's only if there are no others.

        Raises Error if an explicit one is broken.
        """
        is_last_needed = True
        for source in self._near():
            for identity in source.identities():
                is_last_needed = False
                yield identity
        if is_last_needed:
            yield from self._last()

    def everywhere(self) -> Iterator[Identity]:
        """All identities, the keychain's too. Raises Error if an explicit one is broken."""
        for source in self._near():
            yield from source.identities()
        yield from self._last()

    def _near(self) -> Iterator[IdentitySource]:
        return (source for source in self.sources if not source.is_last)

    def _last(self) -> Iterator[Identity]:
        for source in self.sources:
            if source.is_last:
                yield from source.identities()

    def report(self) -> list[tuple[str, str]]:
        """Every place and what came of it, for the message that none served."""
        in_cloud = self.cloud.report() if self.cloud is not None else []
        return [*((source.place, source.outcome) for source in self.sources), *in_cloud]

    def failure(self) -> Error | None:
        """Why the first identity that did not serve did not, if it may be one's own: its passphrase is wrong or not at hand."""
        return next((source.failure for source in self.sources if source.failure is not None), None)

    def cloud_failure(self) -> Error | None:
        """Why a key service that knows us opened nothing, or was not asked."""
        return self.cloud.failure() if self.cloud is not None else None

    def cloud_lacks(self) -> Sequence[Error]:
        """What is missing to sign in to the key services whose keys could have opened what was tried."""
        return self.cloud.lacks() if self.cloud is not None else ()

    def cloud_places(self) -> Sequence[str]:
        """Where the private halves of the policy's cloud keys are, such as `vault:transit/keys/deploy@1`."""
        return [place for place, _ in self.cloud.report()] if self.cloud is not None else ()

    def cloud_identities(self) -> Sequence[Identity]:
        """The believed keys in key services for which there is something to sign in with. None of them is called.

        They say what may open here, and not whose machine this is: everybody who may ask the service has the same key.
        """
        return self.cloud.at_hand() if self.cloud is not None else ()

    def unwrap(self, stanzas: Stanzas, group: str = "") -> bytes | None:
        """The data key that these stanzas (by recipient id) hold, or None if no identity at hand opens one.

        `group` is the access group that they are of, for what else the command will open.

        Raises Malformed or Damaged if a stanza of one's own is broken and no other opens, and Error if an
        identity that a person named does not serve.
        """
        broken: list[Error] = []
        unserving: list[Error] = []
        places: Iterator[tuple[IdentitySource | CloudPlace, Identity]]
        places = chain(self._by_cost(), self._in_cloud(stanzas))
        for source, identity in places:
            # Each is a call there, and any one under its id is for the same key: nobody makes us call by heaping them up.
            most = 1 if identity.tier is Tier.CLOUD else None
            own: Iterable[bytes] = islice(_own(identity, stanzas), most)
            if identity.recipient is None:
                own = list(own)
                foresee(identity, [*own, *self._foreseen(group)])
            for stanza in own:
                try:
                    data_key = identity.unwrap(stanza)
                except (Malformed, Damaged) as failure:
                    broken.append(failure)
                    source.outcome = failure.message
                except Error as failure:
                    source.outcome, source.failure = failure.message, failure
                    unserving += [failure] if source.explicit else []
                    break
                else:
                    if data_key is not None:
                        return data_key
                    if identity.recipient is not None:
                        source.outcome = f"the stanza of {identity.recipient} was made for another key, or is damaged"
        # What is malformed says most: no program wrote that stanza for this identity.
        for first in (*sorted(broken, key=lambda failure: not isinstance(failure, Malformed)), *unserving):
            raise first
        return None

    def _in_cloud(self, stanzas: Stanzas) -> "Iterator[tuple[CloudPlace, Identity]]":
        """The keys in key services that these stanzas are for: last, since to ask one is to call somebody else's server."""
        # Whoever is served before loads nothing of it.
        for place in self.cloud.places_of(stanzas) if self.cloud is not None else ():
            yield place, place.identity

    def _foreseen(self, group: str) -> Iterator[bytes]:
        return islice(self.coming(group), MAX_FORESEEN) if self.coming is not None else iter(())

    def is_named_by(self, recipients: Iterable[str]) -> bool:
        """True if one of these recipient ids is that of an identity at hand that asks nobody."""
        wanted = set(recipients)
        return any(
            identity.tier is Tier.PLAIN and identity.recipient is not None and any(map(identity.wants, wanted))
            for source in self.sources
            for identity in source.identities()
        )

    def by_cost(self) -> Iterator[Identity]:
        """All identities that may be tried, the cheap ones first. Raises Error if an explicit one is broken."""
        return (identity for _source, identity in self._by_cost())

    def _by_cost(self) -> Iterator[tuple[IdentitySource, Identity]]:
        # An identity's tier may fall once it was opened, so each is placed once, as it is when its source is read.
        rest: list[tuple[Tier, IdentitySource, Identity]] = []
        for source in self.sources:
            # The keychain may ask, so it is tried only if nothing before it opened the value.
            for identity in source.identities(unlocking=not self._unattended):
                if identity.tier is Tier.PLAIN:
                    yield source, identity
                else:
                    rest.append((identity.tier, source, identity))
        if self._unattended:
            return
        for _, source, identity in sorted(rest, key=lambda item: item[0].value):
            yield source, identity


NO_IDENTITIES = Keyring(())
"""With it nothing that is sealed opens; names and all else that needs no key can be read."""


def _cache_key(contents: list[bytes], purpose: str) -> bytes:
    from gitseal.crypto import private_cache  # only hooks keep a cache

    return private_cache.derive_key(contents, purpose)


def _own(identity: Identity, stanzas: Stanzas) -> Iterator[bytes]:
    """The stanzas to try: those under its id; if that is not known, the first of all, foreign types first."""
    if identity.recipient is not None:
        for recipient, wrapped in stanzas.items():
            if identity.wants(recipient):
                yield from wrapped
        return
    tried = 0
    for recipient, stanza in sorted(_sound(stanzas), key=lambda pair: _is_native(pair[1])):
        # Asked each time anew: once an identity file was opened it knows what it wants.
        if tried < MAX_BLIND and identity.wants(recipient):
            tried += 1
            yield stanza


def _sound(stanzas: Stanzas) -> Iterator[tuple[str, bytes]]:
    """Leave out what is broken: whose it was does not show, so it is nothing for a blind try."""
    from gitseal.recipients.stanza import parse_header  # a hook without an identity looks at none

    for recipient, wrapped in stanzas.items():
        try:
            for stanza in wrapped:
                parse_header(stanza)
                yield recipient, stanza
        except Malformed:
            continue


def _is_native(stanza: bytes) -> bool:
    from gitseal.recipients.stanza import NATIVE, parse_header

    return parse_header(stanza).type in NATIVE
