"""A question to a key service: asked again while it is not ready, within a time limit, with the key's name in its failures."""

from time import monotonic

from gitseal.errors import Damaged, Error
from gitseal.recipients.clouds.locators import PROVIDERS
from gitseal.recipients.clouds.protocol import Surroundings
from gitseal.remote.failure import AGAIN, RemoteError, RemoteFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeVar

    from gitseal.hidden import SecretBytes
    from gitseal.recipients.clouds.protocol import AskPin, FetchedKey

    T = TypeVar("T")

# No new try after this; one that is under way may take as long as a service may be silent.
_SECONDS = 30.0
_SILENCE = 10.0
_TRIES = 4
_FIRST_WAIT = 0.5
# It may be otherwise in a moment. Whatever else a service says, it says again.
_PASSING = frozenset({RemoteFailure.THROTTLED, RemoteFailure.NO_NETWORK, RemoteFailure.NOT_READY})
# So is every other key of that service.
_ABOUT_ALL = frozenset(
    {
        RemoteFailure.NO_NETWORK,
        RemoteFailure.MISADDRESSED,
        RemoteFailure.UNPROVEN,
        RemoteFailure.UNKNOWN_TO_IT,
        RemoteFailure.NO_LIBRARY,
    }
)
_HINTS = {
    RemoteFailure.DENIED: "ask whoever runs the key service for the right to decrypt with that key",
    RemoteFailure.THROTTLED: AGAIN,
    RemoteFailure.DISABLED: "have that version enabled again, or seal to the next one with gitseal recipient replace-key",
    RemoteFailure.GONE: "see whether it was deleted, or belongs to another account or namespace than the one that was asked",
    RemoteFailure.CLOCK: "set the clock of this machine",
    RemoteFailure.NO_NETWORK: "see that this machine reaches the key service, and run the same again",
    RemoteFailure.NOT_READY: AGAIN,
}


class Asker:
    """The way to the key services in one command. `wait` pauses for seconds; `ask` gets a PIN, None: nobody can be asked.

    `known` are all cloud keys of the policy, by provider and locator. A service that could not be asked at all is not asked for
    another key.
    """

    def __init__(
        self,
        environ: "Mapping[str, str]",
        wait: "Callable[[float], object]",
        ask: "AskPin | None" = None,
        known: "Iterable[tuple[str, str]]" = (),
    ) -> None:
        self._environ = environ
        self._wait = wait
        self._ask = ask
        self._known = tuple(known)
        self._down: dict[str, RemoteError] = {}
        self._kept: dict[str, SecretBytes | RemoteError] = {}

    def unwrap(self, provider: str, locator: str, ciphertext: bytes) -> "SecretBytes":
        """What the service decrypts. Raises RemoteError, which names the key, or Damaged."""
        service = PROVIDERS[provider].load()
        return self._answer(provider, locator, lambda outside: service.unwrap(locator, ciphertext, outside))

    def public_key(self, provider: str, locator: str) -> "FetchedKey":
        """The public half of a key, and the version that it is of. Raises RemoteError, which names the key."""
        service = PROVIDERS[provider].load()
        return self._answer(provider, locator, lambda outside: service.public_key(locator, outside))

    def credentials(self, provider: str) -> str:
        """What is at hand to sign in with, in words; empty if nothing is. Nothing is called."""
        try:
            return PROVIDERS[provider].load().credentials(self._environ)
        except Error:
            return ""

    def _answer(self, provider: str, locator: str, question: "Callable[[Surroundings], T]") -> "T":
        if provider in self._down:
            raise self._down[provider]
        try:
            return self._asked(provider, question)
        except Damaged:
            raise
        except Error as failure:
            # What is no refusal of the service is about how this machine is set up to reach it.
            kind = failure.kind if isinstance(failure, RemoteError) else RemoteFailure.UNKNOWN_TO_IT
            hint = failure.hint if failure.hint not in {"", AGAIN} else _HINTS.get(kind, failure.hint)
            told = RemoteError(failure.message, hint, kind=kind, place=f"{provider}:{locator}")
        if told.kind in _ABOUT_ALL:
            self._down[provider] = told
        raise told

    def _asked(self, provider: str, question: "Callable[[Surroundings], T]") -> "T":
        locators = tuple(locator for of, locator in self._known if of == provider)
        surroundings = Surroundings(self._environ, _SILENCE, self._ask, self._kept, locators)
        end, pause = monotonic() + _SECONDS, _FIRST_WAIT
        for left in range(_TRIES - 1, -1, -1):
            try:
                return question(surroundings)
            except RemoteError as failure:
                if failure.kind not in _PASSING or not left or monotonic() + pause > end:
                    raise
            self._wait(pause)
            pause *= 2
        raise AssertionError  # the last try returns or raises
