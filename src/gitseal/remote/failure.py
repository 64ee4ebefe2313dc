"""How a server of others fails us, in words of ours.

No text of a server, nor of a cloud's library, gets into a message: it may quote a value or a token.
"""

from gitseal.errors import Error
from gitseal.records import Enum

AGAIN = "run the same again in a moment"
"""What helps after a failure in passing."""
REACHES = "see that this machine reaches it, and run the same again"
"""What helps if nobody knows why there was no way to it."""


class RemoteFailure(Enum):
    """The kinds that a caller or a person acts on differently."""

    DENIED = "denied"  # known to it, and not allowed to do that
    UNKNOWN_TO_IT = "not signed in"  # no credentials, or they are not valid
    NO_PIN = "no PIN"  # a wrong one, or none: of one token, which says nothing about others
    THROTTLED = "throttled"
    DISABLED = "disabled"
    GONE = "not there"
    ELSEWHERE = "somewhere else"  # in another region, or it was moved
    CLOCK = "the clock is wrong"
    NO_NETWORK = "cannot be reached"
    MISADDRESSED = "not at that address"
    UNPROVEN = "does not prove what it is"
    NOT_READY = "not ready"
    NO_LIBRARY = "the extra is not installed"
    OTHER = "failed"


class RemoteError(Error):
    """A server or program elsewhere said no, or could not be asked."""

    def __init__(
        self, message: str, hint: str = "", *, kind: RemoteFailure = RemoteFailure.OTHER, place: str = ""
    ) -> None:
        super().__init__(message, hint, place=place)
        self.kind = kind


def unsaid(server: str, what: str) -> RemoteError:
    """The error for an answer that does not say that the server did something: somebody in between may have given it."""
    return RemoteError(f"{server} does not say that it {what}", AGAIN, kind=RemoteFailure.NOT_READY)


class NotSent(RemoteError):
    """The server got nothing of the request, so nothing was done."""
