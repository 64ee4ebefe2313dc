"""A question to a key service: asked again while it is not ready, within a time limit, with the key's name in its failures."""

from time import monotonic

from gitseal.recipients.clouds.locators import PROVIDERS
from gitseal.recipients.clouds.protocol import Surroundings
from gitseal.records import NamedTuple
from gitseal.remote.failure import RemoteError, RemoteFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
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
_LATER = "run the same again in a moment"
_HINTS = {
    RemoteFailure.DENIED: "ask whoever runs the key service for the right to decrypt with that key",
    RemoteFailure.THROTTLED: _LATER,
    RemoteFailure.DISABLED: "have that version enabled again, or seal to the next one with gitseal recipient replace-key",
    RemoteFailure.GONE: "see whether it was deleted, or belongs to another account or namespace than the one that was asked",
    RemoteFailure.CLOCK: "set the clock of this machine",
    RemoteFailure.NO_NETWORK: "see that this machine reaches the key service, and run the same again",
    RemoteFailure.NOT_READY: _LATER,
}


class Asker(NamedTuple):
    """The way to the key services in one command. `wait` pauses for seconds; `ask` gets a PIN, None: nobody can be asked."""

    environ: "Mapping[str, str]"
    wait: "Callable[[float], object]"
    ask: "AskPin | None" = None

    def __repr__(self) -> str:
        return "Asker(…)"

    def unwrap(self, provider: str, locator: str, ciphertext: bytes) -> "SecretBytes":
        """What the service decrypts. Raises RemoteError, which names the key, or Damaged."""
        service = PROVIDERS[provider].load()
        return self._answer(
            f"{provider}:{locator}", lambda surroundings: service.unwrap(locator, ciphertext, surroundings)
        )

    def public_key(self, provider: str, locator: str) -> "FetchedKey":
        """The public half of a key, and the version that it is of. Raises RemoteError, which names the key."""
        service = PROVIDERS[provider].load()
        return self._answer(f"{provider}:{locator}", lambda surroundings: service.public_key(locator, surroundings))

    def credentials(self, provider: str) -> str:
        """What is at hand to sign in with, in words; empty if nothing is. Nothing is called."""
        return PROVIDERS[provider].load().credentials(self.environ)

    def _answer(self, place: str, question: "Callable[[Surroundings], T]") -> "T":
        surroundings = Surroundings(self.environ, _SILENCE, self.ask)
        end, pause = monotonic() + _SECONDS, _FIRST_WAIT
        for left in range(_TRIES - 1, -1, -1):
            try:
                return question(surroundings)
            except RemoteError as failure:
                if failure.kind not in _PASSING or not left or monotonic() + pause > end:
                    hint = (
                        _HINTS.get(failure.kind, "") if failure.kind in _PASSING or not failure.hint else failure.hint
                    )
                    raise RemoteError(f"{place}: {failure.message}", hint, kind=failure.kind) from None
            self.wait(pause)
            pause *= 2
        raise AssertionError  # the last try returns or raises
