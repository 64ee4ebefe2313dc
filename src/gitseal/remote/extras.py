"""Libraries that only some need: the error for one that is missing, with the command that installs it."""

from gitseal.installation import remedy
from gitseal.remote.failure import RemoteError, RemoteFailure


def missing(whose: str, *packages: str, extra: str = "") -> RemoteError:
    """The error to raise instead of an ImportError. `whose` is what needs the packages, such as `AWS`; `extra` has them."""
    noun = "the package" if len(packages) == 1 else "the packages"
    verb = "is" if len(packages) == 1 else "are"
    message = f"{whose} needs {noun} {', '.join(packages)}, which {verb} not installed"
    return RemoteError(message, remedy(*packages, extra=extra), kind=RemoteFailure.NO_LIBRARY)
