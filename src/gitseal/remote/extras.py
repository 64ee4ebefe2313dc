"""Libraries that only some need: the error for one that is missing, with the command that installs it."""

import sys

from gitseal.errors import shell_quoted
from gitseal.remote.failure import RemoteError, RemoteFailure


def missing(whose: str, *packages: str) -> RemoteError:
    """The error to raise instead of an ImportError. `whose` is what needs the packages, such as `AWS`."""
    # By their own names and for this very Python: an index may have another gitseal, or none.
    install = f"{shell_quoted(sys.executable)} -m pip install {' '.join(map(shell_quoted, packages))}"
    noun = "the package" if len(packages) == 1 else "the packages"
    verb = "is" if len(packages) == 1 else "are"
    message = f"{whose} needs {noun} {' and '.join(packages)}, which {verb} not installed"
    return RemoteError(message, f"install it: {install}", kind=RemoteFailure.NO_LIBRARY)
