"""`run`: what a command's environment is; starting it is the work of `process`."""

from collections.abc import Mapping
from typing import NamedTuple

from gitseal.document.value import Kind
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.project.project import Project
from gitseal.project.reading import Layered
from gitseal.recipients.variables import IDENTITY_VARIABLES
from gitseal.usecases.outgoing import Outgoing, Request, outgoing, refuse_steering


class Prepared(NamedTuple):
    """The environment of the child, with the sealed values in it by name, and what went into it."""

    environ: dict[bytes, bytes]
    sealed: dict[str, bytes]
    going: Outgoing

    def __repr__(self) -> str:
        return "Prepared(…)"


def prepare(
    project: Project,
    keyring: Keyring,
    environment: str,
    request: Request,
    inherited: Mapping[bytes, bytes],
    *,
    local: bool = True,
) -> Prepared:
    """What `inherited` becomes with the environment's shared names set and no identity variable left.

    A null value takes the name out. Raises Error for all that `outgoing` refuses, for a value with a NUL byte, and for
    names that steer a loader.
    """
    layered = Layered(project, environment, keyring, local=local)
    going = outgoing(project, layered, request, with_sections=False)
    refuse_steering(project, (entry.path[0] for entry in going.entries))
    environ = {
        name: content
        for name, content in inherited.items()
        if name.decode("utf-8", "replace") not in IDENTITY_VARIABLES
    }
    sealed: dict[str, bytes] = {}
    for (name,), value, is_sealed in going.entries:
        content = value.reveal()
        if b"\0" in content:
            raise Error(
                f'"{name}" holds a NUL byte, which no environment variable can', f"leave it out with: --except {name}"
            )
        if value.kind is Kind.NULL:
            environ.pop(name.encode(), None)
            continue
        environ[name.encode()] = content
        if is_sealed:
            sealed[name] = content
    return Prepared(environ, sealed, going)
